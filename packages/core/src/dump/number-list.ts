type Numbers = Uint32Array | Float64Array;

/** Numbers by index in a typed array that grows; those never written are 0. */
export class NumberList {
  #numbers: Numbers;

  private constructor(numbers: Numbers) {
    this.#numbers = numbers;
  }

  static uint32(): NumberList {
    return new NumberList(new Uint32Array(1024));
  }

  static float64(): NumberList {
    return new NumberList(new Float64Array(1024));
  }

  get(index: number): number {
    return this.#numbers[index] ?? 0;
  }

  set(index: number, value: number): void {
    if (index >= this.#numbers.length) this.#grow(index);
    this.#numbers[index] = value;
  }

  add(index: number, amount: number): void {
    this.set(index, this.get(index) + amount);
  }

  #grow(index: number): void {
    const length = Math.max(this.#numbers.length * 2, index + 1);
    const larger = this.#numbers instanceof Uint32Array ? new Uint32Array(length) : new Float64Array(length);
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}
