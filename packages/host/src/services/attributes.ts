import {
  type AttributeColumn,
  type InventoryView,
  replicaVariables,
  type VariableCatalogue,
  type VariableDefinition,
} from '@dynamo/core';
import { loadAttributes as loadByVariable, REQUEST_WEIGHT } from '@dynamo/policies';
import type { Configuration } from '../configuration/configuration.ts';
import type { PlanningApplication } from './application.ts';

/** What the producers of an application supply for one view. */
export interface LoadedAttributes {
  /** By the variable's name, `dataset.usage_rank`. */
  readonly byVariable: ReadonlyMap<string, AttributeColumn>;
}

type Producing = Pick<PlanningApplication, 'producers'>;

/** The variables that producers add to those of the language. */
export function producedVariables({ producers }: Producing): readonly VariableDefinition[] {
  return producers.flatMap(({ provides }) => provides);
}

/** The variables that producers may supply: those of the language, the Dealer's weight, and the experiment's own. */
export function producibleVariables({ variables }: Pick<Configuration, 'variables'>): VariableCatalogue {
  const own = variables.map(({ name, type, description }) => ({
    ...{ name, description, type: { kind: type } },
    level: name.startsWith('dataset.') ? ('dataset' as const) : ('replica' as const),
    source: 'producer' as const,
  }));
  return replicaVariables().extend([REQUEST_WEIGHT, ...own]);
}

/** Asks every producer. Rejects where one fails: a run without an attribute would take it for "never used". */
export async function loadAttributes(
  { producers }: Producing,
  view: InventoryView,
  options: { readonly now: number; readonly signal?: AbortSignal },
): Promise<LoadedAttributes> {
  return { byVariable: await loadByVariable(view, producers, options) };
}
