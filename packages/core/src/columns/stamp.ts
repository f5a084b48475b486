import { PageReserve } from './page-reserve.ts';

/**
 * The mark of one fork: pages that carry it are its own to write. No two forks have the same, so that what a committed
 * version holds can never be written again. It also counts what the fork copied: that is what the version before it
 * costs while a view keeps it.
 */
export class Stamp {
  /** Where its pages come from. */
  readonly reserve: PageReserve;
  #copiedBytes = 0;

  constructor(reserve: PageReserve = new PageReserve()) {
    this.reserve = reserve;
  }

  /** Bytes of pages that this fork copied, or gave up. */
  get copiedBytes(): number {
    return this.#copiedBytes;
  }

  count(bytes: number): void {
    this.#copiedBytes += bytes;
  }
}
