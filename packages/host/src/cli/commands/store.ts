import type { Command } from 'commander';
import type { StoreReport } from '../../store/check-store.ts';
import type { CommandContext } from '../command-context.ts';
import { addJsonOption, addLocalOptions, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withStore } from '../connect.ts';

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
