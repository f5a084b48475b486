/**
 * Numbers names in the order in which they come, and finds them again, without keeping them: a name is known by 96 bits
 * of its hash, 16 bytes a slot. Two different names that share them would be taken for one: with 10^9 names the chance of
 * any such pair is below 10^-11.
 */
export class NameIndex {
  #slots = new Uint32Array(4 * 64);
  #mask = 63;
  #count = 0;
  #a = 0;
  #b = 0;
  #c = 0;

  get count(): number {
    return this.#count;
  }

  /** The number of the name in the scope, or -1. */
  find(scope: number, name: string): number {
    this.#hash(scope, name);
    const slot = this.#slot();
    return (this.#slots[slot + 3] as number) - 1;
  }

  /** The number that the name got, from 0 on; -1 if it was there already. */
  add(scope: number, name: string): number {
    this.#hash(scope, name);
    let slot = this.#slot();
    if (this.#slots[slot + 3] !== 0) return -1;
    if ((this.#count + 1) * 3 > (this.#mask + 1) * 2) {
      this.#grow();
      slot = this.#slot();
    }
    this.#count += 1;
    this.#fill(slot, this.#count);
    return this.#count - 1;
  }

  /** Where the hashed name is, or would go. */
  #slot(): number {
    const slots = this.#slots;
    for (let at = (this.#a & this.#mask) * 4; ; at = (at + 4) & (this.#mask * 4 + 3)) {
      if (slots[at + 3] === 0) return at;
      if (slots[at] === this.#a && slots[at + 1] === this.#b && slots[at + 2] === this.#c) return at;
    }
  }

  #fill(slot: number, entry: number): void {
    this.#slots[slot] = this.#a;
    this.#slots[slot + 1] = this.#b;
    this.#slots[slot + 2] = this.#c;
    this.#slots[slot + 3] = entry;
  }

  #grow(): void {
    const [a, b, c] = [this.#a, this.#b, this.#c];
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 4) {
      const entry = old[at + 3] as number;
      if (entry === 0) continue;
      this.#a = old[at] as number;
      this.#b = old[at + 1] as number;
      this.#c = old[at + 2] as number;
      this.#fill(this.#slot(), entry);
    }
    [this.#a, this.#b, this.#c] = [a, b, c];
  }

  /** MurmurHash3_x86_32 (Austin Appleby) over pairs of UTF-16 units, in three lanes with seeds and constants of their own. */
  #hash(scope: number, name: string): void {
    let a = scope ^ 0x9e3779b9;
    let b = Math.imul(scope, 0x85ebca6b) ^ 0x243f6a88;
    let c = Math.imul(scope, 0xc2b2ae35) ^ 0xb7e15162;
    for (let i = 0; i < name.length; i += 2) {
      const unit = (name.charCodeAt(i) << 16) | (i + 1 < name.length ? name.charCodeAt(i + 1) : 0);
      a = Math.imul(a ^ Math.imul(unit, 0xcc9e2d51), 0x1b873593);
      a ^= a >>> 15;
      b = Math.imul(b ^ Math.imul(unit, 0x239b961b), 0xab0e9789);
      b ^= b >>> 14;
      c = Math.imul(c ^ Math.imul(unit, 0x38b34ae5), 0xa1e38b93);
      c ^= c >>> 16;
    }
    this.#a = finish(a ^ name.length);
    this.#b = finish(b + a);
    this.#c = finish(c ^ b);
  }
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
