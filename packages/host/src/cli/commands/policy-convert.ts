import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { diagnosticsError, inputError } from '@dynamo/core';
import { parsePolicy, policyToTypeScript, readPolicy } from '@dynamo/policies';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addVerboseOption } from '../common-options.ts';
import { readInput } from '../read-input.ts';

export function addPolicyConvertCommand(policy: Command, context: CommandContext): void {
  addVerboseOption(policy.command('convert <file>'))
    .description('a policy text as TypeScript that decides the same')
    .option('--out <file>', 'write it there, in place of standard output; the file must not be there yet')
    .action((file: string, options: { readonly out?: string }) => convert(file, options.out, context));
}

async function convert(file: string, out: string | undefined, context: CommandContext): Promise<void> {
  const input = await readInput(file);
  const ast = parsePolicy(input.text, { file: basename(input.file) });
  // What does not check cannot be written down with types.
  const checked = readPolicy(input.text, { file: input.file, nowSeconds: context.clock.nowSeconds() });
  if (!checked.ok) throw diagnosticsError(checked.diagnostics, input.text);
  if (!ast.ok) throw diagnosticsError(ast.diagnostics, input.text);
  const text = policyToTypeScript(ast.value);
  if (out === undefined) await context.terminal.write(text);
  else await write(out, text);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    const hint = isThere ? 'it is there already: name another, or remove it' : (cause as Error).message;
    throw inputError({ what: 'it cannot be written', where: { file }, hint }, cause);
  }
}
