import { inputError } from '@dynamo/core';
import type { Command } from 'commander';
import type { DetoxRun } from '../../services/detox.ts';
import type { DetoxTested } from '../../services/detox-committed.ts';
import type { DetoxDocument } from '../../services/detox-document.ts';
import { explainSite } from '../../services/explain-site.ts';
import { fraction, onOrOff, wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf, formatBytes, formatCount, formatOccupancy, formatTable } from '../format.ts';
import { formatSite, occupancy } from '../format-site.ts';
import { addPlanningOptions, type PlanningOptions, withPlanning } from '../planning.ts';
import { readInput } from '../read-input.ts';
import { addApprovalCommands, formatCommitted } from './approvals.ts';
import { comparePlans, formatComparison, type Otherwise } from './compare-detox.ts';
import { addReplayCommand, explainCycle } from './past-cycles.ts';

interface RunOptions extends PlanningOptions, JsonOption {
  readonly policy?: string;
  readonly guard?: boolean;
  readonly deletionPerIteration?: number;
  readonly blocks?: boolean;
  readonly commit?: boolean;
  readonly test?: boolean;
}

interface ExplainOptions extends RunOptions {
  readonly cycle?: number;
  readonly dataset?: string;
  readonly site?: string;
}

export function addDetoxCommand(program: Command, context: CommandContext): void {
  // What follows `explain` is meant for it, though both take most of the same options.
  const detox = addRunOptions(program.command('detox').enablePositionalOptions(), context)
    .description('what a policy would delete; with --commit it is carried out')
    .option('--blocks', 'every decision lists its blocks (--json)')
    .option('--commit', 'carry the plan out: the deletions are opened, and the files go by and by')
    .option('--test', 'keep the plan in the history as a test: nothing is deleted (dynamo history list --test)')
    .action((options: RunOptions) => {
      if (options.commit === true) return commit(options, context);
      return options.test === true ? test(options, context) : plan(options, context);
    });

  addRunOptions(detox.command('explain'), context)
    .description('which line decided about a dataset at a site, and what each line saw; or where all of a site stands')
    .option('--dataset <name>', 'the dataset (default: the site as a whole)')
    .option('--site <name>', 'the site (required, but for a dataset with --cycle: wherever that decided about it)')
    .option('--cycle <n>', 'what this past cycle decided, from the history (default: a plan as of now)', wholeNumber)
    .action((options: ExplainOptions) => explain(options, context));

  addRunOptions(detox.command('compare'), context)
    .description('two plans beside each other: what the one deletes and the other does not, and by which lines')
    .option('--with <file>', 'the second plan is of this policy')
    .option('--days <n>', 'the second plan is of so many days later', wholeNumber)
    .option('--on <version>', 'the second plan is on this earlier version', wholeNumber)
    .action((options: CompareOptions) => compare(options, context));
  addReplayCommand(detox, context);
  addApprovalCommands(detox, context);
}

interface CompareOptions extends RunOptions, Otherwise {}

async function compare(options: CompareOptions, context: CommandContext): Promise<void> {
  const run = await runOf(options);
  const compared = await withPlanning(context, options, (dynamo) =>
    comparePlans(dynamo, run, options, context.clock.nowSeconds()),
  );
  context.terminal.print(options.json ? JSON.stringify(compared) : formatComparison(compared));
}

function addRunOptions(command: Command, context: CommandContext): Command {
  return addJsonOption(addPlanningOptions(addConnectionOptions(command), context))
    .option('--policy <file>', 'the policy file (required)')
    .option('--guard <on|off>', 'off: what the policy alone would do, never to be committed', onOrOff)
    .option(
      '--deletion-per-iteration <fraction>',
      'of the quota, deleted at a site before all is evaluated anew (default: 0.01)',
      fraction,
    );
}

async function runOf(options: RunOptions): Promise<DetoxRun> {
  if (options.policy === undefined) throw inputError({ what: 'no policy is named', hint: 'add --policy FILE' });
  const { now, guard, deletionPerIteration, blocks } = options;
  return {
    // It runs as whoever calls the command: a server looks for itself whether it may run there.
    policy: { ...(await readInput(options.policy)), mayRun: true },
    guard: guard === false ? 'off' : 'on',
    ...(now === undefined ? {} : { now }),
    ...(deletionPerIteration === undefined ? {} : { deletionPerIteration }),
    ...(blocks === undefined ? {} : { blocks }),
  };
}

async function plan(options: RunOptions, context: CommandContext): Promise<void> {
  const run = await runOf(options);
  const json = await withPlanning(context, options, (dynamo) => dynamo.previewDetox(run));
  if (options.json) await context.terminal.write(`${json}\n`);
  else context.terminal.print(formatPlan(JSON.parse(json) as DetoxDocument));
}

async function commit(options: RunOptions, context: CommandContext): Promise<void> {
  if (options.test === true)
    throw inputError({ what: 'a test is not committed', hint: 'leave out --test, or --commit' });
  for (const name of ['inventory', 'partitions', 'now'] as const) {
    if (options[name] !== undefined) {
      throw inputError({
        what: `a plan made with --${name} cannot be committed`,
        hint: `leave out --${name}, or --commit`,
      });
    }
  }
  if (options.guard === false) throw inputError({ what: 'a plan made with --guard off cannot be committed' });
  const run = await runOf(options);
  const { terminal } = context;
  const committed = await withDynamo(context, options, 'write', (dynamo) => dynamo.commitDetox(run));
  if (options.json) {
    terminal.print(JSON.stringify(committed));
    return;
  }
  terminal.print(formatCommitted(committed));
}

async function test(options: RunOptions, context: CommandContext): Promise<void> {
  for (const name of ['inventory', 'partitions'] as const) {
    if (options[name] === undefined) continue;
    const what = `a plan made with --${name} is not kept: the history is that of a store`;
    throw inputError({ what, hint: `leave out --${name}, or --test` });
  }
  const run = await runOf(options);
  const { terminal } = context;
  const tested = await withDynamo(context, options, 'write', (dynamo) => dynamo.testDetox(run));
  terminal.print(options.json ? JSON.stringify(tested) : formatTested(tested));
}

function formatTested({ title, cycle, deletions, handOvers, notCommittable }: DetoxTested): string {
  return [
    `${title}: kept as cycle ${cycle}, a test: ${countOf(deletions, 'block replica')} would be deleted, ` +
      `${formatCount(handOvers)} handed over; nothing was changed`,
    ...notCommittable.map((reason) => `  it could not be committed: ${reason}`),
    `  dynamo history show ${cycle}`,
  ].join('\n');
}

async function explain(options: ExplainOptions, context: CommandContext): Promise<void> {
  if (options.cycle !== undefined) return explainCycle({ ...options, cycle: options.cycle }, context);
  const run = await runOf(options);
  const { dataset, site } = options;
  if (site === undefined) throw inputError({ what: 'no site is named', hint: 'add --site NAME' });
  if (dataset === undefined) {
    const json = await withPlanning(context, options, (dynamo) => dynamo.previewDetox(run));
    const explained = explainSite(JSON.parse(json) as DetoxDocument, site);
    context.terminal.print(options.json ? JSON.stringify(explained) : formatSite(explained));
    return;
  }
  const { text, explanation } = await withPlanning(context, options, (dynamo) =>
    dynamo.explainDetox(run, { dataset, site }),
  );
  context.terminal.print(options.json ? JSON.stringify(explanation) : text);
}

function formatPlan({
  partition,
  iterations,
  inventory_version,
  sites,
  lines,
  decisions,
  handed_over,
}: DetoxDocument): string {
  const rows = sites.map((site) => [
    site.site,
    site.triggered ? 'over' : '',
    site.quota === null ? 'none' : formatBytes(site.quota),
    formatBytes(site.before),
    formatOccupancy(occupancy(site.before, site.quota)),
    formatBytes(site.protected),
    formatBytes(site.kept),
    formatBytes(site.deleted),
    formatOccupancy(occupancy(site.before - site.deleted, site.quota)),
    site.triggered && !site.reached_stop ? 'no' : '',
  ]);
  const bytes = decisions.reduce((sum, { decision, size }) => sum + (decision === 'delete' ? size : 0), 0);
  const deleted = decisions.filter(({ decision }) => decision === 'delete').length;
  const guarded = decisions.filter(({ rule }) => rule !== undefined).length;
  return [
    `partition ${partition}, version ${inventory_version}: ${countOf(iterations, 'iteration')} over ${countOf(sites.length, 'site')}`,
    `to delete: ${formatBytes(bytes)} in ${countOf(deleted, 'decision')}; handed over: ${formatCount(handed_over.length)}; ` +
      `kept by the guard: ${formatCount(guarded)}`,
    '',
    formatTable(SITE_COLUMNS, rows),
    '',
    formatTable(
      LINE_COLUMNS,
      lines.map(({ line, text, matches }) => [line === 0 ? 'default' : line, matches, text]),
    ),
  ].join('\n');
}

const SITE_COLUMNS = [
  { title: 'site' },
  { title: '' },
  { title: 'quota', align: 'right' },
  { title: 'before', align: 'right' },
  { title: '', align: 'right' },
  { title: 'protected', align: 'right' },
  { title: 'kept', align: 'right' },
  { title: 'to delete', align: 'right' },
  { title: 'after', align: 'right' },
  { title: 'stopped' },
] as const;

const LINE_COLUMNS = [
  { title: 'line', align: 'right' },
  { title: 'replicas', align: 'right' },
  { title: 'text' },
] as const;
