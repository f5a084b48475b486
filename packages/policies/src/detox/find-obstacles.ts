import { type AttributeColumn, attributeName, type InventoryView } from '@dynamo/core';
import type { UsedVariable } from '../policy/used-variables.ts';
import type { AttributeValues } from './conditions/attribute-values.ts';
import type { DetoxOptions } from './detox-options.ts';

export interface Circumstances {
  readonly view: InventoryView;
  readonly options: DetoxOptions;
  readonly attributes: AttributeValues;
  /** Sites where dismissals deleted although no quota was ever stated. */
  readonly unstated: readonly string[];
  /** What producers would supply and the policy reads. */
  readonly produced: readonly UsedVariable[];
}

const SHOWN = 5;

/** Why the plan may not be committed; empty: it may. */
export function findObstacles({ view, options, attributes, unstated, produced }: Circumstances): string[] {
  const { policy, guard = 'on', suppliedBefore = [], attributes: columns, notCommittable = [] } = options;
  const reasons = [...notCommittable];
  if (guard === 'off') reasons.push('it was made with the guard off');
  for (const { variable, lines } of produced) {
    const { name } = variable;
    const use = `${name} (line ${lines.join(', ')})`;
    if (attributes.hasValues(variable)) continue;
    if (suppliedBefore.includes(name))
      reasons.push(`${use} has no value now, and had some at the last committed cycle`);
    else if (!isSupplied(view, columns, name, attributeName(variable))) {
      reasons.push(`nothing supplies ${use}: no producer, and no dataset has it stored`);
    }
  }
  if (unstated.length > 0) {
    const more = unstated.length > SHOWN ? ` and ${unstated.length - SHOWN} more sites` : '';
    const where = `${unstated.slice(0, SHOWN).join(', ')}${more}`;
    reasons.push(`it dismisses data at ${where}, where no quota of ${policy.partition} was ever stated`);
  }
  return reasons;
}

export function producedVariables(used: readonly UsedVariable[]): UsedVariable[] {
  return used.filter(({ variable }) => variable.source === 'producer');
}

function isSupplied(
  { tables }: InventoryView,
  columns: ReadonlyMap<string, AttributeColumn> | undefined,
  name: string,
  attribute: string,
): boolean {
  if (columns?.has(name) === true) return true;
  const { datasets } = tables;
  for (let row = 0; row < datasets.rows; row++) {
    if (datasets.isLive(row) && datasets.attributes.get(row)?.[attribute] !== undefined) return true;
  }
  return false;
}
