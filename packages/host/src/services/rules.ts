/** The rules of users: made, changed and ended by people, looked at in each Dealer cycle. */
import { DynamoError, parseGroupName, type RequestFilter, type RequestState, type RuleRecord } from '@dynamo/core';
import {
  checkUserRule,
  copyRuleOf,
  type DealerConfiguration,
  type RuleAssessment,
  type UserRule,
} from '@dynamo/policies';
import {
  type Application,
  readInventory,
  type ServiceOptions,
  type WritingOptions,
  writeSmall,
} from './application.ts';
import { loadAttributes } from './attributes.ts';
import { readDealerConfiguration } from './dealer.ts';
import { rulePlanner } from './planners/rule-planner.ts';
import { runPlanner } from './planners/run-planner.ts';
import { type CycleProgress, ruleProgress } from './rule-progress.ts';
import { isRule } from './rules-in-force.ts';

/** A rule as a person writes it. */
export interface NewRule {
  /** Names, globs, or conditions of the policy language (`dataset.status == VALID`). */
  readonly datasets: readonly string[];
  /** Names, globs, or conditions over sites. */
  readonly sites: readonly string[];
  readonly copies: number;
  readonly group: string | null;
  /** Seconds since 1970; null: until it is removed. */
  readonly until: number | null;
}

export interface RuleFilter {
  readonly state?: RequestState;
  readonly user?: string;
  /** Only those with a greater number: the next page. */
  readonly after?: number;
  readonly limit?: number;
}

/** A rule, and what a cycle would find now. */
export interface ShownRule extends RuleRecord {
  /** Null where it stands no more. */
  readonly assessment: RuleAssessment | null;
  /** At the last cycles, newest first. */
  readonly history: readonly CycleProgress[];
}

export async function listRules(
  { store }: Pick<Application, 'store'>,
  filter: RuleFilter = {},
): Promise<readonly RuleRecord[]> {
  const wanted: RequestFilter = { ...filter, kind: 'rule' };
  return (await store.requests.list(wanted)).filter(isRule);
}

export async function showRule(application: Application, id: number, options: ServiceOptions = {}): Promise<ShownRule> {
  const rule = await findRule(application, id);
  const configuration = await configurationOf(application);
  const assessment = isEnded(rule) ? null : await assess(application, rule, configuration, options);
  const history = await ruleProgress(application, { rule: copyRuleOf(rule).name });
  return { ...rule, assessment, history };
}

/** What the rule would come to, and cost: nothing is changed. Rejects as `addRule` does. */
export async function previewRule(
  application: Application,
  wanted: NewRule,
  options: WritingOptions,
): Promise<RuleAssessment> {
  const configuration = await configurationOf(application);
  await readInventory(application, 'rule', options, (view) =>
    checkUserRule(view, wanted, circumstances(application, configuration)),
  );
  return assess(application, { ...wanted, id: 0, user: options.user }, configuration, options);
}

/** Rejects with `invalid-input` for what can never be: sites that do not exist, a bad pattern, a time that is over. */
export async function addRule(application: Application, wanted: NewRule, options: WritingOptions): Promise<RuleRecord> {
  const configuration = await configurationOf(application);
  const { result } = await writeSmall(application, 'rule', options, (draft) => {
    checkUserRule(draft, wanted, circumstances(application, configuration));
    const now = application.clock.nowSeconds();
    const rule: RuleRecord = {
      ...fieldsOf(wanted),
      id: draft.nextRequestId(),
      kind: 'rule',
      progress: null,
      state: 'new',
      user: options.user,
      createdAt: now,
      updatedAt: now,
      reason: '',
    };
    draft.putRequest(null, rule);
    return rule;
  });
  return result;
}

/** What is left out stays as it is. The next cycle looks at it anew; copies that it needs no more are left to Detox. */
export async function changeRule(
  application: Application,
  id: number,
  changes: Partial<NewRule>,
  options: WritingOptions,
): Promise<RuleRecord> {
  const configuration = await configurationOf(application);
  const { result } = await writeSmall(application, 'rule', options, async (draft) => {
    const before = await findStanding(application, id);
    const wanted = { ...before, ...changes };
    checkUserRule(draft, wanted, circumstances(application, configuration));
    const after: RuleRecord = {
      ...before,
      ...fieldsOf(wanted),
      progress: null,
      updatedAt: application.clock.nowSeconds(),
      reason: `changed by ${options.user}: the next Dealer cycle looks at it`,
    };
    draft.putRequest(before, after);
    return after;
  });
  return result;
}

/** Nothing more is done for it, and its copies are no longer kept for it; those on their way arrive. */
export async function removeRule(application: Application, id: number, options: WritingOptions): Promise<RuleRecord> {
  const { result } = await writeSmall(application, 'rule', options, async (draft) => {
    const before = await findStanding(application, id);
    const updatedAt = application.clock.nowSeconds();
    const after: RuleRecord = { ...before, state: 'cancelled', updatedAt, reason: `removed by ${options.user}` };
    draft.putRequest(before, after);
    return after;
  });
  return result;
}

function fieldsOf({ datasets, sites, copies, group, until }: NewRule): Pick<RuleRecord, keyof NewRule> {
  return { datasets, sites, copies, until, group: group === null ? null : parseGroupName(group, { path: 'group' }) };
}

async function findRule({ store }: Pick<Application, 'store'>, id: number): Promise<RuleRecord> {
  const rule = await store.requests.get(id);
  if (rule?.kind !== 'rule') throw new DynamoError('not-found', `there is no rule ${id}`);
  return rule;
}

async function findStanding(application: Application, id: number): Promise<RuleRecord> {
  const rule = await findRule(application, id);
  if (isEnded(rule)) throw new DynamoError('refused', `rule ${id} stands no more: ${rule.reason}`);
  return rule;
}

function isEnded({ state }: RuleRecord): boolean {
  return state !== 'new' && state !== 'active';
}

/** Rejects with `refused` where the Dealer would never look at a rule. */
async function configurationOf({ configuration: { dealer } }: Application): Promise<DealerConfiguration> {
  const configuration = await readDealerConfiguration(dealer.file);
  if (configuration.plugins.some(({ plugin }) => plugin === 'rules')) return configuration;
  throw new DynamoError(
    'refused',
    `${dealer.file} does not have the plug-in "rules": the Dealer would look at no rule`,
  );
}

function circumstances(
  { clock }: Pick<Application, 'clock'>,
  { partition }: DealerConfiguration,
): { readonly now: number; readonly partition: string | null } {
  return { now: clock.nowSeconds(), partition };
}

async function assess(
  application: Application,
  rule: UserRule,
  configuration: DealerConfiguration,
  options: ServiceOptions,
): Promise<RuleAssessment> {
  const now = application.clock.nowSeconds();
  const { byVariable: attributes } = await readInventory(application, 'attributes', options, (view, signal) =>
    loadAttributes(application, view, { now, signal }),
  );
  return runPlanner(application, rulePlanner, { rule, configuration, attributes, now }, options);
}
