import { inputError } from '@dynamo/core';
import type { DealerDocument } from '@dynamo/policies';
import type { Command } from 'commander';
import { readDealerDocument } from '../../services/dealer.ts';
import type { WrittenDealerRun } from '../../services/dynamo.ts';
import { wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addJsonOption, addServerOptions, addVerboseOption, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf, formatBytes, formatTable } from '../format.ts';
import { addPlanningOptions, type PlanningOptions, withPlanning } from '../planning.ts';

interface DealerOptions extends Omit<PlanningOptions, 'config'>, JsonOption {
  /** The Dealer's own configuration. */
  readonly config?: string;
  readonly hostConfig?: string;
  readonly seed?: number;
  readonly commit?: boolean;
}

export function addDealerCommand(program: Command, context: CommandContext): void {
  addJsonOption(addPlanningOptions(addServerOptions(addVerboseOption(program.command('dealer'))), context))
    .description('what would be copied where, and why; with --commit it is carried out')
    .option('--config <file>', "the Dealer's configuration (else the one that the host's names, or its defaults)")
    .option('--host-config <file>', 'the configuration file of the host (else DYNAMO_CONFIG, else the defaults)')
    .option('--seed <n>', 'of the draws: the same seed gives the same plan (default: as configured)', wholeNumber)
    .option('--commit', 'carry the plan out: the copies are opened, and the files come by and by')
    .action((options: DealerOptions) => (options.commit === true ? commit(options, context) : plan(options, context)));
}

async function runOf({ config, now, seed }: DealerOptions): Promise<WrittenDealerRun> {
  return {
    ...(config === undefined ? {} : await readDealerDocument(config)),
    ...(now === undefined ? {} : { now }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function placeOf({ config: _dealers, hostConfig, ...options }: DealerOptions): PlanningOptions {
  return hostConfig === undefined ? options : { ...options, config: hostConfig };
}

async function plan(options: DealerOptions, context: CommandContext): Promise<void> {
  const run = await runOf(options);
  const json = await withPlanning(context, placeOf(options), (dynamo) => dynamo.previewDealer(run));
  if (options.json) await context.terminal.write(`${json}\n`);
  else context.terminal.print(formatPlan(JSON.parse(json) as DealerDocument));
}

async function commit(options: DealerOptions, context: CommandContext): Promise<void> {
  for (const name of ['inventory', 'partitions', 'now'] as const) {
    if (options[name] !== undefined) {
      throw inputError({
        what: `a plan made with --${name} cannot be committed`,
        hint: `leave out --${name}, or --commit`,
      });
    }
  }
  const run = await runOf(options);
  const { terminal } = context;
  const committed = await withDynamo(context, placeOf(options), 'write', (dynamo) => dynamo.commitDealer(run));
  if (options.json) {
    terminal.print(JSON.stringify(committed));
    return;
  }
  const { title, cycle, version, done, dropped, requests } = committed;
  const where = cycle === null ? '' : `, cycle ${cycle}, version ${version}`;
  terminal.print(`${title}: ${countOf(done, 'step')} carried out, ${countOf(requests, 'request')} moved on${where}`);
  for (const { step, why } of dropped) {
    terminal.print(`  dropped: block ${step.block} of ${step.dataset} at ${step.site}: ${why}`);
  }
}

function formatPlan({ inventory_version, volume, plugins, taken }: DealerDocument): string {
  const lines = [
    `version ${inventory_version}: ${formatBytes(volume)} to copy in ${countOf(taken.length, 'proposal')}`,
    '',
    formatTable(
      PLUGIN_COLUMNS,
      plugins.map((each) => [each.plugin, each.priority, each.proposed, each.taken, formatBytes(each.bytes)]),
    ),
  ];
  if (taken.length > 0) {
    const rows = taken.map((each) => [each.dataset, each.site, formatBytes(each.bytes), each.reason]);
    lines.push('', formatTable(TAKEN_COLUMNS, rows));
  }
  return lines.join('\n');
}

const PLUGIN_COLUMNS = [
  { title: 'plug-in' },
  { title: 'priority', align: 'right' },
  { title: 'proposed', align: 'right' },
  { title: 'taken', align: 'right' },
  { title: 'bytes', align: 'right' },
] as const;

const TAKEN_COLUMNS = [
  { title: 'dataset' },
  { title: 'to' },
  { title: 'bytes', align: 'right' },
  { title: 'why' },
] as const;
