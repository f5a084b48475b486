/** What this cycle has assigned so far: by dataset and site, block by block. */
import type { Proposal } from './dealer-plugin.ts';

export interface Assignment {
  readonly plugin: string;
  readonly priority: number;
  readonly proposal: Proposal;
  readonly site: number;
  /** A row of groups. */
  readonly group: number;
  /** Rows of blocks to copy, and of blocks whose replica there is handed over; a block may be in both. */
  readonly copies: Set<number>;
  readonly handOvers: Set<number>;
  /** Bytes to be transferred, as they were when it was taken. */
  readonly bytes: number;
  /** Blocks that a plug-in of higher priority wanted there as well, for its own group. */
  readonly yielded: { readonly to: string; readonly block: number }[];
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
