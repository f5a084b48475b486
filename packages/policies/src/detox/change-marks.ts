import { GrowingColumn } from './image/growing-column.ts';

/**
 * What has to be evaluated again. A replica's evaluation reads nothing that changes but its dataset's replicas (and the
 * newest update of the image, which changes all): it can say something else only after one of them changed.
 */
export class ChangeMarks {
  readonly #changedAt: Uint32Array;
  readonly #evaluatedAt: Uint32Array;
  readonly #isListed: Uint8Array;
  readonly #listed = new GrowingColumn();
  #allChangedAt = 1;
  #time = 1;

  constructor(datasets: number, replicas: number) {
    this.#changedAt = new Uint32Array(datasets);
    this.#evaluatedAt = new Uint32Array(replicas);
    this.#isListed = new Uint8Array(datasets);
  }

  changed(dataset: number): void {
    this.#time += 1;
    this.#changedAt[dataset] = this.#time;
    if (this.#isListed[dataset] === 1) return;
    this.#isListed[dataset] = 1;
    this.#listed.push(dataset);
  }

  allChanged(): void {
    this.#time += 1;
    this.#allChangedAt = this.#time;
  }

  /** The time of the last change to all: it moves with each. */
  get allChangedAt(): number {
    return this.#allChangedAt;
  }

  evaluated(replica: number): void {
    this.#evaluatedAt[replica] = this.#time;
  }

  isDue(replica: number, dataset: number): boolean {
    const evaluatedAt = this.#evaluatedAt[replica] as number;
    return evaluatedAt < (this.#changedAt[dataset] as number) || evaluatedAt < this.#allChangedAt;
  }

  /** Datasets that changed since the last call, ascending. */
  take(): Uint32Array {
    const taken = this.#listed.values().slice().sort();
    for (const dataset of taken) this.#isListed[dataset] = 0;
    this.#listed.clear();
    return taken;
  }
}
