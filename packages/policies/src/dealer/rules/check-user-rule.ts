/** A rule as somebody asks for it, held against the inventory: what can never be is refused at once. */
import { type InventoryView, inputError, NO_ROW, readCondition } from '@dynamo/core';
import { conditionError, matchSites } from '../site-conditions.ts';
import { asCondition, type UserRule } from './copy-rule.ts';
import { ruleVariables } from './rule-variables.ts';

export interface CheckUserRuleOptions {
  /** Seconds since 1970. */
  readonly now: number;
  /** Of `site.occupancy` and `site.quota`. */
  readonly partition: string | null;
}

/**
 * Throws `invalid-input` with the key at fault: a bad pattern or condition, a group that is not there, sites of which
 * there is none, fewer copies than one, a time that is over. Datasets need not be there yet.
 */
export function checkUserRule(
  { tables }: Pick<InventoryView, 'tables'>,
  { datasets, sites, copies, group, until }: Pick<UserRule, 'datasets' | 'sites' | 'copies' | 'group' | 'until'>,
  { now, partition }: CheckUserRuleOptions,
): void {
  if (!(Number.isSafeInteger(copies) && copies >= 1)) {
    throw inputError({ what: `expected a whole number of at least 1, got ${copies}`, where: { path: 'copies' } });
  }
  if (until !== null && until <= now) {
    const hint = 'name a later time, or none';
    throw inputError({ what: `${timeText(until)} is over`, where: { path: 'until' }, hint });
  }
  if (group !== null && tables.groups.find(group) === NO_ROW) {
    throw inputError({ what: `there is no group ${group}`, where: { path: 'group' } });
  }
  for (const [path, texts] of Object.entries({ datasets, sites })) {
    if (texts.length === 0) throw inputError({ what: 'a rule needs at least one', where: { path } });
  }
  for (const [i, text] of datasets.entries()) {
    const outcome = readCondition(asCondition(text, 'dataset.name'), ruleVariables(), { nowSeconds: now });
    if (!outcome.ok) throw conditionError(outcome.diagnostics, `datasets[${i}]`);
  }
  const conditions = sites.map((text) => asCondition(text, 'site.name'));
  matchSites(tables, conditions, { now, partition, path: 'sites' });
  for (const [i, condition] of conditions.entries()) {
    if (matchSites(tables, [condition], { now, partition, path: 'sites' }).includes(1)) continue;
    throw inputError({ what: `no site matches ${sites[i]}`, where: { path: `sites[${i}]` } });
  }
}

export function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
