/** A set of rows as bits: filters give row sets, not copies. */
export class RowSet {
  readonly #words: Uint32Array;
  /** One past the highest row that the set can hold. */
  readonly rows: number;

  constructor(rows: number) {
    this.rows = rows;
    this.#words = new Uint32Array(Math.ceil(rows / 32));
  }

  has(row: number): boolean {
    return row < this.rows && (((this.#words[row >>> 5] as number) >>> (row & 31)) & 1) === 1;
  }

  add(row: number): void {
    this.#words[row >>> 5] = (this.#words[row >>> 5] as number) | (1 << (row & 31));
  }

  delete(row: number): void {
    this.#words[row >>> 5] = (this.#words[row >>> 5] as number) & ~(1 << (row & 31));
  }

  get size(): number {
    let size = 0;
    for (const word of this.#words) size += bitsIn(word);
    return size;
  }

  and(other: RowSet): RowSet {
    return this.#combine(other, (a, b) => a & b);
  }

  or(other: RowSet): RowSet {
    return this.#combine(other, (a, b) => a | b);
  }

  andNot(other: RowSet): RowSet {
    return this.#combine(other, (a, b) => a & ~b);
  }

  /** Ascending. */
  toArray(): Uint32Array {
    const rows = new Uint32Array(this.size);
    let at = 0;
    this.visitRows((row) => {
      rows[at++] = row;
    });
    return rows;
  }

  /** Ascending. Faster than an iterator. */
  visitRows(visit: (row: number) => void): void {
    for (let index = 0; index < this.#words.length; index++) {
      for (let word = this.#words[index] as number; word !== 0; word &= word - 1) {
        visit(index * 32 + (31 - Math.clz32(word & -word)));
      }
    }
  }

  #combine(other: RowSet, join: (a: number, b: number) => number): RowSet {
    const result = new RowSet(Math.max(this.rows, other.rows));
    for (let i = 0; i < result.#words.length; i++) result.#words[i] = join(this.#words[i] ?? 0, other.#words[i] ?? 0);
    return result;
  }
}

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
