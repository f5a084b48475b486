import type { BlockReplicaKey } from '../model/records.ts';
import type { ReplicaBatch } from './replica-batch.ts';
import type { StateTables } from './state-tables.ts';
import { NO_ROW } from './tables.ts';

/** Rows by name. It remembers its last answers, since records come block by block, and are read before they are written. */
export class RowFinder {
  readonly #state: Tables;
  readonly #recentDataset = { dataset: '', row: NO_ROW };
  readonly #recentBlock = { dataset: '', block: '', row: NO_ROW };
  readonly #recentReplica = { block: NO_ROW, site: '', row: NO_ROW };

  /** Moves whenever rows that were found may no longer be what they were. */
  #generation = 0;

  constructor(state: Tables) {
    this.#state = state;
  }

  /** Rows were removed, or are others now. New ones need not be told: only rows that were found are remembered. */
  forget(): void {
    this.#generation += 1;
    this.#recentDataset.row = NO_ROW;
    this.#recentBlock.row = NO_ROW;
    this.#recentReplica.row = NO_ROW;
  }

  findTogether(keys: readonly BlockReplicaKey[], batch: ReplicaBatch): void {
    const { sites, datasets, blocks, blockReplicas } = this.#state;
    batch.generation = this.#generation;
    for (let i = 0; i < keys.length; i++) batch.site[i] = sites.find((keys[i] as BlockReplicaKey).site);
    batch.touched =
      datasets.findTogether(keys, batch) +
      blocks.findTogether(keys, batch) +
      blockReplicas.findTogether(keys.length, batch);
  }

  /** Remembers what was found for key `i`, if it was, and nothing has been removed since. */
  recall({ dataset, block, site }: BlockReplicaKey, batch: ReplicaBatch, i: number): void {
    const row = batch.replica[i] as number;
    if (row === NO_ROW || batch.generation !== this.#generation) return;
    const blockRow = batch.block[i] as number;
    this.#recentDataset.dataset = dataset;
    this.#recentDataset.row = batch.dataset[i] as number;
    this.#recentBlock.dataset = dataset;
    this.#recentBlock.block = block;
    this.#recentBlock.row = blockRow;
    this.#recentReplica.block = blockRow;
    this.#recentReplica.site = site;
    this.#recentReplica.row = row;
  }

  dataset(dataset: string): number {
    const recent = this.#recentDataset;
    if (recent.row !== NO_ROW && recent.dataset === dataset) return recent.row;
    recent.dataset = dataset;
    recent.row = this.#state.datasets.find(dataset);
    return recent.row;
  }

  block(dataset: string, block: string): number {
    const recent = this.#recentBlock;
    if (recent.row !== NO_ROW && recent.block === block && recent.dataset === dataset) return recent.row;
    const datasetRow = this.dataset(dataset);
    recent.dataset = dataset;
    recent.block = block;
    recent.row = datasetRow === NO_ROW ? NO_ROW : this.#state.blocks.find(datasetRow, block);
    return recent.row;
  }

  datasetReplica(dataset: string, site: string): number {
    const datasetRow = this.dataset(dataset);
    const siteRow = this.#state.sites.find(site);
    return datasetRow === NO_ROW || siteRow === NO_ROW ? NO_ROW : this.#state.datasetReplicas.find(datasetRow, siteRow);
  }

  blockReplica(dataset: string, block: string, site: string): number {
    const blockRow = this.block(dataset, block);
    const recent = this.#recentReplica;
    if (recent.row !== NO_ROW && recent.block === blockRow && recent.site === site) return recent.row;
    const siteRow = this.#state.sites.find(site);
    recent.block = blockRow;
    recent.site = site;
    recent.row = blockRow === NO_ROW || siteRow === NO_ROW ? NO_ROW : this.#state.blockReplicas.find(blockRow, siteRow);
    return recent.row;
  }
}

interface Tables extends Pick<StateTables, 'sites' | 'datasets' | 'blocks' | 'blockReplicas'> {
  readonly datasetReplicas: { find(datasetRow: number, siteRow: number): number };
}
