import type { ImageReader, ImageWriter } from '../../columns/state-image.ts';
import { NO_ROW, type SmallTable } from '../tables.ts';

/** A few hundred records by name, copied as a whole on first write. A removed row is used again. */
export class SmallRows<R extends { readonly name: string }> implements SmallTable<R> {
  #records: (R | undefined)[];
  #byName: Map<string, number>;
  #owned: boolean;
  /** What was asked for last: writing a record asks for its names more than once. */
  #recentName = '';
  #recentRow = NO_ROW;
  /** The lowest row that may be used: 1 where row 0 has a meaning of its own. */
  readonly #firstRow: number;

  constructor(firstRow: number, base?: SmallRows<R>) {
    this.#firstRow = firstRow;
    this.#records = base === undefined ? new Array<undefined>(firstRow).fill(undefined) : base.#records;
    this.#byName = base === undefined ? new Map() : base.#byName;
    this.#owned = base === undefined;
  }

  static read<R extends { readonly name: string }>(firstRow: number, image: ImageReader, name: string): SmallRows<R> {
    const rows = new SmallRows<R>(firstRow);
    const records = image.value<readonly (R | null)[]>(name);
    rows.#records = records.map((record) => record ?? undefined);
    rows.#byName = new Map(records.flatMap((record, row) => (record === null ? [] : [[record.name, row] as const])));
    return rows;
  }

  write(image: ImageWriter, name: string): void {
    image.value(
      name,
      this.#records.map((record) => record ?? null),
    );
  }

  get rows(): number {
    return this.#records.length;
  }

  get(row: number): R | undefined {
    return this.#records[row];
  }

  find(name: string): number {
    if (this.#recentRow !== NO_ROW && this.#recentName === name) return this.#recentRow;
    this.#recentName = name;
    this.#recentRow = this.#byName.get(name) ?? NO_ROW;
    return this.#recentRow;
  }

  *values(): Generator<R> {
    for (const record of this.#records) if (record !== undefined) yield record;
  }

  put(record: R): number {
    this.#own();
    let row = this.find(record.name);
    if (row === NO_ROW) {
      row = this.#records.indexOf(undefined, this.#firstRow);
      if (row === -1) row = this.#records.length;
      this.#byName.set(record.name, row);
    }
    this.#records[row] = record;
    return row;
  }

  remove(name: string): void {
    this.#own();
    const row = this.find(name);
    if (row === NO_ROW) return;
    this.#records[row] = undefined;
    this.#byName.delete(name);
    this.#recentRow = NO_ROW;
  }

  #own(): void {
    if (this.#owned) return;
    this.#records = this.#records.slice();
    this.#byName = new Map(this.#byName);
    this.#owned = true;
  }
}
