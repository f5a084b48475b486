import { joinKey } from '../change-set/record-key.ts';
import { NameIndex } from './name-index.ts';
import { NumberList } from './number-list.ts';

/** What the line of a dataset replica says that comes after block replicas; the second reading checks it there. */
export interface LateReplica {
  readonly line: number;
  readonly group: string | null;
  readonly growing: boolean;
}

/** Dataset replicas by name in some 50 bytes each: in a dump that goes dataset by dataset nearly all are late. */
export class LateReplicas {
  readonly #index = new NameIndex();
  readonly #lines = NumberList.float64();
  /** Twice the number of the group, plus one if growing. */
  readonly #codes = NumberList.uint32();
  readonly #groups: (string | null)[] = [null];
  readonly #groupNumbers = new Map<string, number>();

  add(dataset: string, site: string, { line, group, growing }: LateReplica): void {
    const index = this.#index.add(0, joinKey(dataset, site));
    if (index === -1) return;
    this.#lines.set(index, line);
    this.#codes.set(index, this.#numberOf(group) * 2 + (growing ? 1 : 0));
  }

  get(dataset: string, site: string): LateReplica | undefined {
    if (this.#index.count === 0) return undefined;
    const index = this.#index.find(0, joinKey(dataset, site));
    if (index === -1) return undefined;
    const code = this.#codes.get(index);
    return { line: this.#lines.get(index), group: this.#groups[code >>> 1] ?? null, growing: (code & 1) === 1 };
  }

  #numberOf(group: string | null): number {
    if (group === null) return 0;
    const known = this.#groupNumbers.get(group);
    if (known !== undefined) return known;
    const number = this.#groups.push(group) - 1;
    this.#groupNumbers.set(group, number);
    return number;
  }
}
