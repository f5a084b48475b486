import type { VariableBinder } from '@dynamo/core';
import type { OrderKey } from '../policy/checked-policy.ts';
import type { WalkState } from './conditions/walk-state.ts';

/** Puts replicas of one site in the policy's order: values over all their blocks in the image; ties by dataset name. */
export class CandidateOrder {
  readonly #walk: WalkState;
  readonly #keys: readonly { readonly value: (replica: number) => number; readonly sign: 1 | -1 }[];

  constructor(order: readonly OrderKey[], binder: VariableBinder, walk: WalkState) {
    this.#walk = walk;
    this.#keys = order.map(({ direction, variable }) => ({
      value: binder.numeric(variable),
      sign: direction === 'increasing' ? 1 : -1,
    }));
  }

  /** `replicas` is ascending, which is the order of dataset names. */
  sort(replicas: Uint32Array): Uint32Array {
    const columns = this.#keys.map(() => new Float64Array(replicas.length));
    for (const [i, replica] of replicas.entries()) {
      this.#walk.begin(replica);
      for (const [k, { value, sign }] of this.#keys.entries()) (columns[k] as Float64Array)[i] = sign * value(replica);
    }
    const places = Uint32Array.from(replicas, (_, i) => i);
    places.sort((a, b) => {
      for (const column of columns) {
        const x = column[a] as number;
        const y = column[b] as number;
        if (x !== y) return x < y ? -1 : 1;
      }
      return a - b;
    });
    return places.map((place) => replicas[place] as number);
  }
}
