const LIMB = 2 ** 32;

/**
 * Sums of integers that stay exact however they were added up: two limbs of 32 bits and more each, since petabytes at
 * many sites pass 2^53 bytes, where a double starts to round and the order of additions would show.
 */
export class ExactSums {
  readonly #high: Float64Array;
  readonly #low: Float64Array;

  private constructor(high: Float64Array, low: Float64Array) {
    this.#high = high;
    this.#low = low;
  }

  static zeros(length: number): ExactSums {
    return new ExactSums(new Float64Array(length), new Float64Array(length));
  }

  static of(high: readonly number[], low: readonly number[]): ExactSums {
    return new ExactSums(Float64Array.from(high), Float64Array.from(low));
  }

  /** Both limbs, as JSON can carry them. */
  limbs(): { readonly high: number[]; readonly low: number[] } {
    return { high: [...this.#high], low: [...this.#low] };
  }

  copy(): ExactSums {
    return new ExactSums(this.#high.slice(), this.#low.slice());
  }

  /** `amount`: an integer of at most 2^53 - 1 in magnitude. */
  add(index: number, amount: number): void {
    const high = Math.floor(amount / LIMB);
    const low = (this.#low[index] as number) + (amount - high * LIMB);
    const carry = Math.floor(low / LIMB);
    this.#low[index] = low - carry * LIMB;
    this.#high[index] = (this.#high[index] as number) + high + carry;
  }

  /** Takes over one sum of another table. */
  set(index: number, from: ExactSums, fromIndex: number): void {
    this.#high[index] = from.#high[fromIndex] as number;
    this.#low[index] = from.#low[fromIndex] as number;
  }

  /** Rounded to a double at the very end. */
  get(index: number): number {
    return (this.#high[index] as number) * LIMB + (this.#low[index] as number);
  }
}
