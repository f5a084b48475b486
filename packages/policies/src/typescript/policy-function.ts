import type { BlockReplicaFunction, ReplicaFunction } from './sights.ts';

/** A condition of a line that is a function, beside those of the policy language. */
export type PolicyFunction = {
  /** For explanations: why, or its source. */
  readonly text: string;
  readonly source: string;
  /** For errors: `lines[3].protect`. */
  readonly place: string;
} & (
  | { readonly level: 'replica'; readonly test: ReplicaFunction }
  | { readonly level: 'block'; readonly test: BlockReplicaFunction }
);
