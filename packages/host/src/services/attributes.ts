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

/**
 * The variables that are there beside those of the language: what producers add, and what the configuration declares,
 * which may stand in a dump. A plan that uses one that nobody supplies is not committed.
 */
export function producedVariables({
  producers,
  configuration,
}: Pick<PlanningApplication, 'producers' | 'configuration'>): readonly VariableDefinition[] {
  const all = [...ownVariables(configuration), ...producers.flatMap(({ provides }) => provides)];
  return [...new Map(all.map((variable) => [variable.name, variable])).values()];
}

/** Those that the experiment declares. */
export function ownVariables({ variables }: Pick<Configuration, 'variables'>): readonly VariableDefinition[] {
  return variables.map(({ name, type, description }) => ({
    ...{ name, description, type: { kind: type } },
    level: name.startsWith('dataset.') ? ('dataset' as const) : ('replica' as const),
    source: 'producer' as const,
  }));
}

/** The variables that producers may supply: those of the language, the Dealer's weight, and the experiment's own. */
export function producibleVariables(configuration: Pick<Configuration, 'variables'>): VariableCatalogue {
  return replicaVariables().extend([REQUEST_WEIGHT, ...ownVariables(configuration)]);
}

/** Asks every producer. Rejects where one fails: a run without an attribute would take it for "never used". */
export async function loadAttributes(
  { producers }: Producing,
  view: InventoryView,
  options: { readonly now: number; readonly signal?: AbortSignal },
): Promise<LoadedAttributes> {
  return { byVariable: await loadByVariable(view, producers, options) };
}
