import type { ImageReader, ImageWriter } from './state-image.ts';

/** Offsets count units of 4 bytes, so that 32 bits reach 16 GiB. */
const UNIT_BYTES = 4;
const PAGE_BYTES = 1 << 18;
const PAGE_UNITS = PAGE_BYTES / UNIT_BYTES;
const HEADER_BYTES = 4;
const CACHE_LINE_BYTES = 64;
/** In the header, above the length: every byte is ASCII, and decodes faster. */
const ASCII = 0x8000_0000;

/**
 * Texts in shared pages: written once, never changed, one after the other. What versions and dropped drafts no longer
 * refer to stays until the inventory is loaded anew: texts are names, which come and go with datasets.
 */
export class TextHeap {
  readonly #pages: Buffer[];
  #nextUnit: number;

  constructor(pages: readonly ArrayBufferView[] = [], nextUnit = 1) {
    this.#pages = pages.map((page) => Buffer.from(page.buffer, page.byteOffset, page.byteLength));
    this.#nextUnit = nextUnit;
  }

  static read(image: ImageReader): TextHeap {
    return new TextHeap(image.pages('pages'), image.value('nextUnit'));
  }

  write(image: ImageWriter): void {
    image.pages('pages', this.#pages.slice());
    image.value('nextUnit', this.#nextUnit);
  }

  /** Where the text is from now on; never 0. */
  add(text: string): number {
    const length = Buffer.byteLength(text);
    const units = Math.ceil((HEADER_BYTES + length) / UNIT_BYTES);
    const left = PAGE_UNITS - (this.#nextUnit % PAGE_UNITS);
    if (units > left) this.#nextUnit += left;
    const offset = this.#nextUnit;
    const index = Math.floor(offset / PAGE_UNITS);
    while (this.#pages.length <= index) this.#pages.push(Buffer.from(new SharedArrayBuffer(PAGE_BYTES)));
    const page = this.#pages[index] as Buffer;
    const at = (offset % PAGE_UNITS) * UNIT_BYTES;
    page.write(text, at + HEADER_BYTES);
    page.writeUInt32LE((length === text.length ? ASCII : 0) + length, at);
    this.#nextUnit += units;
    return offset;
  }

  /** Whether the text at `offset` is this one; without decoding it where all is ASCII. */
  is(offset: number, text: string): boolean {
    const page = this.#pages[Math.floor(offset / PAGE_UNITS)] as Buffer;
    const at = (offset % PAGE_UNITS) * UNIT_BYTES;
    const header = page.readUInt32LE(at);
    if (header < ASCII) return this.get(offset) === text;
    if (header - ASCII !== text.length) return false;
    const from = at + HEADER_BYTES;
    for (let i = text.length - 1; i >= 0; i--) if (page[from + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** Brings what is at `offset` near, for a look at it soon; what it gives means nothing. */
  touch(offset: number): number {
    const page = this.#pages[Math.floor(offset / PAGE_UNITS)] as Buffer;
    const at = (offset % PAGE_UNITS) * UNIT_BYTES;
    return (page[at] as number) + (page[Math.min(at + CACHE_LINE_BYTES, PAGE_BYTES - 1)] as number);
  }

  get(offset: number): string {
    const page = this.#pages[Math.floor(offset / PAGE_UNITS)] as Buffer;
    const at = (offset % PAGE_UNITS) * UNIT_BYTES;
    const header = page.readUInt32LE(at);
    const length = header % ASCII;
    const from = at + HEADER_BYTES;
    return page.toString(header >= ASCII ? 'latin1' : 'utf8', from, from + length);
  }
}
