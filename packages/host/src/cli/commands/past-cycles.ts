/** Past cycles of Detox: made again, and held against what was decided then. */
import { inputError } from '@dynamo/core';
import type { ReplayDifferences } from '@dynamo/policies';
import type { Command } from 'commander';
import type { DetoxDocument } from '../../services/detox-document.ts';
import { explainSite } from '../../services/explain-site.ts';
import type { PolicyText } from '../../services/policy-text.ts';
import { madeByAnother, type ReplayedCycle } from '../../services/replay-detox.ts';
import { wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf, timeText } from '../format.ts';
import { formatSite } from '../format-site.ts';
import { readInput } from '../read-input.ts';

interface ReplayOptions extends ConnectionOptions, JsonOption {
  readonly policy?: string;
}

export function addReplayCommand(detox: Command, context: CommandContext): void {
  addJsonOption(addConnectionOptions(detox.command('replay')))
    .description('run a past cycle again from the history: the same bytes, or what differs (ends 1 then)')
    .argument('<cycle>', 'its number, see dynamo history list', wholeNumber)
    .option(
      '--policy <file>',
      'the cycle ran this module, and I want it to run again (default: if the configuration names it)',
    )
    .action((cycle: number, options: ReplayOptions) => replay(cycle, options, context));
}

interface PastOptions extends ReplayOptions {
  readonly cycle: number;
  readonly dataset?: string;
  readonly site?: string;
}

/** A site as a whole needs no run: what was decided is in the history. */
export async function explainCycle(options: PastOptions, context: CommandContext): Promise<void> {
  for (const name of ['inventory', 'partitions', 'now', 'guard', 'deletionPerIteration'] as const) {
    if (!(name in options)) continue;
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw inputError({ what: `--${flag} does not go with --cycle`, hint: 'a past cycle had its own' });
  }
  const { cycle, dataset, site } = options;
  const print = (value: unknown, text: string): void =>
    context.terminal.print(options.json ? JSON.stringify(value) : text);
  if (dataset === undefined) {
    if (site === undefined) throw inputError({ what: 'nothing is named', hint: 'add --dataset NAME or --site NAME' });
    const { document, planner } = await withDynamo(context, options, 'read', (dynamo) => dynamo.showCycle(cycle));
    if (planner !== 'detox')
      throw inputError({ what: `cycle ${cycle} is one of ${planner}`, hint: 'name one of Detox' });
    const explained = explainSite((document as { readonly plan: DetoxDocument }).plan, site);
    print(explained, formatSite(explained));
    return;
  }
  const asked = { cycle, ...(await policyFor(options)) };
  const replica = { dataset, ...(site === undefined ? {} : { site }) };
  const explained = await withDynamo(context, options, 'read', (dynamo) => dynamo.explainPast(asked, replica));
  print(explained, explained.map(({ text }) => text).join('\n'));
}

/** A module runs as whoever calls the command: a server looks for itself whether it may run there. */
async function policyFor(options: { readonly policy?: string }): Promise<{ readonly policy?: PolicyText }> {
  return options.policy === undefined ? {} : { policy: { ...(await readInput(options.policy)), mayRun: true } };
}

async function replay(cycle: number, options: ReplayOptions, context: CommandContext): Promise<void> {
  const asked = { cycle, ...(await policyFor(options)) };
  const replayed = await withDynamo(context, options, 'read', (dynamo) => dynamo.replayCycle(asked));
  context.terminal.print(options.json ? JSON.stringify(replayed) : formatReplay(replayed));
  if (replayed.differences !== null) context.exitCode = 1;
}

function formatReplay({ cycle, title, time, planVersion, dynamo, ...replayed }: ReplayedCycle): string {
  const { recorded, decisions, differences } = replayed;
  const what = `cycle ${cycle}: ${title}, ${timeText(time)}, planned on version ${planVersion}`;
  const size = `${countOf(decisions, 'decision')}, ${countOf(recorded.bytes, 'byte')}, sha256 ${recorded.sha256}`;
  if (differences === null) return `${what}\nthe same bytes: ${size}`;
  return [
    what,
    `not the same${madeByAnother(dynamo.recorded)}: the history has ${size}`,
    ...differenceLines(differences, replayed.replayed.sha256),
  ].join('\n');
}

const SHOWN = 20;

function differenceLines({ figures, replicas, replicaCount }: ReplayDifferences, sha256: string): string[] {
  return [
    `made again it is sha256 ${sha256}`,
    ...figures
      .slice(0, SHOWN)
      .map(({ path, recorded, replayed }) => `  ${path}: ${JSON.stringify(recorded)}, now ${JSON.stringify(replayed)}`),
    ...(figures.length > SHOWN ? ['  and more (--json has the first 100)'] : []),
    `${countOf(replicaCount, 'dataset replica')} decided otherwise`,
    ...replicas
      .slice(0, SHOWN)
      .map(
        ({ dataset, site, recorded, replayed }) =>
          `  ${dataset} at ${site}: ${decided(recorded)}, now ${decided(replayed)}`,
      ),
    ...(replicaCount > SHOWN ? [`  and ${replicaCount - SHOWN} more`] : []),
  ];
}

function decided(decisions: ReplayDifferences['replicas'][number]['recorded']): string {
  if (decisions.length === 0) return 'nothing';
  return decisions
    .map(
      (each) =>
        `${each.decision} by ${'rule' in each ? `the guard (${each.rule})` : `line ${each.line}`}, ${each.size} bytes`,
    )
    .join(' and ');
}
