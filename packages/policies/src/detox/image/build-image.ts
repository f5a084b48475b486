import { compareByteOrder, type InventoryTables, NO_ROW, REPLICA_FLAG, type SiteRecord } from '@dynamo/core';
import { GrowingColumn } from './growing-column.ts';
import { PartitionImage } from './partition-image.ts';

/** `siteRows`: the target sites. Goes over the inventory once, dataset by dataset. */
export function buildImage(tables: InventoryTables, partitionRow: number, siteRows: readonly number[]): PartitionImage {
  const targets = targetSites(tables, siteRows);
  const marked = markDatasets(tables, partitionRow, targets);
  const datasets = datasetsByName(tables, marked.isMarked);
  const layout = new Layout(tables, partitionRow, targets, marked.copies);
  for (const row of datasets.rows) layout.addDataset(row);
  const image = new PartitionImage({
    tables,
    sites: targets.sites,
    siteRow: targets.rows,
    datasetName: datasets.names,
    datasetRow: datasets.rows,
    ...layout.finish(),
  });
  admitAll(image, tables);
  return image;
}

interface TargetSites {
  readonly sites: readonly SiteRecord[];
  readonly rows: Uint32Array;
  /** By site row: its number in the image, or -1. */
  readonly numberOf: Int32Array;
}

function targetSites(tables: InventoryTables, siteRows: readonly number[]): TargetSites {
  const record = (row: number): SiteRecord => tables.sites.get(row) as SiteRecord;
  const rows = Uint32Array.from([...siteRows].sort((a, b) => compareByteOrder(record(a).name, record(b).name)));
  const numberOf = new Int32Array(tables.sites.rows).fill(-1);
  for (const [number, row] of rows.entries()) numberOf[row] = number;
  return { sites: [...rows].map(record), rows, numberOf };
}

/** The rows of datasets that have something in the image, or may have: an empty replica on tape. */
function markDatasets(
  tables: InventoryTables,
  partitionRow: number,
  { numberOf, sites }: TargetSites,
): { readonly isMarked: Uint8Array; readonly copies: number } {
  const { blockReplicas, blocks, datasetReplicas, datasets } = tables;
  const isMarked = new Uint8Array(datasets.rows);
  let copies = 0;
  for (let row = 0; row < blockReplicas.rows; row++) {
    if (!blockReplicas.isLive(row)) continue;
    if ((numberOf[blockReplicas.site.get(row)] as number) < 0 || !blockReplicas.isIn(row, partitionRow)) continue;
    isMarked[blocks.dataset.get(blockReplicas.block.get(row))] = 1;
    copies += 1;
  }
  if (sites.some(({ storage }) => storage === 'mss')) {
    for (let row = 0; row < datasetReplicas.rows; row++) {
      if (!datasetReplicas.isLive(row)) continue;
      const site = numberOf[datasetReplicas.site.get(row)] as number;
      if (site >= 0 && sites[site]?.storage === 'mss') isMarked[datasetReplicas.dataset.get(row)] = 1;
    }
  }
  return { isMarked, copies };
}

/** Names beyond U+FFFF apart, UTF-16 order is byte order, and the engine's own comparison is many times faster. */
function datasetsByName(
  { datasets }: InventoryTables,
  isMarked: Uint8Array,
): { readonly rows: Uint32Array; readonly names: readonly string[] } {
  const entries: { readonly row: number; readonly name: string }[] = [];
  let plain = true;
  for (let row = 0; row < isMarked.length; row++) {
    if (isMarked[row] === 0) continue;
    const name = datasets.name.get(row) as string;
    if (plain && /[\uD800-\uDFFF]/.test(name)) plain = false;
    entries.push({ row, name });
  }
  entries.sort(plain ? (a, b) => (a.name < b.name ? -1 : 1) : (a, b) => compareByteOrder(a.name, b.name));
  return { rows: Uint32Array.from(entries, ({ row }) => row), names: entries.map(({ name }) => name) };
}

const NOWHERE: ReadonlySet<number> = new Set();

/** Lays out replicas, blocks and copies, one dataset after the other. */
class Layout {
  readonly #tables: InventoryTables;
  readonly #partitionRow: number;
  readonly #targets: TargetSites;
  readonly #firstReplica = new GrowingColumn();
  readonly #firstBlock = new GrowingColumn();
  readonly #replicaDataset = new GrowingColumn();
  readonly #replicaSite = new GrowingColumn();
  readonly #firstCopy = new GrowingColumn();
  readonly #blockRow = new GrowingColumn();
  readonly #copyRow: Uint32Array;
  readonly #copyBlock: Uint32Array;
  #copies = 0;
  readonly #hasTape: boolean;
  /** Of the dataset at hand, by site: whether it has a block there, in any partition; how many in the image; where the next goes. */
  readonly #anyAt: Uint8Array;
  readonly #inAt: Uint32Array;
  readonly #next: Uint32Array;
  readonly #sitesTouched: number[] = [];
  readonly #foundRow = new GrowingColumn();
  readonly #foundSite = new GrowingColumn();
  readonly #foundBlock = new GrowingColumn();

  constructor(tables: InventoryTables, partitionRow: number, targets: TargetSites, copies: number) {
    this.#tables = tables;
    this.#partitionRow = partitionRow;
    this.#targets = targets;
    this.#copyRow = new Uint32Array(copies);
    this.#copyBlock = new Uint32Array(copies);
    this.#hasTape = targets.sites.some(({ storage }) => storage === 'mss');
    this.#anyAt = new Uint8Array(targets.sites.length);
    this.#inAt = new Uint32Array(targets.sites.length);
    this.#next = new Uint32Array(targets.sites.length);
  }

  addDataset(datasetRow: number): void {
    for (const site of this.#sitesTouched) {
      this.#anyAt[site] = 0;
      this.#inAt[site] = 0;
    }
    this.#sitesTouched.length = 0;
    const dataset = this.#firstReplica.length;
    this.#firstReplica.push(this.#replicaDataset.length);
    this.#firstBlock.push(this.#blockRow.length);
    this.#find(datasetRow);
    const emptyAt = this.#hasTape ? this.#emptyReplicas(datasetRow) : NOWHERE;
    for (const site of emptyAt) this.#sitesTouched.push(site);
    this.#sitesTouched.sort((a, b) => a - b);
    for (const site of this.#sitesTouched) {
      const count = this.#inAt[site] as number;
      if (count === 0 && !emptyAt.has(site)) continue;
      this.#replicaDataset.push(dataset);
      this.#replicaSite.push(site);
      this.#firstCopy.push(this.#copies);
      this.#next[site] = this.#copies;
      this.#copies += count;
    }
    for (let i = 0; i < this.#foundRow.length; i++) {
      const site = this.#foundSite.at(i);
      const copy = this.#next[site] as number;
      this.#next[site] = copy + 1;
      this.#copyRow[copy] = this.#foundRow.at(i);
      this.#copyBlock[copy] = this.#foundBlock.at(i);
    }
  }

  finish(): {
    firstReplica: Uint32Array;
    firstBlock: Uint32Array;
    replicaDataset: Uint32Array;
    replicaSite: Uint16Array;
    firstCopy: Uint32Array;
    copyRow: Uint32Array;
    copyBlock: Uint32Array;
    blockRow: Uint32Array;
  } {
    this.#firstReplica.push(this.#replicaDataset.length);
    this.#firstBlock.push(this.#blockRow.length);
    this.#firstCopy.push(this.#copies);
    return {
      firstReplica: this.#firstReplica.values().slice(),
      firstBlock: this.#firstBlock.values().slice(),
      replicaDataset: this.#replicaDataset.values().slice(),
      replicaSite: Uint16Array.from(this.#replicaSite.values()),
      firstCopy: this.#firstCopy.values().slice(),
      copyRow: this.#copyRow,
      copyBlock: this.#copyBlock,
      blockRow: this.#blockRow.values().slice(),
    };
  }

  /** The dataset's block replicas in the image, block by block. */
  #find(datasetRow: number): void {
    const { datasets, blocks, blockReplicas } = this.#tables;
    const { numberOf } = this.#targets;
    this.#foundRow.clear();
    this.#foundSite.clear();
    this.#foundBlock.clear();
    for (let block = datasets.firstBlock.get(datasetRow); block !== NO_ROW; block = blocks.nextOfDataset.get(block)) {
      let isNew = true;
      for (let row = blocks.firstReplica.get(block); row !== NO_ROW; row = blockReplicas.nextOfBlock.get(row)) {
        const site = numberOf[blockReplicas.site.get(row)] as number;
        if (site < 0) continue;
        if (this.#anyAt[site] === 0) {
          this.#anyAt[site] = 1;
          this.#sitesTouched.push(site);
        }
        if (!blockReplicas.isIn(row, this.#partitionRow)) continue;
        if (isNew) this.#blockRow.push(block);
        isNew = false;
        this.#inAt[site] = (this.#inAt[site] as number) + 1;
        this.#foundRow.push(row);
        this.#foundSite.push(site);
        this.#foundBlock.push(this.#blockRow.length - 1);
      }
    }
  }

  /** Target tape sites where the dataset has a replica and not one block. */
  #emptyReplicas(datasetRow: number): ReadonlySet<number> {
    const { datasets, datasetReplicas } = this.#tables;
    const { numberOf, sites } = this.#targets;
    let empty: Set<number> | undefined;
    for (
      let row = datasets.firstReplica.get(datasetRow);
      row !== NO_ROW;
      row = datasetReplicas.nextOfDataset.get(row)
    ) {
      const site = numberOf[datasetReplicas.site.get(row)] as number;
      if (site >= 0 && sites[site]?.storage === 'mss' && this.#anyAt[site] === 0) {
        empty ??= new Set();
        empty.add(site);
      }
    }
    return empty ?? NOWHERE;
  }
}

function admitAll(image: PartitionImage, { blockReplicas, datasets }: InventoryTables): void {
  const { firstCopy, copyRow, datasetRow } = image.arrays;
  for (let dataset = 0; dataset < image.datasets; dataset++) {
    image.datasetBlocks[dataset] = datasets.blocks.get(datasetRow[dataset] as number);
  }
  for (let replica = 0; replica < image.replicas; replica++) {
    const start = firstCopy[replica] as number;
    const end = firstCopy[replica + 1] as number;
    if (start === end) image.emptyReplica[replica] = 1;
    for (let copy = start; copy < end; copy++) {
      const row = copyRow[copy] as number;
      const isComplete = (blockReplicas.flags.get(row) & REPLICA_FLAG.partial) === 0;
      image.admit(copy, replica, blockReplicas.group.get(row), isComplete);
    }
    image.recountOwners(replica);
  }
}
