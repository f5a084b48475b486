import type { CheckedCondition } from '../condition/checked-condition.ts';
import type { Word } from '../condition/source-text.ts';

/** One line of a partition file: `Name: condition`, or `Name: [A, B]`, the union of others. */
export type PartitionDefinition =
  | { readonly kind: 'condition'; readonly name: Word; readonly condition: CheckedCondition }
  | { readonly kind: 'union'; readonly name: Word; readonly parts: readonly Word[] };
