import type { U32Column } from './column.ts';
import type { ImageReader, ImageWriter } from './state-image.ts';

const NO_ROW = 0xffff_ffff;

/** Hands out row numbers, those of removed rows first; free rows are chained through a column that they do not use. */
export class RowAllocator {
  #rows: number;
  #firstFree: number;

  constructor(rows = 0, firstFree: number = NO_ROW) {
    this.#rows = rows;
    this.#firstFree = firstFree;
  }

  static read(image: ImageReader): RowAllocator {
    return new RowAllocator(image.value('rows'), image.value('firstFree'));
  }

  write(image: ImageWriter): void {
    image.value('rows', this.#rows);
    image.value('firstFree', this.#firstFree);
  }

  copy(): RowAllocator {
    return new RowAllocator(this.#rows, this.#firstFree);
  }

  /** One past the highest row ever in use. */
  get rows(): number {
    return this.#rows;
  }

  allocate(chain: U32Column): number {
    if (this.#firstFree === NO_ROW) {
      this.#rows += 1;
      return this.#rows - 1;
    }
    const row = this.#firstFree;
    this.#firstFree = chain.get(row);
    return row;
  }

  release(row: number, chain: U32Column): void {
    chain.set(row, this.#firstFree);
    this.#firstFree = row;
  }
}
