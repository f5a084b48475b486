/** Which datasets each rule is about, and what of it is there, on the way, and missing. */
import {
  type AttributeColumn,
  type CheckedCondition,
  DATASET_STATUSES,
  type InventoryTables,
  inputError,
  isDynamoError,
  NO_ROW,
  readCondition,
} from '@dynamo/core';
import { NameIndex } from '../name-index.ts';
import { presenceAt } from '../presence.ts';
import { conditionError, matchSites } from '../site-conditions.ts';
import { Survey } from '../survey.ts';
import type { CopyRule } from './copy-rule.ts';
import { type CompiledRuleCondition, compileRuleCondition, ruleVariables } from './rule-variables.ts';

export interface RuleNeedOptions {
  /** Rows of sites in the order of their names. */
  readonly sites: readonly number[];
  readonly now: number;
  readonly partition: string | null;
  readonly attributes: ReadonlyMap<string, AttributeColumn>;
  /** Where the rules stand, for messages. */
  readonly path: string;
}

/** A rule as far as it can be said before any dataset is looked at. */
export interface RuleInForce {
  readonly rule: CopyRule;
  /** A row of groups; null: whose the copies are does not matter. */
  readonly group: number | null;
  /** Rows of destination sites, by name; and of those of them that are ready. */
  readonly destinations: readonly number[];
  readonly ready: readonly number[];
  /** Copies that each dataset needs: as many as the rule says, at most one a destination. */
  readonly copies: number;
}

export interface DatasetNeed {
  readonly dataset: number;
  /** Rows of ready destination sites, by name: full there for the group; full for another; on the way. */
  readonly there: readonly number[];
  readonly others: readonly number[];
  readonly coming: readonly number[];
}

export interface RuleNeeds extends RuleInForce {
  /** By ascending row. */
  readonly needs: readonly DatasetNeed[];
}

/** Throws `invalid-input` for conditions that do not hold up, and for a group that is not there. Ended rules are left out. */
export function findRuleNeeds(
  tables: InventoryTables,
  rules: readonly CopyRule[],
  options: RuleNeedOptions,
): readonly RuleNeeds[] {
  const live = rules.filter(({ until }) => until === null || options.now < until);
  const compiled = live.map((rule) => compileRule(tables, rule, options));
  const found: DatasetNeed[][] = compiled.map(() => []);
  const index = new NameIndex<Subject>();
  for (const [rule, force] of compiled.entries()) {
    for (const { checked, condition } of force.conditions) index.add(checked, { rule, force, condition });
  }
  const { datasets } = tables;
  const survey = new Survey(tables);
  const seen = new Int32Array(compiled.length).fill(-1);
  let row = 0;
  let surveyed = -1;
  const see = (subject: Subject): void => {
    const { rule, condition } = subject;
    if (seen[rule] === row || !condition.ofDataset(row)) return;
    if (surveyed !== row) survey.see(row);
    surveyed = row;
    if (!isAtSource(tables, survey, row, subject)) return;
    seen[rule] = row;
    found[rule]?.push(needOf(tables, survey, row, subject.force));
  };
  for (; row < datasets.rows; row++) {
    if (!datasets.isLive(row) || !isKept(DATASET_STATUSES[datasets.status.get(row)])) continue;
    index.visit(datasets.name.get(row) ?? '', see);
  }
  return compiled.map(({ force }, i) => ({ ...force, needs: found[i] ?? [] }));
}

/** One of a rule's conditions. */
interface Subject {
  readonly rule: number;
  readonly force: CompiledRule;
  readonly condition: CompiledRuleCondition;
}

/** Why a rule does not hold up in this inventory, in words; null: it does. */
export function ruleFault(tables: InventoryTables, rule: CopyRule, options: RuleNeedOptions): string | null {
  try {
    compileRule(tables, rule, options);
    return null;
  } catch (error) {
    if (!isDynamoError(error, 'invalid-input')) throw error;
    return error.message;
  }
}

interface CompiledRule {
  readonly force: RuleInForce;
  readonly conditions: readonly { readonly checked: CheckedCondition; readonly condition: CompiledRuleCondition }[];
  /** By site row. */
  readonly isSource: Uint8Array;
  readonly isReadyDestination: Uint8Array;
}

function compileRule(tables: InventoryTables, rule: CopyRule, options: RuleNeedOptions): CompiledRule {
  const { now, partition, sites, attributes } = options;
  const path = `${options.path}.${rule.name}`;
  const group = rule.group === null ? null : tables.groups.find(rule.group);
  if (group === NO_ROW) throw inputError({ what: `there is no group ${rule.group}`, where: { path } });
  const isDestination = matchSites(tables, rule.destinations, { now, partition, path: `${path}.destinations` });
  const destinations = sites.filter((row) => isDestination[row] === 1);
  const ready = destinations.filter((row) => tables.sites.get(row)?.status === 'ready');
  const catalogue = ruleVariables();
  const conditions = rule.replicas.map((text, i) => {
    const outcome = readCondition(text, catalogue, { nowSeconds: now });
    if (!outcome.ok) throw conditionError(outcome.diagnostics, `${path}.replicas[${i}]`);
    return { checked: outcome.value, condition: compileRuleCondition(tables, outcome.value, attributes) };
  });
  const isReadyDestination = new Uint8Array(tables.sites.rows);
  for (const row of ready) isReadyDestination[row] = 1;
  return {
    force: { rule, group, destinations, ready, copies: Math.min(rule.copies, destinations.length) },
    conditions,
    isSource: matchSites(tables, rule.sources, { now, partition, path: `${path}.sources` }),
    isReadyDestination,
  };
}

function isKept(status: string | undefined): boolean {
  return status === 'valid' || status === 'production';
}

/** Whether it has a replica, with something in it, at a source site, for which the condition holds. */
function isAtSource(
  { datasets, datasetReplicas }: InventoryTables,
  survey: Survey,
  dataset: number,
  { condition, force: { isSource } }: Subject,
): boolean {
  for (let row = datasets.firstReplica.get(dataset); row !== NO_ROW; row = datasetReplicas.nextOfDataset.get(row)) {
    const site = datasetReplicas.site.get(row);
    if (isSource[site] !== 1 || !survey.hasAnything(site)) continue;
    if (!condition.asksReplica || condition.ofReplica(dataset, site)) return true;
  }
  return false;
}

const NOWHERE: readonly number[] = Object.freeze([]);

function needOf(
  tables: InventoryTables,
  survey: Survey,
  dataset: number,
  { force, isReadyDestination }: CompiledRule,
): DatasetNeed {
  const { datasets, datasetReplicas } = tables;
  let there = NOWHERE;
  let others = NOWHERE;
  let coming = NOWHERE;
  for (let row = datasets.firstReplica.get(dataset); row !== NO_ROW; row = datasetReplicas.nextOfDataset.get(row)) {
    const site = datasetReplicas.site.get(row);
    if (isReadyDestination[site] !== 1) continue;
    const presence = survey.presence(site);
    if (presence === 'missing') continue;
    if (presence === 'coming') coming = withSite(coming, site, force.ready);
    else if (force.group === null || presenceAt(tables, dataset, null, site, force.group) === 'there') {
      there = withSite(there, site, force.ready);
    } else others = withSite(others, site, force.ready);
  }
  return { dataset, there, others, coming };
}

/** In the order of the places. */
function withSite(sites: readonly number[], site: number, places: readonly number[]): readonly number[] {
  if (sites.length === 0) return [site];
  return [...sites, site].sort((a, b) => places.indexOf(a) - places.indexOf(b));
}
