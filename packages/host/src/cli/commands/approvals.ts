import type { Command } from 'commander';
import type { ShownPlan } from '../../services/approvals.ts';
import type { DetoxCommitted } from '../../services/detox-committed.ts';
import { wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf, formatBytes, formatTable } from '../format.ts';

interface PendingOptions extends ConnectionOptions, JsonOption {
  readonly all?: boolean;
}

interface DecisionOptions extends ConnectionOptions, JsonOption {
  readonly comment?: string;
}

/** `pending`, `approve` and `reject`, below `detox`. */
export function addApprovalCommands(detox: Command, context: CommandContext): void {
  const print = (options: JsonOption, value: unknown, text: () => string): void =>
    context.terminal.print(options.json ? JSON.stringify(value) : text());

  addJsonOption(addConnectionOptions(detox.command('pending')))
    .description("plans that wait for a second person's approval; one, with every decision (--json)")
    .argument('[plan]', 'its number', wholeNumber)
    .option('--all', 'past ones too')
    .action(async (id: number | undefined, options: PendingOptions) => {
      if (id === undefined) {
        const filter = { all: options.all ?? false };
        const plans = await withDynamo(context, options, 'read', (dynamo) => dynamo.listPlans(filter));
        print(options, plans, () => formatPlans(plans));
        return;
      }
      const plan = await withDynamo(context, options, 'read', (dynamo) => dynamo.showPlan(id));
      print(options, plan, () => formatPlans([plan]));
    });

  addDecision(detox.command('approve'))
    .description('agree to a plan that another person made, and carry it out: what no longer fits is dropped')
    .action(async (id: number, options: DecisionOptions) => {
      const { comment } = options;
      const committed = await withDynamo(context, options, 'write', (dynamo) => dynamo.approvePlan(id, { comment }));
      print(options, committed, () => formatCommitted(committed));
    });

  addDecision(detox.command('reject'))
    .description('the plan is not carried out')
    .action(async (id: number, options: DecisionOptions) => {
      const { comment } = options;
      const plan = await withDynamo(context, options, 'write', (dynamo) => dynamo.rejectPlan(id, { comment }));
      print(options, plan, () => `${plan.title}: plan ${plan.id} is rejected`);
    });
}

function addDecision(command: Command): Command {
  return addJsonOption(addConnectionOptions(command))
    .argument('<plan>', 'its number', wholeNumber)
    .option('--comment <text>', 'kept with the decision');
}

/** What a commit of Detox did, or what it waits for. */
export function formatCommitted({ title, cycle, version, done, dropped, waiting }: DetoxCommitted): string {
  if (waiting !== null) {
    const { id, madeBy, bytes, replicas, expiresAt } = waiting;
    return [
      `${title}: nothing was carried out: plan ${id} by ${madeBy} would delete ${formatBytes(bytes)} in ` +
        `${countOf(replicas, 'block replica')}, and waits for a second person's approval until ${timeText(expiresAt)}`,
      `  another person may: dynamo detox approve ${id}`,
    ].join('\n');
  }
  const where = cycle === null ? '' : `, cycle ${cycle}, version ${version}`;
  return [
    `${title}: ${countOf(done, 'step')} carried out${where}`,
    ...dropped.map(({ step, why }) => `  dropped: block ${step.block} of ${step.dataset} at ${step.site}: ${why}`),
  ].join('\n');
}

function formatPlans(plans: readonly ShownPlan[]): string {
  if (plans.length === 0) return 'no plan waits for approval';
  return formatTable(
    [
      { title: 'plan', align: 'right' },
      { title: 'what' },
      { title: 'made' },
      { title: 'by' },
      { title: 'to delete', align: 'right' },
      { title: 'replicas', align: 'right' },
      { title: 'state' },
    ],
    plans.map((plan) => [
      plan.id,
      plan.title,
      timeText(plan.madeAt),
      plan.madeBy,
      formatBytes(plan.bytes),
      plan.replicas,
      stateText(plan),
    ]),
  );
}

function stateText({ state, expiresAt, decision }: ShownPlan): string {
  if (decision === null) return state === 'waiting' ? `waiting until ${timeText(expiresAt)}` : state;
  const comment = decision.comment === null ? '' : `: ${decision.comment}`;
  return `${state} by ${decision.by}, ${timeText(decision.time)}${comment}`;
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
