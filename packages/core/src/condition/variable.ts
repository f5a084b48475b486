/** What a variable is a property of. A condition sees `dataset.status` of the dataset of the replica in question. */
export type VariableLevel = 'dataset' | 'replica' | 'blockreplica' | 'site';

export type VariableType =
  | { readonly kind: 'text' }
  /** An IEEE double; a missing one counts as 0. */
  | { readonly kind: 'number' }
  /** Seconds since 1970; a missing one counts as 0. */
  | { readonly kind: 'time' }
  /** A missing one counts as false. */
  | { readonly kind: 'boolean' }
  /** Words in capitals, accepted in any case. */
  | { readonly kind: 'enum'; readonly values: readonly string[] };

/**
 * Where the value comes from: `stored`, the inventory says it; `image`, counted over the replicas that a run sees, so
 * it changes while the run deletes; `producer`, an attribute that a producer supplies (or a dump, in its place).
 */
export type VariableSource = 'stored' | 'image' | 'producer';

export interface VariableDefinition {
  /** `level.attribute`, except for `always` and `never`. */
  readonly name: string;
  readonly level: VariableLevel;
  readonly type: VariableType;
  readonly source: VariableSource;
  readonly description: string;
}

/** The value of a variable: times as seconds since 1970, words of an enumeration as text. */
export type VariableValue = number | string | boolean;

/** What stands for an attribute that is missing. */
export function missingValue(type: VariableType): VariableValue {
  if (type.kind === 'boolean') return false;
  return type.kind === 'text' || type.kind === 'enum' ? '' : 0;
}

/** The name of a produced attribute in dumps: without the level. */
export function attributeName(variable: VariableDefinition): string {
  return variable.name.slice(variable.name.indexOf('.') + 1);
}
