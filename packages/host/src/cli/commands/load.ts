import { type DumpSource, spoolDump } from '@dynamo/core';
import type { Command } from 'commander';
import { dumpInput } from '../../services/dump-input.ts';
import { type LoadedDump, loadDump } from '../../services/load-dump.ts';
import type { CommandContext } from '../command-context.ts';
import { addJsonOption, addLocalOptions, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withStore } from '../connect.ts';
import { countOf } from '../format.ts';
import type { Progress } from '../terminal.ts';

interface LoadOptions extends ConnectionOptions, JsonOption {
  readonly restore?: boolean;
}

export function addLoadCommand(program: Command, context: CommandContext): void {
  addJsonOption(addLocalOptions(program.command('load')))
    .description('fill an empty store with a dump: all of it, or nothing')
    .argument('<file>', 'the dump, plain or compressed with gzip or zstd; - is standard input')
    .option('--restore', 'it is a backup: no site counts for the guard until a consistency check has seen it')
    .action(async (file: string, options: LoadOptions) => {
      const loaded = await (file === '-' ? loadInput(options, context) : loadFile(file, options, context));
      context.terminal.print(options.json ? JSON.stringify(loaded) : formatLoaded(file, loaded));
    });
}

async function loadFile(file: string, options: LoadOptions, context: CommandContext): Promise<LoadedDump> {
  const { source, sizeBytes } = await dumpInput(file);
  const { signal, terminal } = context;
  return withStore(context, options, async (store) => {
    using progress = terminal.progress('bytes of the dump, read twice');
    return await loadDump(store, counting(source, sizeBytes, progress), {
      file,
      signal,
      restore: options.restore ?? false,
    });
  });
}

/** The store first: whoever cannot write to it need not send a long dump. */
function loadInput(options: LoadOptions, context: CommandContext): Promise<LoadedDump> {
  const { signal } = context;
  return withStore(context, options, async (store) => {
    await using spooled = await spoolDump(process.stdin, { signal });
    return await loadDump(store, spooled.source, {
      file: '<standard input>',
      signal,
      restore: options.restore ?? false,
    });
  });
}

function counting(source: DumpSource, sizeBytes: number, progress: Progress): DumpSource {
  let done = 0;
  return async function* () {
    for await (const chunk of source()) {
      done += chunk.length;
      progress.update(done, 2 * sizeBytes);
      yield chunk;
    }
  };
}

function formatLoaded(file: string, { version, lines, files }: LoadedDump): string {
  return `${file}: ${countOf(lines, 'line')}, ${countOf(files, 'file')}, version ${version}`;
}
