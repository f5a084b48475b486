import type { AccessRecord } from '@dynamo/core';
import { readAccessLog } from '@dynamo/policies';
import type { Command } from 'commander';
import type { AccessReport } from '../../services/accesses.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf } from '../format.ts';
import { type InputText, readInput } from '../read-input.ts';

export function addAccessCommand(program: Command, context: CommandContext): void {
  const access = program.command('access').description('how data is used, as the experiment reports it');

  addJsonOption(addConnectionOptions(access.command('report')))
    .description('record accesses: each line replaces what was known of its dataset, site and day')
    .argument('<file>', 'an access log, NDJSON or .csv; - is NDJSON from standard input')
    .action(async (file: string, options: ConnectionOptions & JsonOption) => {
      const log = await readInput(file);
      const records = await recordsOf(log);
      const report = await withDynamo(context, options, 'write', (dynamo) =>
        dynamo.reportAccesses(records, { file: log.file }),
      );
      context.terminal.print(options.json ? JSON.stringify(report) : formatReport(log.file, report));
    });
}

async function recordsOf({ file, text }: InputText): Promise<readonly AccessRecord[]> {
  const chunks = (async function* () {
    yield Buffer.from(text);
  })();
  const records: AccessRecord[] = [];
  const format = file.endsWith('.csv') ? 'csv' : 'ndjson';
  for await (const batch of readAccessLog(chunks, { file, format })) records.push(...batch);
  return records;
}

function formatReport(file: string, { records, accesses, requests, from, to, forgotten }: AccessReport): string {
  const when = from === to ? `on ${from}` : `from ${from} to ${to}`;
  const gone = forgotten === 0 ? '' : `; ${countOf(forgotten, 'old record')} forgotten`;
  return `${file}: ${countOf(records, 'record')} ${when}: accesses ${accesses}, requests ${requests}${gone}`;
}
