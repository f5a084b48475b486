/** A bit for each row and site: who has a replica of what. 8 bytes a row with up to 64 sites. */
export class SiteBits {
  readonly #wordsPerRow: number;
  #words = new Uint32Array(1024);

  constructor(sites: number) {
    this.#wordsPerRow = Math.max(1, Math.ceil(sites / 32));
  }

  /** False if the bit was set already. */
  add(row: number, site: number): boolean {
    const at = row * this.#wordsPerRow + (site >>> 5);
    const bit = 1 << (site & 31);
    if (at >= this.#words.length) this.#grow(at);
    const word = this.#words[at] as number;
    if ((word & bit) !== 0) return false;
    this.#words[at] = word | bit;
    return true;
  }

  has(row: number, site: number): boolean {
    const word = this.#words[row * this.#wordsPerRow + (site >>> 5)] ?? 0;
    return (word & (1 << (site & 31))) !== 0;
  }

  #grow(at: number): void {
    const larger = new Uint32Array(Math.max(this.#words.length * 2, at + 1));
    larger.set(this.#words);
    this.#words = larger;
  }
}
