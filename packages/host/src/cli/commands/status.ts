import type { Command } from 'commander';
import type { StatusReport } from '../../services/status.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf, formatBytes, formatOccupancy, formatTable } from '../format.ts';

export function addStatusCommand(program: Command, context: CommandContext): void {
  addJsonOption(addConnectionOptions(program.command('status')))
    .description('what there is, how full the sites are, what is going on')
    .action(async (options: ConnectionOptions & JsonOption) => {
      const report = await withDynamo(context, options, 'read', (dynamo) => dynamo.status());
      context.terminal.print(options.json ? JSON.stringify(report) : formatStatus(report));
    });
}

function formatStatus({
  version,
  counts,
  sites,
  sitePartitions,
  operations,
  requests,
  rules,
  cycles,
}: StatusReport): string {
  const about = new Map(sites.map((site) => [site.site, site]));
  const lines = [
    `version ${version}: ${countOf(counts.datasets, 'dataset')}, ${countOf(counts.blocks, 'block')}, ` +
      `${countOf(counts.blockReplicas, 'block replica')} at ${countOf(counts.sites, 'site')}, ${countOf(counts.locks, 'lock')}`,
    `operations: ${operations.queued} waiting, ${operations.claimed} at work, ${operations.held} held`,
    `requests: ${requests.new} new, ${requests.active} active`,
    `rules: ${rules.new} new, ${rules.satisfied} satisfied, ${rules.onTheWay} on the way, ${rules.stuck} stuck`,
  ];
  if (sitePartitions.length > 0) {
    const rows = sitePartitions.map(({ site, partition, quota, physical, projected, occupancy }) => [
      site,
      about.get(site)?.status ?? '',
      partition,
      formatBytes(physical),
      formatBytes(projected),
      quota === null ? 'none' : formatBytes(quota),
      formatOccupancy(occupancy),
    ]);
    lines.push('', formatTable(SITE_PARTITION_COLUMNS, rows));
  }
  if (cycles.length > 0) {
    const rows = cycles.map(({ cycle, planner, title, time }) => [
      cycle,
      planner,
      title,
      new Date(time * 1000).toISOString(),
    ]);
    lines.push('', formatTable(CYCLE_COLUMNS, rows));
  }
  return lines.join('\n');
}

const SITE_PARTITION_COLUMNS = [
  { title: 'site' },
  { title: 'status' },
  { title: 'partition' },
  { title: 'holds', align: 'right' },
  { title: 'will hold', align: 'right' },
  { title: 'quota', align: 'right' },
  { title: 'occupancy', align: 'right' },
] as const;

const CYCLE_COLUMNS = [
  { title: 'cycle', align: 'right' },
  { title: 'planner' },
  { title: 'title' },
  { title: 'time' },
] as const;
