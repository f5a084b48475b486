import { type Command, InvalidArgumentError } from 'commander';
import { setQuota } from '../../services/quotas.ts';
import { status } from '../../services/status.ts';
import type { CommandContext } from '../command-context.ts';
import { addJsonOption, addLocalOptions, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withApplication } from '../connect.ts';
import { formatBytes, formatTable } from '../format.ts';

export function addQuotaCommand(program: Command, context: CommandContext): void {
  const quota = program.command('quota').description('how much a site gives to a partition');

  addLocalOptions(quota.command('set'))
    .description('state it; negative: unlimited')
    .argument('<site>')
    .argument('<partition>')
    .argument('<bytes>', 'in bytes', bytes)
    .action(async (site: string, partition: string, size: number, options: ConnectionOptions) => {
      const writing = { user: context.environment.user, signal: context.signal };
      await withApplication(context, options, 'write', (app) =>
        setQuota(app, { site, partition, bytes: size }, writing),
      );
      context.terminal.print(`${partition} at ${site}: ${formatBytes(size)}`);
    });

  addJsonOption(addLocalOptions(quota.command('list')))
    .description('quotas, and what is used of them')
    .action(async (options: ConnectionOptions & JsonOption) => {
      const { sitePartitions } = await withApplication(context, options, 'read', (app) => status(app));
      const rows = sitePartitions.map(({ site, partition, quota: stated, physical }) => [
        site,
        partition,
        stated === null ? 'none' : formatBytes(stated),
        formatBytes(physical),
      ]);
      context.terminal.print(options.json ? JSON.stringify(sitePartitions) : formatTable(COLUMNS, rows));
    });
}

const COLUMNS = [
  { title: 'site' },
  { title: 'partition' },
  { title: 'quota', align: 'right' },
  { title: 'holds', align: 'right' },
] as const;

function bytes(text: string): number {
  const value = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('expected a whole number of bytes (after -- if it is negative).');
}
