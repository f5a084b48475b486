import type { RandomSource } from '../clock/random-source.ts';

const HEX: readonly string[] = Array.from({ length: 0x1_0000 }, (_, word) => word.toString(16).padStart(4, '0'));

/** Random UUIDs in lower case, 128 bits of the source each. */
export class UuidSource {
  readonly #random: RandomSource;

  constructor(random: RandomSource) {
    this.#random = random;
  }

  next(): string {
    const a = this.#random.nextUint32();
    const b = this.#random.nextUint32();
    const c = this.#random.nextUint32();
    const d = this.#random.nextUint32();
    return `${hex(a >>> 16)}${hex(a)}-${hex(b >>> 16)}-${hex(b)}-${hex(c >>> 16)}-${hex(c)}${hex(d >>> 16)}${hex(d)}`;
  }
}

function hex(word: number): string {
  return HEX[word & 0xffff] as string;
}
