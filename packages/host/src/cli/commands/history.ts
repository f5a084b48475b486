import type { CycleSummary, PlanApproval } from '@dynamo/core';
import type { Command } from 'commander';
import type { CycleReport } from '../../services/cycles.ts';
import type { PastDeed } from '../../services/history.ts';
import { wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf, formatTable, timeText } from '../format.ts';
import { addPastCommands, addTimeRange, chosen, type TimeRange } from './past-decisions.ts';

interface ListOptions extends ConnectionOptions, JsonOption, TimeRange {
  readonly planner?: string;
  readonly test?: boolean;
  readonly limit: number;
}

interface WhoOptions extends ConnectionOptions, JsonOption {
  readonly site?: string;
}

export function addHistoryCommand(program: Command, context: CommandContext): void {
  const history = program.command('history').description('what was done, by whom, when and why');
  const print = (options: JsonOption, value: unknown, text: () => string): void =>
    context.terminal.print(options.json ? JSON.stringify(value) : text());

  addJsonOption(addConnectionOptions(history.command('who')))
    .description('what was ordered for a dataset or a block: copies and deletions, with their reasons')
    .argument('<data>', 'a dataset, or one of its blocks as dataset#block')
    .option('--site <name>', 'at this site only')
    .action(async (what: string, options: WhoOptions) => {
      const filter = { what, ...(options.site === undefined ? {} : { site: options.site }) };
      const deeds = await withDynamo(context, options, 'read', (dynamo) => dynamo.pastDeeds(filter));
      print(options, deeds, () => formatDeeds(what, deeds));
    });

  addPastCommands(history, context);

  addTimeRange(addJsonOption(addConnectionOptions(history.command('list'))), context)
    .description('past cycles, newest first')
    .option('--planner <name>', 'detox, dealer ..')
    .option('--test', 'the tests (dynamo detox --test); default: the real ones')
    .option('--limit <n>', 'at most so many', wholeNumber, 20)
    .action(async (options: ListOptions) => {
      const filter = chosen(options, ['planner', 'test', 'since', 'until', 'limit']);
      const cycles = await withDynamo(context, options, 'read', (dynamo) => dynamo.listCycles(filter));
      print(options, cycles, () => formatCycles(cycles));
    });

  addJsonOption(addConnectionOptions(history.command('show')))
    .description('one cycle: every decision with its line (with --json), and what was not carried out')
    .argument('<cycle>', 'its number', wholeNumber)
    .action(async (cycle: number, options: ConnectionOptions & JsonOption) => {
      const report = await withDynamo(context, options, 'read', (dynamo) => dynamo.showCycle(cycle));
      print(options, report, () => formatCycle(report));
    });
}

function formatDeeds(what: string, deeds: readonly PastDeed[]): string {
  if (deeds.length === 0) return `nothing was ever ordered for ${what}`;
  return formatTable(
    [
      { title: 'when' },
      { title: 'what' },
      { title: 'site' },
      { title: 'blocks', align: 'right' },
      { title: 'so far' },
      { title: 'why' },
    ],
    deeds.map(({ time, kind, site, blocks, ends, source, reason, cycle }) => [
      timeText(time),
      kind,
      site,
      blocks.length,
      Object.entries(ends)
        .map(([end, count]) => (count === blocks.length ? end : `${count} ${end}`))
        .join(', '),
      `${source}${cycle === null ? '' : `, cycle ${cycle}`}: ${reason}`,
    ]),
  );
}

function formatCycles(cycles: readonly CycleSummary[]): string {
  if (cycles.length === 0) return 'no cycles yet';
  return formatTable(
    [
      { title: 'cycle', align: 'right' },
      { title: 'when' },
      { title: 'what' },
      { title: 'planned on', align: 'right' },
      { title: 'made', align: 'right' },
    ],
    cycles.map(({ cycle, time, title, planVersion, version }) => [cycle, timeText(time), title, planVersion, version]),
  );
}

function formatCycle({ cycle, time, title, planVersion, version, isTest, document }: CycleReport): string {
  const {
    plan,
    approval,
    inputs,
    dropped = [],
    not_committable: notCommittable = [],
  } = (document ?? {}) as {
    readonly approval?: PlanApproval;
    readonly inputs?: { readonly dynamo?: string };
    readonly not_committable?: readonly string[];
    readonly plan?: { readonly lines?: readonly { line: number; text: string; matches: number }[] };
    readonly dropped?: readonly {
      readonly dataset: string;
      readonly block: string;
      readonly site: string;
      readonly why: string;
    }[];
  };
  const lines = plan?.lines ?? [];
  return [
    `cycle ${cycle}: ${title}, ${timeText(time)}, planned on version ${planVersion}, made version ${version}${
      inputs?.dynamo === undefined ? '' : `, by Dynamo ${inputs.dynamo}`
    }`,
    ...(isTest ? ['a test: nothing of it was carried out'] : []),
    ...notCommittable.map((reason) => `it could not be committed: ${reason}`),
    ...lines.map(({ line, text, matches }) => `  line ${line}: ${text} - ${countOf(matches, 'replica')}`),
    ...(approval === undefined ? [] : [approvalText(approval)]),
    ...(isTest ? [] : [`${countOf(dropped.length, 'step')} not carried out`]),
    ...dropped.slice(0, 20).map(({ dataset, block, site, why }) => `  ${dataset}#${block} at ${site}: ${why}`),
    ...(dropped.length > 20 ? [`  and ${dropped.length - 20} more (--json has all)`] : []),
  ].join('\n');
}

function approvalText({ plan, madeBy, madeAt, approvedBy, comment }: PlanApproval): string {
  const said = comment === null ? '' : `: ${comment}`;
  return `approved by ${approvedBy} (plan ${plan}, made by ${madeBy} at ${timeText(madeAt)})${said}`;
}
