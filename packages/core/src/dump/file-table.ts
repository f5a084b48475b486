import type { Lfn } from '../model/names.ts';
import type { FileId, Partial } from '../model/records.ts';
import type { Totals } from './dump-survey.ts';
import type { LineCursor } from './line-cursor.ts';
import { NameIndex } from './name-index.ts';
import { NumberList } from './number-list.ts';

/** The files of the lines read so far, about 40 bytes each: their numbers, sizes and blocks. */
export class FileTable {
  readonly #cursor: LineCursor;
  readonly #index = new NameIndex();
  readonly #sizes = NumberList.float64();
  readonly #blocks = NumberList.uint32();

  constructor(cursor: LineCursor) {
    this.#cursor = cursor;
  }

  get count(): number {
    return this.#index.count;
  }

  /** Ids count from 1 in the order of the lines. */
  add(lfn: Lfn, block: number, size: number): FileId {
    const index = this.#index.add(0, lfn);
    if (index === -1) throw this.#cursor.fault('lfn', `file ${JSON.stringify(lfn)} is defined twice`);
    this.#sizes.set(index, size);
    this.#blocks.set(index, block);
    return (index + 1) as FileId;
  }

  /** What a replica with these files of the block holds; null if that is all of them. */
  held(lfns: readonly string[], block: number, totals: Totals): Partial | null {
    const ids: FileId[] = [];
    let size = 0;
    for (const lfn of lfns) {
      const index = this.#index.find(0, lfn);
      if (index === -1 || this.#blocks.get(index) !== block) {
        throw this.#cursor.fault(
          'lfns',
          `no earlier line defines the file ${JSON.stringify(lfn.slice(0, 200))} of this block`,
        );
      }
      ids.push((index + 1) as FileId);
      size += this.#sizes.get(index);
    }
    ids.sort((a, b) => a - b);
    const twice = ids.find((id, i) => id === ids[i + 1]);
    if (twice !== undefined) {
      const lfn = lfns.find((name) => this.#index.find(0, name) + 1 === twice);
      throw this.#cursor.fault('lfns', `file ${JSON.stringify(lfn)} is named twice`);
    }
    if (ids.length > 0 && ids.length === totals.files) return null;
    return { size, files: ids.length, contents: { kind: 'present', ids } };
  }
}
