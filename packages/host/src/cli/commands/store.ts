import type { Command } from 'commander';
import type { StoreVerification } from '../../services/store-care.ts';
import type { StoreReport } from '../../store/check-store.ts';
import type { Forgotten } from '../../store/maintenance.ts';
import type { CommandContext } from '../command-context.ts';
import {
  addConnectionOptions,
  addJsonOption,
  addLocalOptions,
  type ConnectionOptions,
  type JsonOption,
} from '../common-options.ts';
import { withDynamo, withStore } from '../connect.ts';
import { countOf } from '../format.ts';

export function addStoreCommand(program: Command, context: CommandContext): void {
  const store = program.command('store').description('the database behind the inventory');
  addJsonOption(addLocalOptions(store.command('check')))
    .description('whether its tables and its log agree; changes nothing, and may run beside a server')
    .action(async (options: ConnectionOptions & JsonOption) => {
      const { checkedStore } = await import('../../store/check-store.ts');
      const { signal, terminal } = context;
      const report = await withStore(context, options, (opened) => checkedStore(opened).check({ signal }), 'read');
      if (report.faults.length > 0) context.exitCode = 1;
      terminal.print(options.json ? JSON.stringify(report) : formatReport(report));
    });

  addJsonOption(addConnectionOptions(store.command('verify')))
    .description('compare memory with the database, record by record; of a server, with --server')
    .action(async (options: ConnectionOptions & JsonOption) => {
      const verified = await withDynamo(context, options, 'read', (dynamo) => dynamo.verifyStore());
      if (verified.count > 0) context.exitCode = 1;
      context.terminal.print(options.json ? JSON.stringify(verified) : formatVerification(verified));
    });

  addJsonOption(addConnectionOptions(store.command('compact')))
    .description('forget what is older than the configuration keeps: log, ended operations, past cycles')
    .action(async (options: ConnectionOptions & JsonOption) => {
      const forgotten = await withDynamo(context, options, 'write', (dynamo) => dynamo.compactStore());
      context.terminal.print(options.json ? JSON.stringify(forgotten) : formatForgotten(forgotten));
    });
}

function formatVerification({ version, records, differences, count }: StoreVerification): string {
  const compared = `version ${version}: ${countOf(records, 'record')} compared`;
  if (count === 0) return `${compared}, memory and the store agree`;
  return [`${compared}, memory and the store differ in ${count}:`, ...differences].join('\n');
}

function formatForgotten({ versions, operations, cycles, rows, logStart }: Forgotten): string {
  const gone = [
    countOf(versions, 'version'),
    countOf(operations, 'operation'),
    countOf(cycles, 'cycle'),
    countOf(rows, 'file'),
  ];
  return `forgotten: ${gone.join(', ')}; the log begins at version ${logStart}`;
}

function formatReport({ version, checks, faults }: StoreReport): string {
  if (faults.length === 0) return `the store is sound at version ${version} (${checks} checks)`;
  const lines = faults.flatMap(({ what, rows, examples }) => [
    `${what}: ${rows}`,
    ...examples.map((example) => `  ${example}`),
    ...(rows > examples.length ? ['  ..'] : []),
  ]);
  const advice = 'restore the store from a backup or a dump, or mend the rows by hand while no server runs';
  return [`the store is not sound at version ${version}:`, ...lines, advice].join('\n');
}
