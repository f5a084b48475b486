/** `dynamo history decisions` and `orders`: the history by dataset, site, policy line and time. */
import type { FoundDeed } from '@dynamo/core';
import type { Command } from 'commander';
import {
  CYCLES_UNPACKED,
  type OrderedFilter,
  type PastDecision,
  type PastDecisions,
} from '../../services/past-decisions.ts';
import { oneOf, timeFrom, wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { formatBytes, formatTable, timeText } from '../format.ts';

/** Seconds since 1970. */
export interface TimeRange {
  readonly since?: number;
  readonly until?: number;
}

interface PastOptions extends ConnectionOptions, JsonOption, TimeRange {
  readonly dataset?: string;
  readonly site?: string;
  readonly line?: number;
}

interface DecisionsOptions extends PastOptions {
  readonly decision?: PastDecision['decision'];
  readonly cycle?: number;
  readonly cycles: number;
  readonly before?: number;
  readonly test?: boolean;
}

interface OrdersOptions extends PastOptions {
  readonly kind?: NonNullable<OrderedFilter['kind']>;
  readonly planner?: string;
  readonly limit: number;
}

export function addTimeRange(command: Command, context: CommandContext): Command {
  const time = timeFrom(context.clock.nowSeconds());
  return command
    .option('--since <time>', 'committed then or later: a date, seconds since 1970, "3 days ago"', time)
    .option('--until <time>', 'committed before', time);
}

export function addPastCommands(history: Command, context: CommandContext): void {
  addPastOptions(history.command('orders'), context)
    .description('what cycles ordered, newest first: by dataset, site, policy line, time')
    .option('--kind <kind>', 'delete, copy or hand-over', oneOf(['delete', 'copy', 'hand-over']))
    .option('--planner <name>', 'detox, dealer ..')
    .option('--limit <n>', 'at most so many', wholeNumber, 1000)
    .action(async (options: OrdersOptions) => {
      const filter = chosen(options, ['dataset', 'site', 'line', 'kind', 'planner', 'since', 'until', 'limit']);
      const found = await withDynamo(context, options, 'read', (dynamo) => dynamo.pastOrders(filter));
      context.terminal.print(options.json ? JSON.stringify(found) : formatOrders(found));
    });

  addPastOptions(history.command('decisions'), context)
    .description('what cycles of Detox decided, newest first, of a dataset, at a site, or by a policy line')
    .option('--decision <word>', 'delete, keep or protect', oneOf(['delete', 'keep', 'protect']))
    .option('--cycle <n>', 'of this cycle alone', wholeNumber)
    .option(
      '--cycles <n>',
      'at most so many cycles are unpacked, of those that may have some',
      wholeNumber,
      CYCLES_UNPACKED,
    )
    .option('--before <n>', 'of cycles with a smaller number', wholeNumber)
    .option('--test', 'of the tests; default: of the real cycles')
    .action(async (options: DecisionsOptions) => {
      const filter = chosen(options, [
        ...(['dataset', 'site', 'line', 'decision', 'cycle', 'cycles', 'before', 'test', 'since', 'until'] as const),
      ]);
      const found = await withDynamo(context, options, 'read', (dynamo) => dynamo.pastDecisions(filter));
      context.terminal.print(options.json ? JSON.stringify(found) : formatDecisions(found));
    });
}

function addPastOptions(command: Command, context: CommandContext): Command {
  return addTimeRange(addJsonOption(addConnectionOptions(command)), context)
    .option('--dataset <name>', 'of this dataset')
    .option('--site <name>', 'at this site')
    .option('--line <n>', 'by this line of the policy; 0: the default decision', wholeNumber);
}

/** Those of the options that were given. */
export function chosen<T extends object, K extends keyof T>(options: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.filter((name) => name in options).map((name) => [name, options[name]])) as Pick<T, K>;
}

function formatOrders(found: readonly FoundDeed[]): string {
  if (found.length === 0) return 'nothing was ordered';
  return formatTable(
    [
      ...[{ title: 'cycle', align: 'right' as const }, { title: 'when' }, { title: 'what' }, { title: 'site' }],
      ...[
        { title: 'dataset' },
        { title: 'blocks', align: 'right' as const },
        { title: 'bytes', align: 'right' as const },
      ],
      ...[{ title: 'by' }],
    ],
    found.map(({ cycle, time, title, kind, site, dataset, blocks, bytes, reference }) => [
      ...[cycle, timeText(time), kind, site, dataset, blocks, formatBytes(bytes)],
      reference === null ? title : `${title}, ${reference}`,
    ]),
  );
}

function formatDecisions({ decisions: found, before }: PastDecisions): string {
  const rest =
    before === null
      ? ''
      : `\ncycles before ${before} were not looked at: go on with --before ${before}, or raise --cycles`;
  if (found.length === 0) return `no decision${rest}`;
  const table = formatTable(
    [
      ...[{ title: 'cycle', align: 'right' as const }, { title: 'when' }, { title: 'what' }, { title: 'site' }],
      ...[{ title: 'dataset' }, { title: 'bytes', align: 'right' as const }, { title: 'by' }],
    ],
    found.map((each) => [
      ...[each.cycle, timeText(each.time), each.decision, each.site, each.dataset, formatBytes(each.size)],
      'rule' in each
        ? `${each.title}, the guard: ${each.rule}`
        : `${each.title}, line ${each.line}: ${each.text ?? ''}`,
    ]),
  );
  return `${table}${rest}`;
}
