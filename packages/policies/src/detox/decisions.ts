import type { PartitionImage } from './image/partition-image.ts';
import type { SiteFigures } from './site-figures.ts';

/**
 * Of a copy. `dismiss`: goes when its turn comes. `keep`: was to go and stays. `left`: handed over out of the partition.
 * `none`: not evaluated yet, or ignored.
 */
export const DECISION = { none: 0, protect: 1, dismiss: 2, keep: 3, delete: 4, left: 5 } as const;
export type Decision = (typeof DECISION)[keyof typeof DECISION];

/** The default decision; lines are named by their place in the policy, from 1; rules of the guard by codes from GUARD_LINE. */
export const DEFAULT_LINE = 0;
export const GUARD_LINE = 0xff00;

/** The current decision of every copy, with what follows from them for the sites. */
export class Decisions {
  readonly #image: PartitionImage;
  readonly #sites: SiteFigures;
  readonly ofCopy: Uint8Array;
  readonly lineOfCopy: Uint16Array;
  /** Of the empty replicas on tape. */
  readonly ofEmpty: Uint8Array;
  readonly lineOfEmpty: Uint16Array;
  /** How many dismissed blocks there are. */
  readonly dismissedOf: Uint32Array;
  readonly dismissedAt: Uint32Array;

  constructor(image: PartitionImage, sites: SiteFigures) {
    this.#image = image;
    this.#sites = sites;
    this.ofCopy = new Uint8Array(image.copies);
    this.lineOfCopy = new Uint16Array(image.copies);
    this.ofEmpty = new Uint8Array(image.replicas);
    this.lineOfEmpty = new Uint16Array(image.replicas);
    this.dismissedOf = new Uint32Array(image.replicas);
    this.dismissedAt = new Uint32Array(image.arrays.sites.length);
  }

  decide(copy: number, replica: number, decision: Decision, line: number): void {
    const before = this.ofCopy[copy] as Decision;
    this.lineOfCopy[copy] = line;
    if (before === decision) return;
    this.ofCopy[copy] = decision;
    const site = this.#image.arrays.replicaSite[replica] as number;
    if (before === DECISION.protect) this.#sites.addProtected(site, -this.#image.copyBytes(copy));
    if (decision === DECISION.protect) this.#sites.addProtected(site, this.#image.copyBytes(copy));
    if (before === DECISION.dismiss) this.#countDismissed(replica, site, -1);
    if (decision === DECISION.dismiss) this.#countDismissed(replica, site, 1);
  }

  /** An empty replica stands for the blocks of its dataset; of one without blocks there is nothing to dismiss. */
  decideEmpty(replica: number, decision: Decision, line: number): void {
    const { replicaDataset, replicaSite } = this.#image.arrays;
    const before = this.ofEmpty[replica] as Decision;
    this.ofEmpty[replica] = decision;
    this.lineOfEmpty[replica] = line;
    if (this.#image.datasetBlocks[replicaDataset[replica] as number] === 0) return;
    const site = replicaSite[replica] as number;
    if (before === DECISION.dismiss) this.#countDismissed(replica, site, -1);
    if (decision === DECISION.dismiss) this.#countDismissed(replica, site, 1);
  }

  #countDismissed(replica: number, site: number, sign: 1 | -1): void {
    this.dismissedOf[replica] = (this.dismissedOf[replica] as number) + sign;
    this.dismissedAt[site] = (this.dismissedAt[site] as number) + sign;
  }
}
