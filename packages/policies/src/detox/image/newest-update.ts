import type { PartitionImage } from './partition-image.ts';

/** The newest `last_update` in the image, while copies leave it. */
export class NewestUpdate {
  /** Of all copies there were, ascending; those beyond `#next` have left. */
  readonly #times: Uint32Array;
  /** Copies that have left, by their time, as far as they are not beyond `#next`. */
  readonly #left = new Map<number, number>();
  #next: number;

  constructor(image: PartitionImage) {
    const { tables, copyRow } = image.arrays;
    this.#times = Uint32Array.from(copyRow, (row) => tables.blockReplicas.lastUpdate.get(row)).sort();
    this.#next = this.#times.length - 1;
  }

  /** 0 in an empty image. */
  get value(): number {
    return this.#times[this.#next] ?? 0;
  }

  /** Whether the newest changed by it. */
  remove(time: number): boolean {
    const before = this.value;
    this.#left.set(time, (this.#left.get(time) ?? 0) + 1);
    for (let gone = this.#left.get(this.value) ?? 0; gone > 0; gone = this.#left.get(this.value) ?? 0) {
      this.#left.set(this.value, gone - 1);
      this.#next -= 1;
    }
    return this.value !== before;
  }
}
