import { TimeSlice } from '../slices/time-slice.ts';

export type NumericPage = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** The constructor of a page. Pages of different kinds have different numbers of bytes. */
export interface PageKind<P extends NumericPage> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): P;
}

/** Of all copies in reserve together. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Copies of pages, made between commits. A large commit copies thousands of pages, and takes fresh memory for each, which
 * costs several times what the copying does. What a commit has copied, the next one is likely to copy again, so that those
 * pages are copied beforehand. A copy stays right for as long as it is kept, since a page of a committed version is never
 * written; one of a page that nobody wants is written over for another page. Pages that versions no longer need are not
 * used again: the garbage collector alone knows when nobody reads them.
 */
export class PageReserve {
  /** By the page of a committed version that it is the copy of. */
  #ready = new Map<NumericPage, NumericPage>();
  /** Pages that have a copy, or had one, by their size in bytes. */
  #copiedBefore = new Map<number, NumericPage[]>();
  /** What one owner has copied, up to the limit. */
  #owner: object | undefined;
  #taken: NumericPage[] = [];
  #takenBytes = 0;
  #refills = 0;

  /** A copy of the page for `owner` alone to write: a fork of the version that has the page. */
  copyOf<P extends NumericPage>(page: P, kind: PageKind<P>, owner: object): P {
    let copy = this.#ready.get(page) as P | undefined;
    if (copy === undefined) {
      copy = (this.#unwanted(page.byteLength) as P | undefined) ?? new kind(new SharedArrayBuffer(page.byteLength));
      copy.set(page);
    }
    this.#ready.delete(page);
    this.#note(copy, owner);
    return copy;
  }

  /** After the commit of `owner`: copies what it has copied, a slice at a time. */
  async refill(owner: object): Promise<void> {
    if (owner !== this.#owner) return;
    const pages = this.#taken;
    this.#forgetTaken();
    this.#refills += 1;
    const refill = this.#refills;
    const left = Map.groupBy(this.#ready.values(), ({ byteLength }) => byteLength);
    // New maps: what one has held before it is cleared lives on, for an engine, until all of the heap is looked through.
    this.#ready = new Map();
    this.#copiedBefore = new Map();
    const slice = new TimeSlice();
    for (const page of pages) {
      if (slice.isOver) await slice.next();
      // Another commit has come in between.
      if (this.#refills !== refill) return;
      const copy = left.get(page.byteLength)?.pop() ?? sameKind(page);
      copy.set(page);
      this.#ready.set(page, copy);
      const before = this.#copiedBefore.get(page.byteLength);
      if (before === undefined) this.#copiedBefore.set(page.byteLength, [page]);
      else before.push(page);
    }
  }

  /** The copy of another page, to be written over. */
  #unwanted(bytes: number): NumericPage | undefined {
    const pages = this.#copiedBefore.get(bytes);
    for (let page = pages?.pop(); page !== undefined; page = pages?.pop()) {
      const copy = this.#ready.get(page);
      if (copy === undefined) continue;
      this.#ready.delete(page);
      return copy;
    }
    return undefined;
  }

  #note(copy: NumericPage, owner: object): void {
    if (owner !== this.#owner) {
      this.#forgetTaken();
      this.#owner = owner;
    }
    if (this.#takenBytes + copy.byteLength > LIMIT_BYTES) return;
    this.#takenBytes += copy.byteLength;
    this.#taken.push(copy);
  }

  #forgetTaken(): void {
    this.#owner = undefined;
    this.#taken = [];
    this.#takenBytes = 0;
  }
}

function sameKind(page: NumericPage): NumericPage {
  return new (page.constructor as PageKind<NumericPage>)(new SharedArrayBuffer(page.byteLength));
}
