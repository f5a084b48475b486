/** Of what happens to very many alike, the first few are told one by one, and the others counted. */
export class FirstFew {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether this one is among the first of its `kind`. */
  isOne(kind: string): boolean {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return count <= this.#most;
  }

  /** How many more there were of each kind since the last time, and begins anew. */
  takeOthers(): readonly { readonly kind: string; readonly more: number }[] {
    const others = [...this.#counts].filter(([, count]) => count > this.#most);
    this.#counts.clear();
    return others.map(([kind, count]) => ({ kind, more: count - this.#most }));
  }
}
