const SLOTS = 1024;

/** The text of bytes that are all ASCII; texts that come again and again, names of sites say, are made once. */
export class ByteTexts {
  readonly #texts: string[] = new Array<string>(SLOTS).fill('');

  /** `hash`: of the bytes, any that spreads them. */
  get(bytes: Buffer, start: number, end: number, hash: number): string {
    const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
    const known = this.#texts[slot] as string;
    if (known.length === end - start && isAt(bytes, start, known)) return known;
    const text = bytes.toString('latin1', start, end);
    this.#texts[slot] = text;
    return text;
  }
}

/** Whether the bytes from `start` on are those of the ASCII text; false if there are too few. */
export function isAt(bytes: Uint8Array, start: number, ascii: string): boolean {
  if (start + ascii.length > bytes.length) return false;
  for (let i = 0; i < ascii.length; i += 1) if (bytes[start + i] !== ascii.charCodeAt(i)) return false;
  return true;
}
