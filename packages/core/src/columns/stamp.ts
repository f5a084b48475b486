import { type NumericPage, type PageKind, PageReserve } from './page-reserve.ts';

/**
 * The mark of one fork: pages that carry it are its own to write. No two forks have the same, so that what a committed
 * version holds can never be written again. It also counts what the fork copied: that is what the version before it
 * costs while a view keeps it.
 */
export class Stamp {
  /** Where copies of pages come from. */
  readonly reserve: PageReserve;
  #copiedBytes = 0;

  constructor(reserve: PageReserve = new PageReserve()) {
    this.reserve = reserve;
  }

  /** Bytes of pages that this fork copied, or gave up. */
  get copiedBytes(): number {
    return this.#copiedBytes;
  }

  /** A copy of a page of the base, for this fork to write. */
  copyOf<P extends NumericPage>(page: P, kind: PageKind<P>): P {
    this.count(page.byteLength);
    return this.reserve.copyOf(page, kind, this);
  }

  count(bytes: number): void {
    this.#copiedBytes += bytes;
  }
}
