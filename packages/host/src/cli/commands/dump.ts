import { DynamoError, isDynamoError, throwIfAborted, writeDumpFile } from '@dynamo/core';
import type { Command } from 'commander';
import { dumpInventory } from '../../services/dump-inventory.ts';
import { wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addLocalOptions, type ConnectionOptions } from '../common-options.ts';
import { withApplication } from '../connect.ts';

interface DumpOptions extends ConnectionOptions {
  readonly version?: number;
  readonly out?: string;
}

export function addDumpCommand(program: Command, context: CommandContext): void {
  addLocalOptions(program.command('dump'))
    .description('write the inventory as a dump, to standard output')
    .option('--version <number>', 'as it was at this version, if the log still reaches back to it', wholeNumber)
    .option('--out <file>', 'write it to this file, compressed as its name says (.gz, .zst)')
    .action((options: DumpOptions) =>
      withApplication(context, options, 'read', async (application) => {
        const { version } = options;
        const bytes = dumpInventory(application, {
          signal: context.signal,
          ...(version === undefined ? {} : { version }),
        });
        await (options.out === undefined ? print(bytes, context) : save(options.out, bytes, context));
      }),
    );
}

async function print(bytes: AsyncIterable<Uint8Array>, { terminal }: CommandContext): Promise<void> {
  for await (const chunk of bytes) {
    if (!terminal.isOpen) return;
    await terminal.write(chunk);
  }
}

async function save(file: string, bytes: AsyncIterable<Uint8Array>, { signal }: CommandContext): Promise<void> {
  try {
    await writeDumpFile(file, bytes, { signal });
  } catch (cause) {
    throwIfAborted('writing the dump', signal);
    if (isDynamoError(cause)) throw cause;
    throw new DynamoError('unavailable', `${file}: cannot be written (${(cause as Error).message})`, { cause });
  }
}
