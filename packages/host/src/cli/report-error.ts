import { isDynamoError } from '@dynamo/core';
import { CommanderError } from 'commander';
import type { ExitCode } from './command-context.ts';
import type { Terminal } from './terminal.ts';

/** Tells of what ended a command, one line first, and gives the code to end with. */
export function reportError(error: unknown, terminal: Terminal, verbose: boolean): ExitCode {
  // commander has said it already; --help and --version end this way too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (isDynamoError(error, 'aborted')) {
    terminal.warn('dynamo: interrupted');
    return 130;
  }
  const message = error instanceof Error ? error.message : String(error);
  terminal.warn(`dynamo: ${message}`);
  if (verbose) terminal.warn(detailsOf(error));
  else if (!isDynamoError(error) || error.code === 'internal') terminal.warn('(--verbose shows where this came from)');
  return exitCodeOf(error);
}

/** What a person gave us is 2, what went wrong with it is 1. */
function exitCodeOf(error: unknown): ExitCode {
  return isDynamoError(error, 'invalid-input') || isDynamoError(error, 'not-found') ? 2 : 1;
}

function detailsOf(error: unknown): string {
  const lines: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (isDynamoError(at)) lines.push(`  code: ${at.code}`, `  data: ${JSON.stringify(at.data)}`);
    lines.push(...(at.stack ?? at.message).split('\n').map((line) => `  ${line}`));
    if (at.cause !== undefined) lines.push('  caused by:');
  }
  return lines.join('\n');
}
