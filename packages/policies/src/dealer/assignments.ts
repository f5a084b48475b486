/** What this cycle has assigned so far: by dataset and site, block by block. */
import type { Proposal } from './dealer-plugin.ts';

export class Assignment {
  readonly plugin: string;
  readonly priority: number;
  readonly proposal: Proposal;
  readonly site: number;
  /** A row of groups. */
  readonly group: number;
  /** Bytes to be transferred, as they were when it was taken. */
  readonly bytes: number;
  /** Blocks that a plug-in of higher priority wanted there as well, for its own group. */
  readonly yielded: { readonly to: string; readonly block: number }[] = [];
  /** Sets only where they are asked: most assignments are never met again, and sets are large. */
  #copies: readonly number[] | Set<number>;
  #handOvers: readonly number[] | Set<number>;

  constructor(taken: AssignmentTaken) {
    this.plugin = taken.plugin;
    this.priority = taken.priority;
    this.proposal = taken.proposal;
    this.site = taken.site;
    this.group = taken.group;
    this.bytes = taken.bytes;
    this.#copies = taken.copies;
    this.#handOvers = taken.handOvers;
  }

  /** Rows of blocks to copy; a block may also be among those whose replica there is handed over. */
  get copies(): Set<number> {
    if (!(this.#copies instanceof Set)) this.#copies = new Set(this.#copies);
    return this.#copies;
  }

  /** Rows of blocks whose replica there is handed over. */
  get handOvers(): Set<number> {
    if (!(this.#handOvers instanceof Set)) this.#handOvers = new Set(this.#handOvers);
    return this.#handOvers;
  }

  /** Rows of all its blocks, in any order. */
  blocks(): readonly number[] {
    const handOvers = this.#handOvers;
    if ((handOvers instanceof Set ? handOvers.size : handOvers.length) === 0) return [...this.#copies];
    return [...this.copies.union(this.handOvers)];
  }
}

export interface AssignmentTaken
  extends Pick<Assignment, 'plugin' | 'priority' | 'proposal' | 'site' | 'group' | 'bytes'> {
  readonly copies: readonly number[];
  readonly handOvers: readonly number[];
}

export class Assignments {
  readonly all: Assignment[] = [];
  readonly #byDataset = new Map<number, Assignment[]>();

  /** Those of the dataset, in the order in which they were taken. */
  of(dataset: number): readonly Assignment[] {
    return this.#byDataset.get(dataset) ?? [];
  }

  /** The one that covers the block at the site. */
  find(dataset: number, block: number, site: number): Assignment | undefined {
    return this.#byDataset
      .get(dataset)
      ?.find((each) => each.site === site && (each.copies.has(block) || each.handOvers.has(block)));
  }

  add(assignment: Assignment): void {
    this.all.push(assignment);
    const { dataset } = assignment.proposal;
    const known = this.#byDataset.get(dataset);
    if (known === undefined) this.#byDataset.set(dataset, [assignment]);
    else known.push(assignment);
  }

  /** Takes the block from the one that has it, for a plug-in of higher priority. */
  yield(from: Assignment, block: number, to: string): void {
    from.copies.delete(block);
    from.handOvers.delete(block);
    from.yielded.push({ to, block });
  }
}
