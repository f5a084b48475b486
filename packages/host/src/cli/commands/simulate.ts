import { inputError } from '@dynamo/core';
import type { SimulatedDay, SimulationReport } from '@dynamo/policies';
import type { Command } from 'commander';
import { simulateDump } from '../../services/simulate.ts';
import { fraction, timeFrom, wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addJsonOption, type JsonOption } from '../common-options.ts';
import { countOf, formatBytes, formatOccupancy, formatTable } from '../format.ts';
import { readInput } from '../read-input.ts';

interface SimulateOptions extends JsonOption {
  readonly inventory: string;
  readonly policy: readonly string[];
  readonly dealer?: string;
  readonly days: number;
  readonly seed: number;
  readonly now?: number;
  readonly growth: number;
  readonly requests: number;
  readonly fresh: number;
  readonly thrash: number;
  readonly csv?: boolean;
}

const HALF_LIFE_DAYS = 20;
const PEAK_REQUESTS = 60;

export function addSimulateCommand(program: Command, context: CommandContext): void {
  addJsonOption(program.command('simulate'))
    .description('Detox and Dealer over days, on a copy of a dump, under a model of new data, requests and accesses')
    .requiredOption('--inventory <dump>', 'what it begins with')
    .requiredOption('--policy <file...>', 'the Detox policies, run one after the other every day')
    .option('--dealer <file>', "the Dealer's configuration (default: copy requests and rules)")
    .option('--days <n>', 'how long', wholeNumber, 30)
    .option('--seed <n>', 'the same seed gives the same report', wholeNumber, 0)
    .option('--now <time>', 'when it begins (default: now)', timeFrom(context.clock.nowSeconds()))
    .option('--growth <fraction>', 'new datasets a day, of those at the beginning', fraction, 0.002)
    .option('--requests <n>', 'requests for copies a day', wholeNumber, 5)
    .option('--fresh <days>', 'the guard leaves copies alone for so long', wholeNumber, 30)
    .option('--thrash <days>', 'what is deleted within so long of being copied is counted', wholeNumber, 30)
    .option('--csv', 'a line for each day, partition and site')
    .action(async (options: SimulateOptions) => {
      if (options.days < 1) throw inputError({ what: '--days: at least one day' });
      const report = await run(options, context);
      if (options.csv) context.terminal.print(csvOf(report));
      else context.terminal.print(options.json ? JSON.stringify(report) : formatReport(report));
    });
}

async function run(options: SimulateOptions, { clock, signal, terminal }: CommandContext): Promise<SimulationReport> {
  const policies = await Promise.all(
    options.policy.map(async (file) => ({ ...(await readInput(file)), mayRun: true })),
  );
  using progress = terminal.progress('days');
  return await simulateDump(
    {
      ...{ dump: options.inventory, policies, dealer: options.dealer ?? null },
      ...{ start: options.now ?? clock.nowSeconds(), days: options.days, seed: options.seed },
      ...{ growth: options.growth, requestsPerDay: options.requests },
      ...{ halfLifeDays: HALF_LIFE_DAYS, peakRequests: PEAK_REQUESTS },
      ...{ freshDays: options.fresh, thrashDays: options.thrash },
    },
    { signal, onDay: ({ day }) => progress.update(day, options.days) },
  );
}

function formatReport({ days, totals, thrashDays, unmet }: SimulationReport): string {
  const part = totals.copied === 0 ? 0 : totals.thrashed / totals.copied;
  return [
    formatTable(
      [
        { title: 'day', align: 'right' },
        { title: 'new', align: 'right' },
        { title: 'copied', align: 'right' },
        { title: 'deleted', align: 'right' },
        { title: 'open requests', align: 'right' },
        { title: 'fullest site', align: 'right' },
        { title: 'emptiest', align: 'right' },
      ],
      days.map((day) => [
        day.day,
        formatBytes(day.injected),
        formatBytes(day.copied),
        formatBytes(day.deleted),
        day.openRequests,
        ...extremes(day),
      ]),
    ),
    '',
    `new ${formatBytes(totals.injected)}, copied ${formatBytes(totals.copied)}, deleted ${formatBytes(totals.deleted)}`,
    `copied and deleted within ${countOf(thrashDays, 'day')}: ${formatBytes(totals.thrashed)} (${(100 * part).toFixed(2)} % of what was copied)`,
    `requests: ${totals.requests}, still open: ${totals.unmet}`,
    ...unmet
      .slice(0, 10)
      .map(({ reason, requests }) => `  ${requests}: ${reason === '' ? 'not looked at yet' : reason}`),
  ].join('\n');
}

function extremes({ occupancy }: SimulatedDay): readonly [string, string] {
  const all = Object.values(occupancy).flatMap((sites) => Object.values(sites));
  if (all.length === 0) return ['', ''];
  return [formatOccupancy(Math.max(...all)), formatOccupancy(Math.min(...all))];
}

/** Names of partitions and sites hold no commas. */
function csvOf({ days }: SimulationReport): string {
  const rows = days.flatMap(({ day, occupancy, injected, copied, deleted, thrashed, openRequests }) =>
    Object.entries(occupancy).flatMap(([partition, sites]) =>
      Object.entries(sites).map(([site, value]) =>
        [day, partition, site, value, injected, copied, deleted, thrashed, openRequests].join(','),
      ),
    ),
  );
  return ['day,partition,site,occupancy,injected,copied,deleted,thrashed,open_requests', ...rows].join('\n');
}
