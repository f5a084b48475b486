import type { ImageReader, ImageWriter } from '../../columns/state-image.ts';

/** A map of modest size, copied as a whole on first write. */
export class CopiedMap<K, V> {
  #entries: Map<K, V>;
  #owned: boolean;

  constructor(base?: CopiedMap<K, V>) {
    this.#entries = base === undefined ? new Map() : base.#entries;
    this.#owned = base === undefined;
  }

  static read<K, V>(image: ImageReader, name: string): CopiedMap<K, V> {
    const map = new CopiedMap<K, V>();
    map.#entries = new Map(image.value<readonly (readonly [K, V])[]>(name));
    return map;
  }

  write(image: ImageWriter, name: string): void {
    image.value(name, [...this.#entries]);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  set(key: K, value: V): void {
    this.#own();
    this.#entries.set(key, value);
  }

  delete(key: K): void {
    this.#own();
    this.#entries.delete(key);
  }

  #own(): void {
    if (this.#owned) return;
    this.#entries = new Map(this.#entries);
    this.#owned = true;
  }
}
