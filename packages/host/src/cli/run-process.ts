import { systemClock } from '@dynamo/core';
import { readEnvironment } from '../configuration/environment.ts';
import type { CommandContext } from './command-context.ts';
import { commandLine } from './command-line.ts';
import { reportError } from './report-error.ts';
import { processTerminal } from './terminal.ts';

/** The command in this process: its arguments, its streams, its signals, its exit code. */
export async function runProcess(): Promise<void> {
  const interruption = new AbortController();
  process.on('SIGINT', () => {
    // Who asks twice does not want to wait for what is being put in order.
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  });
  process.on('SIGTERM', () => interruption.abort());

  const context: CommandContext = {
    terminal: processTerminal(process.stdout, process.stderr),
    environment: readEnvironment(),
    clock: systemClock,
    signal: interruption.signal,
    running: 'dynamo',
    exitCode: 0,
  };
  const program = commandLine(context);
  try {
    await program.parseAsync(process.argv);
    process.exitCode = context.exitCode;
  } catch (error) {
    process.exitCode = reportError(error, context.terminal, process.argv.includes('--verbose'));
  }
}
