import { PackedName } from '../columns/block-name-column.ts';

/** As many as the caches of a processor hold the records of, and memory can bring at the same time. */
const MOST = 64;

/**
 * Block replicas that are looked up together. A look-up by three names waits for memory a dozen times, mostly for what the
 * wait before has told where to look. Of many, each step is taken for all of them before the next one, so that their
 * waits overlap. A step looks at something only to have it near for the next one: it adds what it saw to a sum that has to
 * be kept, or a compiler would leave the look out.
 */
export class ReplicaBatch {
  static readonly most: number = MOST;
  /** Rows, by the number of the key. */
  readonly dataset: Uint32Array = new Uint32Array(MOST);
  readonly block: Uint32Array = new Uint32Array(MOST);
  readonly site: Uint32Array = new Uint32Array(MOST);
  readonly replica: Uint32Array = new Uint32Array(MOST);
  /** For the steps in between. */
  readonly hashes: Int32Array = new Int32Array(MOST);
  readonly places: Uint32Array = new Uint32Array(MOST);
  /** What was looked at meanwhile, added up. */
  touched = 0;
  /** Of the rows when they were found. */
  generation = 0;
  readonly #names: PackedName[] = [];

  name(i: number): PackedName {
    this.#names[i] ??= new PackedName();
    return this.#names[i];
  }
}
