import type { RequestState, RuleRecord } from '@dynamo/core';
import { type RuleAssessment, ruleProgressWords } from '@dynamo/policies';
import { type Command, Option } from 'commander';
import type { CycleProgress } from '../../services/rule-progress.ts';
import type { NewRule, ShownRule } from '../../services/rules.ts';
import { collected, timeFrom, wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { formatBytes, formatTable } from '../format.ts';

interface RuleOptions extends ConnectionOptions, JsonOption {
  readonly dataset?: readonly string[];
  readonly site?: readonly string[];
  readonly copies?: number;
  readonly group?: string;
  readonly until?: number;
  readonly preview?: boolean;
  readonly forEver?: boolean;
  readonly anyGroup?: boolean;
}

interface ListOptions extends ConnectionOptions, JsonOption {
  readonly state?: RequestState;
  readonly user?: string;
}

export function addRuleCommand(program: Command, context: CommandContext): void {
  const rule = program.command('rule').description('keep N copies of what matches this on sites that match that');
  const until = timeFrom(context.clock.nowSeconds());
  const print = (options: JsonOption, value: unknown, text: () => string): void =>
    context.terminal.print(options.json ? JSON.stringify(value) : text());

  addJsonOption(addConnectionOptions(rule.command('add')))
    .description('from the next dealer cycle on, until it is removed or its time ends')
    .requiredOption('--dataset <text>', 'a dataset, a glob or a condition; may be given several times', collected)
    .requiredOption('--site <text>', 'a site, a glob or a condition; may be given several times', collected)
    .requiredOption('--copies <n>', 'how many of the sites are to have each dataset', wholeNumber)
    .option('--group <name>', 'who is to own the copies (default: whoever does)')
    .option('--until <time>', 'the rule ends then (default: when it is removed)', until)
    .option('--preview', 'only say what it would come to, and cost')
    .action(async (options: RuleOptions) => {
      const wanted: NewRule = {
        datasets: options.dataset ?? [],
        sites: options.site ?? [],
        copies: options.copies ?? 0,
        group: options.group ?? null,
        until: options.until ?? null,
      };
      if (options.preview) {
        const assessment = await withDynamo(context, options, 'read', (dynamo) => dynamo.previewRule(wanted));
        print(options, assessment, () => formatAssessment(assessment));
        return;
      }
      const made = await withDynamo(context, options, 'write', (dynamo) => dynamo.addRule(wanted));
      print(options, made, () => formatRules([made]));
    });

  addJsonOption(addConnectionOptions(rule.command('change')))
    .description('what is not given stays as it is')
    .argument('<id>', 'its number', wholeNumber)
    .option('--dataset <text>', 'in place of those it had; may be given several times', collected)
    .option('--site <text>', 'in place of those it had; may be given several times', collected)
    .option('--copies <n>', 'how many of the sites are to have each dataset', wholeNumber)
    .addOption(new Option('--group <name>', 'who is to own the copies').conflicts('anyGroup'))
    .option('--any-group', 'whoever owns the copies')
    .addOption(new Option('--until <time>', 'the rule ends then').argParser(until).conflicts('forEver'))
    .option('--for-ever', 'it ends when it is removed')
    .action(async (id: number, options: RuleOptions) => {
      const changed = await withDynamo(context, options, 'write', (dynamo) =>
        dynamo.changeRule(id, changesOf(options)),
      );
      print(options, changed, () => formatRules([changed]));
    });

  addJsonOption(addConnectionOptions(rule.command('remove')))
    .description('nothing more is done for it, and its copies are no longer kept for it')
    .argument('<id>', 'its number', wholeNumber)
    .action(async (id: number, options: ConnectionOptions & JsonOption) => {
      const removed = await withDynamo(context, options, 'write', (dynamo) => dynamo.removeRule(id));
      print(options, removed, () => formatRules([removed]));
    });

  addJsonOption(addConnectionOptions(rule.command('list')))
    .description('rules, and how far they were at the last dealer cycle')
    .addOption(new Option('--state <state>', 'only those').choices(['new', 'active', 'done', 'cancelled']))
    .option('--user <name>', 'only those of')
    .action(async ({ state, user, ...options }: ListOptions) => {
      const filter = { ...(state === undefined ? {} : { state }), ...(user === undefined ? {} : { user }) };
      const rules = await withDynamo(context, options, 'read', (dynamo) => dynamo.listRules(filter));
      print(options, rules, () => formatRules(rules));
    });

  addJsonOption(addConnectionOptions(rule.command('show')))
    .description('one rule: how far it is now, what keeps it, and what it would cost')
    .argument('<id>', 'its number', wholeNumber)
    .action(async (id: number, options: ConnectionOptions & JsonOption) => {
      const shown = await withDynamo(context, options, 'read', (dynamo) => dynamo.showRule(id));
      print(options, shown, () => formatRule(shown));
    });

  addProgressCommand(rule, context);
}

interface ProgressOptions extends ConnectionOptions, JsonOption {
  readonly rule?: string;
  readonly cycles?: number;
}

function addProgressCommand(rule: Command, context: CommandContext): void {
  addJsonOption(addConnectionOptions(rule.command('progress')))
    .description('how rules got on from cycle to cycle, those of the enforcer too')
    .option('--rule <name>', 'only this one, as plans name it (usa_miniaod, "rule 7 of alice")')
    .option('--cycles <n>', 'how many of the last cycles to look at (default: 10)', wholeNumber)
    .action(async ({ rule: name, cycles, ...options }: ProgressOptions) => {
      const filter = {
        ...(name === undefined ? {} : { rule: name }),
        ...(cycles === undefined ? {} : { limit: cycles }),
      };
      const found = await withDynamo(context, options, 'read', (dynamo) => dynamo.ruleProgress(filter));
      context.terminal.print(options.json ? JSON.stringify(found) : formatProgress(found));
    });
}

function formatProgress(cycles: readonly CycleProgress[]): string {
  if (cycles.length === 0) return 'no cycle has looked at it yet';
  return formatTable(
    [
      { title: 'cycle', align: 'right' },
      { title: 'time' },
      { title: 'rule' },
      { title: 'state' },
      { title: 'there', align: 'right' },
      { title: 'on the way', align: 'right' },
      { title: 'missing', align: 'right' },
      { title: 'of', align: 'right' },
      { title: 'why' },
    ],
    cycles.flatMap(({ cycle, time, rules }) =>
      rules.map((note) => [
        cycle,
        new Date(time * 1000).toISOString(),
        note.rule,
        note.state,
        note.there,
        note.on_the_way,
        note.missing,
        note.copies,
        note.why ?? '',
      ]),
    ),
  );
}

function changesOf(options: RuleOptions): Partial<NewRule> {
  return {
    ...(options.dataset === undefined ? {} : { datasets: options.dataset }),
    ...(options.site === undefined ? {} : { sites: options.site }),
    ...(options.copies === undefined ? {} : { copies: options.copies }),
    ...(options.anyGroup ? { group: null } : options.group === undefined ? {} : { group: options.group }),
    ...(options.forEver ? { until: null } : options.until === undefined ? {} : { until: options.until }),
  };
}

function formatRules(rules: readonly RuleRecord[]): string {
  if (rules.length === 0) return 'no rules';
  return formatTable(
    [
      { title: 'id', align: 'right' },
      { title: 'state' },
      { title: 'user' },
      { title: 'copies', align: 'right' },
      { title: 'of' },
      { title: 'at' },
      { title: 'for' },
      { title: 'until' },
      { title: 'how far' },
    ],
    rules.map((r) => [
      r.id,
      r.state,
      r.user,
      r.copies,
      r.datasets.join(', '),
      r.sites.join(', '),
      r.group ?? 'any group',
      untilText(r),
      r.state === 'new' ? 'the next dealer cycle looks at it' : r.reason,
    ]),
  );
}

function formatRule({ assessment, history, ...rule }: ShownRule): string {
  const lines = [
    `rule ${rule.id} of ${rule.user}, ${rule.state}: ${copiesText(rule.copies)} of ${rule.datasets.join(', ')}`,
    `at ${rule.sites.join(', ')}, for ${rule.group ?? 'any group'}, until ${untilText(rule) || 'it is removed'}`,
  ];
  if (rule.reason !== '') lines.push(`last cycle: ${rule.reason}`);
  if (assessment !== null) lines.push(formatAssessment(assessment));
  if (history.length > 0) lines.push('', formatProgress(history));
  return lines.join('\n');
}

function formatAssessment({ progress, copies, bytes, orderedCopies, orderedBytes }: RuleAssessment): string {
  const cost = `${copiesText(copies)} to make, ${formatBytes(bytes)}`;
  const ordered =
    copies === 0 ? '' : `; a cycle would order ${orderedCopies} of them now, ${formatBytes(orderedBytes)}`;
  return `now: ${ruleProgressWords(progress)}\ncost: ${cost}${ordered}`;
}

function untilText({ until }: RuleRecord): string {
  return until === null ? '' : new Date(until * 1000).toISOString();
}

function copiesText(copies: number): string {
  return `${copies} ${copies === 1 ? 'copy' : 'copies'}`;
}
