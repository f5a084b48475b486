import {
  type AttributeColumn,
  attributeName,
  DynamoError,
  type InventoryView,
  type VariableDefinition,
} from '@dynamo/core';
import type { PlanningApplication } from './application.ts';

/** What the producers of an application supply for one view. */
export interface LoadedAttributes {
  /** By the variable's name, `dataset.usage_rank`: as Detox asks. */
  readonly byVariable: ReadonlyMap<string, AttributeColumn>;
  /** By the name without its level, `usage_rank`: as the Dealer and dumps have it. */
  readonly byAttribute: ReadonlyMap<string, AttributeColumn>;
}

/** The variables that producers add to those of the language. */
export function producedVariables({
  producers,
}: Pick<PlanningApplication, 'producers'>): readonly VariableDefinition[] {
  return producers.flatMap(({ provides }) => provides);
}

/**
 * Asks every producer. Rejects with `unavailable` where one fails, or does not supply what it says: a run without an
 * attribute would take it for "never used".
 */
export async function loadAttributes(
  { producers }: Pick<PlanningApplication, 'producers'>,
  view: InventoryView,
  options: { readonly now: number; readonly signal?: AbortSignal },
): Promise<LoadedAttributes> {
  const byVariable = new Map<string, AttributeColumn>();
  const byAttribute = new Map<string, AttributeColumn>();
  for (const producer of producers) {
    const columns = await producer.load(view, options).catch((cause: Error) => {
      throw new DynamoError('unavailable', `the producer ${producer.name} failed: ${cause.message}`, { cause });
    });
    for (const variable of producer.provides) {
      const attribute = attributeName(variable);
      const column = columns.get(attribute) ?? columns.get(variable.name);
      if (column === undefined) {
        throw new DynamoError('unavailable', `the producer ${producer.name} did not supply ${variable.name}`);
      }
      byVariable.set(variable.name, column);
      byAttribute.set(attribute, column);
    }
  }
  return { byVariable, byAttribute };
}
