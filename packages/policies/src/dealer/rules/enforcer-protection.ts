/** `replica.enforcer_protected`: the copies that fulfil rules which protect theirs, so that Detox leaves them. */
import {
  type AttributeColumn,
  type AttributeProducer,
  compareByteOrder,
  type InventoryTables,
  type InventoryView,
  type VariableDefinition,
} from '@dynamo/core';
import { sitesByName } from '../sites-by-name.ts';
import type { CopyRule, EnforcerRules } from './copy-rule.ts';
import { findRuleNeeds, ruleFault } from './rule-needs.ts';

const ENFORCER_PROTECTED: VariableDefinition = Object.freeze({
  name: 'replica.enforcer_protected',
  level: 'replica',
  type: Object.freeze({ kind: 'boolean' }),
  source: 'producer',
  description: 'an enforcer rule needs it',
});

export interface ProtectionOptions {
  readonly now: number;
  readonly partition?: string | null;
  readonly attributes?: ReadonlyMap<string, AttributeColumn>;
  /** False: a rule that does not hold up protects nothing, where it would throw. Default: true. */
  readonly strict?: boolean;
}

/** By dataset, the names of the sites whose copies must stay, in byte order. */
export function enforcerProtectedSites(
  { tables }: Pick<InventoryView, 'tables'>,
  rules: readonly CopyRule[],
  { now, partition = null, attributes = new Map(), strict = true }: ProtectionOptions,
): ReadonlyMap<string, readonly string[]> {
  const options = { sites: sitesByName(tables), now, partition, attributes, path: 'rules' };
  const protecting = rules.filter((rule) => rule.protect && (strict || ruleFault(tables, rule, options) === null));
  const protectedAt = new Map<number, Set<number>>();
  for (const { copies, needs } of findRuleNeeds(tables, protecting, options)) {
    for (const { dataset, there, others, coming } of needs) {
      // As many as the rule needs, always the same ones: those that will be taken over count, and those on their way.
      for (const site of [...there, ...others, ...coming].slice(0, copies)) {
        const sites = protectedAt.get(dataset) ?? new Set();
        protectedAt.set(dataset, sites.add(site));
      }
    }
  }
  return named(tables, protectedAt);
}

/** Not `strict`: those of users, of which one that does not hold up any more must not keep Detox from running. */
export interface ProtectingRules extends EnforcerRules {
  readonly strict?: boolean;
}

/**
 * Supplies `enforcer_protected` to Detox: what any of the rules protects. They are asked for at each load, since people
 * change them; their conditions see what the producers before this one supply.
 */
export function enforcerProtection(
  read: (options: { readonly now: number; readonly signal?: AbortSignal }) => Promise<readonly ProtectingRules[]>,
): AttributeProducer {
  return {
    name: 'enforcer',
    provides: [ENFORCER_PROTECTED],
    async load(view, { now, signal, supplied = new Map() }) {
      const protectedAt = new Map<string, readonly string[]>();
      for (const { rules, partition, strict = true } of await read({
        now,
        ...(signal === undefined ? {} : { signal }),
      })) {
        for (const [dataset, sites] of enforcerProtectedSites(view, rules, {
          now,
          partition,
          attributes: supplied,
          strict,
        })) {
          const known = protectedAt.get(dataset) ?? [];
          protectedAt.set(dataset, [...new Set([...known, ...sites])].sort(compareByteOrder));
        }
      }
      return new Map([[ENFORCER_PROTECTED.name, protectedAt]]);
    },
  };
}

function named(
  { datasets, sites }: InventoryTables,
  rows: ReadonlyMap<number, ReadonlySet<number>>,
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Array.from(rows, ([dataset, at]): [string, readonly string[]] => [
      datasets.name.get(dataset) ?? '',
      Array.from(at, (site) => sites.get(site)?.name ?? '').sort(compareByteOrder),
    ]),
  );
}
