/** Pages in one piece of memory, at the most. */
const MOST_PAGES = 64;

/**
 * Memory for the new pages of one column, several in a piece: an engine looks at every piece in each full collection, and
 * there would be tens of thousands of them. What has been given is never given again, and a piece is let go when none of
 * its pages is needed any more, so that a column of which old pages live on keeps at the most what it was loaded with.
 */
export class PagePieces {
  #piece = new SharedArrayBuffer(0);
  #used = 0;
  #given = 0;

  /** Zeroes. The place of a page is a multiple of its size, where all pages of the column have that. */
  take(bytes: number): Uint8Array<SharedArrayBuffer> {
    if (this.#used + bytes > this.#piece.byteLength) {
      // As many as there are, so that a small column has little to spare.
      this.#piece = new SharedArrayBuffer(bytes * Math.min(Math.max(this.#given, 1), MOST_PAGES));
      this.#used = 0;
    }
    const page = new Uint8Array(this.#piece, this.#used, bytes);
    this.#used += bytes;
    this.#given += 1;
    return page;
  }
}
