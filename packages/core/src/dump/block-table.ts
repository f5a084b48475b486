import type { DumpSurvey, Totals } from './dump-survey.ts';
import type { LineCursor } from './line-cursor.ts';
import { NumberList } from './number-list.ts';

/** Size and number of files of each block as its line says, beside the sums over its file lines. */
export class BlockTable {
  readonly #cursor: LineCursor;
  readonly #survey: DumpSurvey;
  readonly #sizes = NumberList.float64();
  readonly #files = NumberList.uint32();
  readonly #lines = NumberList.float64();
  readonly #summedSizes = NumberList.float64();
  readonly #summedFiles = NumberList.uint32();

  constructor(survey: DumpSurvey, cursor: LineCursor) {
    this.#survey = survey;
    this.#cursor = cursor;
  }

  /** What the block's record will say: its line, or the sums that the survey found. */
  add(
    block: number,
    line: {
      readonly dataset: string;
      readonly name: string;
      readonly size?: number | undefined;
      readonly files?: number | undefined;
    },
  ): Totals {
    const { size, files } = line.size === undefined || line.files === undefined ? this.#summed(line) : line;
    const totals = { size: line.size ?? (size as number), files: line.files ?? (files as number) };
    this.#sizes.set(block, totals.size);
    this.#files.set(block, totals.files);
    if (this.#survey.files > 0) this.#lines.set(block, this.#cursor.line);
    return totals;
  }

  addFile(block: number, size: number): void {
    const sum = this.#summedSizes.get(block) + size;
    if (!Number.isSafeInteger(sum)) throw this.#cursor.fault('size', "the sum of the block's files is above 2^53 - 1");
    this.#summedSizes.set(block, sum);
    this.#summedFiles.add(block, 1);
  }

  totals(block: number): Totals {
    return { size: this.#sizes.get(block), files: this.#files.get(block) };
  }

  /** At the end of the dump: a block with file lines must say what they sum up to. */
  check(blocks: number): void {
    if (this.#survey.files === 0) return;
    for (let block = 0; block < blocks; block += 1) {
      const files = this.#summedFiles.get(block);
      if (files === 0) continue;
      this.#compare(block, 'files', this.#files.get(block), files);
      this.#compare(block, 'size', this.#sizes.get(block), this.#summedSizes.get(block));
    }
  }

  #summed(line: { readonly dataset: string; readonly name: string; readonly size?: number | undefined }): Totals {
    const sums = this.#survey.totals(line.dataset, line.name);
    if (sums !== undefined) return sums;
    const key = line.size === undefined ? 'size' : 'files';
    throw this.#cursor.fault(key, `a block line without file lines needs the key "${key}"`);
  }

  #compare(block: number, key: 'size' | 'files', stated: number, summed: number): void {
    if (stated === summed) return;
    throw this.#cursor.faultAt(
      this.#lines.get(block),
      key,
      `the block says ${stated}, its file lines sum up to ${summed}`,
    );
  }
}
