import type { VariableDefinition } from '../condition/variable.ts';
import type { InventoryView } from '../inventory/view.ts';
import type { AttributeValue } from '../model/records.ts';

/** The values of one variable by dataset name; a dataset that is not in it has none. */
export type AttributeColumn = ReadonlyMap<string, AttributeValue>;

/** Supplies variables to policies, for a whole view at once. */
export interface AttributeProducer {
  readonly name: string;
  /** What it supplies, with types; it must supply all of it. */
  readonly provides: readonly VariableDefinition[];
  /** Rejects when it cannot: the run stops then, since a missing attribute would look like "never used". */
  load(
    view: InventoryView,
    options: {
      readonly now: number;
      readonly signal?: AbortSignal;
      /** What the producers before this one have supplied in the same run, by variable. */
      readonly supplied?: ReadonlyMap<string, AttributeColumn>;
    },
  ): Promise<ReadonlyMap<string, AttributeColumn>>;
}
