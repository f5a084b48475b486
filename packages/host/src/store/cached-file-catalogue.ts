/**
 * The files of blocks that were asked for lately, in memory, in front of a store's own catalogue. What is kept of a block
 * are all of its rows, with the versions at which each came and went. They were read after version `inventory.version`
 * had been committed, so that
 *
 * 1. they tell the files of every version up to that one: a row never changes but for the version at which it goes;
 * 2. and of every later version, until a commit changes files of the block: then they are dropped. Whoever asks looks first
 *    at what was committed since, here or by the one who is followed; rows that were being read meanwhile are used once,
 *    for the version that was asked for, and not kept;
 * 3. where that is not known any more, because everything was loaded anew or nobody asked for long, all are dropped.
 *
 * Rows that were purged from the tables since are of versions that nobody may ask for any more.
 */
import { type BlockName, type DatasetName, type FileCatalogue, type Inventory, joinKey } from '@dynamo/core';
import { LRUCache } from 'lru-cache';
import { type FileRow, type FileRows, isAt } from './file-rows.ts';

export interface FileCacheCounters {
  /** Blocks whose files were in memory when they were asked for. */
  readonly hits: number;
  readonly misses: number;
  readonly blocks: number;
  /** What they take, about. */
  readonly bytes: number;
}

export interface CachedFileCatalogue extends FileCatalogue {
  readonly counters: FileCacheCounters;
}

export interface CachedFileCatalogueOptions {
  readonly files: FileCatalogue;
  readonly rows: FileRows;
  readonly inventory: Pick<Inventory, 'version' | 'changesSince'>;
  /** At the most: what was not asked for the longest goes first. */
  readonly maxBytes: number;
}

/** One block takes no more than this part of the memory: a larger one is read each time. */
const LARGEST_BLOCK = 1 / 8;
const PAGE_FILES = 2000;

/** A reading of a block that is under way. */
interface Reading {
  isChanged: boolean;
}

export function cachedFileCatalogue(given: CachedFileCatalogueOptions): CachedFileCatalogue {
  const { files, rows, inventory, maxBytes } = given;
  const largest = Math.max(1, Math.floor(maxBytes * LARGEST_BLOCK));
  const blocks = new LRUCache<string, readonly FileRow[]>({ maxSize: maxBytes, sizeCalculation: bytesOf });
  const underWay = new Map<string, Set<Reading>>();
  let heard = inventory.version;
  let [hits, misses] = [0, 0];

  const forget = (key: string): void => {
    blocks.delete(key);
    for (const reading of underWay.get(key) ?? []) reading.isChanged = true;
  };
  const forgetAll = (): void => {
    blocks.clear();
    for (const readings of underWay.values()) for (const reading of readings) reading.isChanged = true;
  };
  /** What was committed since the last time. */
  const hear = (): void => {
    if (inventory.version === heard) return;
    const since = inventory.changesSince(heard, { only: ['file'] });
    heard = inventory.version;
    if (since.kind === 'too-old') forgetAll();
    for (const { changes } of since.kind === 'too-old' ? [] : since.changes) {
      for (const { entity, before, after } of changes.changes) {
        if (entity !== 'file') continue;
        for (const file of [before, after]) if (file !== null) forget(joinKey(file.dataset, file.block));
      }
    }
  };

  /** The rows in pages, which are kept when they have all been read and are still so. */
  async function* readRows(
    dataset: DatasetName,
    block: BlockName,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly FileRow[]> {
    const key = joinKey(dataset, block);
    const reading: Reading = { isChanged: false };
    const readings = underWay.get(key) ?? new Set();
    underWay.set(key, readings.add(reading));
    try {
      let [all, bytes]: [FileRow[], number] = [[], 0];
      for await (const page of rows.rowsOfBlock(dataset, block, { signal })) {
        bytes += bytesOf(page);
        if (bytes <= largest) all.push(...page);
        else all = [];
        yield page;
      }
      hear();
      if (!reading.isChanged && bytes <= largest) blocks.set(key, all);
    } finally {
      readings.delete(reading);
      if (readings.size === 0) underWay.delete(key);
    }
  }

  return {
    ...files,
    get counters() {
      return { hits, misses, blocks: blocks.size, bytes: blocks.calculatedSize };
    },
    async *filesOfBlock(dataset, block, options = {}) {
      const { at, signal } = options;
      hear();
      // Without a version it is the head's, which may be ahead of memory.
      if (at === undefined || at > heard) return yield* files.filesOfBlock(dataset, block, options);
      signal?.throwIfAborted();
      const kept = blocks.get(joinKey(dataset, block));
      if (kept === undefined) misses += 1;
      else hits += 1;
      for await (const page of kept === undefined ? readRows(dataset, block, signal) : pagesOf(kept)) {
        const present = page.filter((row) => isAt(row, at)).map(({ file }) => file);
        if (present.length > 0) yield present;
      }
    },
  };
}

function* pagesOf(rows: readonly FileRow[]): Generator<readonly FileRow[]> {
  for (let start = 0; start < rows.length; start += PAGE_FILES) yield rows.slice(start, start + PAGE_FILES);
}

/** Of a row with its record: numbers, names that are shared, and what its texts take. An estimate. */
const ROW_BYTES = 300;
const BLOCK_BYTES = 200;

function bytesOf(rows: readonly FileRow[]): number {
  let bytes = BLOCK_BYTES;
  for (const { file } of rows) bytes += ROW_BYTES + file.lfn.length;
  return bytes;
}
