import {
  type BlockName,
  type BuiltInRule,
  DATASET_STATUSES,
  type DatasetName,
  type DeletionLimits,
  DeletionTally,
  type GuardRule,
  type Holding,
  type InventoryTables,
  type InventoryView,
  isCovered,
  LIMIT_RULES,
  NO_ROW,
  REPLICA_FLAG,
  type SiteName,
} from '@dynamo/core';
import type { PartitionImage } from './image/partition-image.ts';
import type { LockMarks } from './lock-marks.ts';

/** In the order of their numbers; further rules follow. */
const BUILT_IN_RULES: readonly BuiltInRule[] = ['locked', 'custodial', 'last-copy', 'last-source'];

/** Rules that policies and the host add. They see the view as it was before the run, and are asked once for each copy. */
export interface FurtherRules {
  readonly rules: readonly GuardRule[];
  readonly limits: DeletionLimits;
  readonly view: InventoryView;
  readonly now: number;
}

/**
 * The built-in guard over a run: what core's `judgeRow` would say of the whole view with the run's deletions carried out,
 * from counts per block that are kept while it deletes.
 */
export class GuardInRun {
  readonly #image: PartitionImage;
  readonly #locks: LockMarks;
  readonly #isExempt: Uint8Array;
  /** By site row: ready and verified; on disk besides. */
  readonly #counts: Uint8Array;
  readonly #isSource: Uint8Array;
  /** Of each block, over the whole view: complete copies that count, those on disk, and copies on their way. */
  readonly #countingOf: Uint16Array;
  readonly #sourcesOf: Uint16Array;
  readonly #arrivingOf: Uint16Array;
  /** Rows of block replicas that the run has deleted, a bit each. */
  readonly #gone: Uint8Array;
  readonly #further: FurtherRules;
  /** What they said of each copy: 0 not asked yet, 1 it may go, else 2 more than the place of the rule. */
  readonly #saidFurther: Uint8Array;
  readonly #tally: DeletionTally;
  /** Copies that were too much, with the number of the rule: what was too much once would be so again. */
  readonly #tooMuch = new Map<number, number>();

  constructor(image: PartitionImage, locks: LockMarks, further: FurtherRules) {
    this.#image = image;
    this.#locks = locks;
    this.#further = further;
    this.#saidFurther = new Uint8Array(further.rules.length === 0 ? 0 : image.copies);
    const { tables, datasetRow, blockRow } = image.arrays;
    this.#tally = new DeletionTally(further.limits, tables);
    this.#isExempt = Uint8Array.from(datasetRow, (row) => {
      const status = DATASET_STATUSES[tables.datasets.status.get(row)];
      return status === 'invalid' || status === 'deleted' ? 1 : 0;
    });
    const counts = (row: number): boolean => {
      const site = tables.sites.get(row);
      return site !== undefined && site.status === 'ready' && site.verified;
    };
    const siteRows = Array.from({ length: tables.sites.rows }, (_, row) => row);
    this.#counts = Uint8Array.from(siteRows, (row) => (counts(row) ? 1 : 0));
    this.#isSource = Uint8Array.from(siteRows, (row) =>
      counts(row) && tables.sites.get(row)?.storage === 'disk' ? 1 : 0,
    );
    this.#countingOf = new Uint16Array(blockRow.length);
    this.#sourcesOf = new Uint16Array(blockRow.length);
    this.#arrivingOf = new Uint16Array(blockRow.length);
    this.#gone = new Uint8Array((tables.blockReplicas.rows >>> 3) + 1);
    for (const [block, row] of blockRow.entries()) this.#countCopies(block, row);
  }

  /** By their numbers. */
  get ruleNames(): readonly string[] {
    return [...BUILT_IN_RULES, ...this.#further.rules.map(({ name }) => name), ...LIMIT_RULES];
  }

  /** The number of the rule by which the copy must stay, or -1. */
  judge(copy: number, dataset: number): number {
    const builtIn = this.#judgeBuiltIn(copy, dataset);
    if (builtIn >= 0) return builtIn;
    const further = this.#further.rules.length === 0 ? -1 : this.#judgeFurther(copy);
    if (further >= 0 || this.#tooMuch.size === 0) return further;
    return this.#tooMuch.get(copy) ?? -1;
  }

  #judgeFurther(copy: number): number {
    let said = this.#saidFurther[copy] as number;
    if (said === 0) {
      said = this.#askFurther(copy) + 2;
      this.#saidFurther[copy] = said;
    }
    return said === 1 ? -1 : BUILT_IN_RULES.length + said - 2;
  }

  /** The place of the first rule that refuses, or -1. */
  #askFurther(copy: number): number {
    const { rules, view, now } = this.#further;
    const { tables, copyRow, copyBlock, blockRow } = this.#image.arrays;
    const blockAt = blockRow[copyBlock[copy] as number] as number;
    const replica = {
      dataset: tables.datasets.name.get(tables.blocks.dataset.get(blockAt)) as DatasetName,
      block: tables.blocks.name(blockAt) as BlockName,
      site: tables.sites.get(tables.blockReplicas.site.get(copyRow[copy] as number))?.name as SiteName,
    };
    return rules.findIndex((rule) => rule.judge(view, replica, now) !== null);
  }

  #judgeBuiltIn(copy: number, dataset: number): number {
    if (this.#locks.isLocked(copy, dataset)) return 0;
    if (this.#isExempt[dataset] === 1) return -1;
    const { tables, copyRow, copyBlock } = this.#image.arrays;
    const row = copyRow[copy] as number;
    const block = copyBlock[copy] as number;
    const siteRow = tables.blockReplicas.site.get(row);
    const flags = tables.blockReplicas.flags.get(row);
    if ((flags & REPLICA_FLAG.custodial) !== 0) return 1;
    const isComplete = (flags & REPLICA_FLAG.partial) === 0;
    const others = (this.#countingOf[block] as number) - (isComplete ? (this.#counts[siteRow] as number) : 0);
    if (others <= 0 && !this.#isCovered(row)) return 2;
    if (!isComplete) return -1;
    const arriving = (this.#arrivingOf[block] as number) - ((flags & REPLICA_FLAG.copyOpen) === 0 ? 0 : 1);
    const sources = (this.#sourcesOf[block] as number) - (this.#isSource[siteRow] as number);
    return arriving > 0 && sources <= 0 ? 3 : -1;
  }

  /**
   * Whether these copies of one replica are not too much: all of them, or none. The number of the rule that they break,
   * or -1: they are counted then.
   */
  take(copies: readonly number[] | Uint32Array): number {
    const { tables, copyRow } = this.#image.arrays;
    let [site, bytes, replicas] = [-1, 0, 0];
    for (const copy of copies) {
      site = tables.blockReplicas.site.get(copyRow[copy] as number);
      bytes += tables.blockReplicas.size(copyRow[copy] as number);
      replicas += 1;
    }
    const reached = replicas === 0 ? null : this.#tally.take(site, { bytes, replicas });
    if (reached === null) return -1;
    const rule = BUILT_IN_RULES.length + this.#further.rules.length + LIMIT_RULES.indexOf(reached.rule);
    for (const copy of copies) this.#tooMuch.set(copy, rule);
    return rule;
  }

  /** The run hands the copy over instead. */
  giveBack(copy: number): void {
    const { tables, copyRow } = this.#image.arrays;
    const row = copyRow[copy] as number;
    this.#tally.giveBack(tables.blockReplicas.site.get(row), { bytes: tables.blockReplicas.size(row), replicas: 1 });
  }

  /** The run deletes the copy. */
  remove(copy: number): void {
    const { tables, copyRow, copyBlock } = this.#image.arrays;
    const row = copyRow[copy] as number;
    this.#gone[row >>> 3] = (this.#gone[row >>> 3] as number) | (1 << (row & 7));
    this.#count(tables, copyBlock[copy] as number, row, -1);
  }

  #countCopies(block: number, blockRow: number): void {
    const { tables } = this.#image.arrays;
    const { blocks, blockReplicas } = tables;
    for (let row = blocks.firstReplica.get(blockRow); row !== NO_ROW; row = blockReplicas.nextOfBlock.get(row)) {
      this.#count(tables, block, row, 1);
    }
  }

  #count({ blockReplicas }: InventoryTables, block: number, row: number, sign: 1 | -1): void {
    const flags = blockReplicas.flags.get(row);
    if ((flags & REPLICA_FLAG.deletionOpen) !== 0) return;
    if ((flags & REPLICA_FLAG.copyOpen) !== 0) this.#arrivingOf[block] = (this.#arrivingOf[block] as number) + sign;
    const siteRow = blockReplicas.site.get(row);
    if ((flags & REPLICA_FLAG.partial) !== 0 || this.#counts[siteRow] === 0) return;
    this.#countingOf[block] = (this.#countingOf[block] as number) + sign;
    if (this.#isSource[siteRow] === 1) this.#sourcesOf[block] = (this.#sourcesOf[block] as number) + sign;
  }

  /** Where no other complete copy counts: partial ones may hold the files together. */
  #isCovered(leaving: number): boolean {
    const { tables } = this.#image.arrays;
    const { blocks, blockReplicas } = tables;
    const blockRow = blockReplicas.block.get(leaving);
    const staying: Holding[] = [];
    for (let row = blocks.firstReplica.get(blockRow); row !== NO_ROW; row = blockReplicas.nextOfBlock.get(row)) {
      if (row === leaving || ((this.#gone[row >>> 3] as number) & (1 << (row & 7))) !== 0) continue;
      const isLeaving = (blockReplicas.flags.get(row) & REPLICA_FLAG.deletionOpen) !== 0;
      if (!isLeaving && this.#counts[blockReplicas.site.get(row)] === 1) staying.push(holding(tables, row));
    }
    return isCovered(holding(tables, leaving), staying, blocks.files.get(blockRow));
  }
}

function holding({ blockReplicas }: InventoryTables, row: number): Holding {
  if ((blockReplicas.flags.get(row) & REPLICA_FLAG.partial) === 0) return { contents: null };
  return { contents: blockReplicas.partial.get(row)?.contents ?? { kind: 'unknown' } };
}
