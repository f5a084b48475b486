import { joinKey } from '../change-set/record-key.ts';
import { compareByteOrder } from '../model/byte-order.ts';
import type { FileRecord } from '../model/records.ts';
import type { FileCatalogue, FileReadOptions } from '../seams/file-catalogue.ts';
import { inBatches } from '../slices/in-batches.ts';
import { blockKey, type MemoryState, recordsOf } from './memory-state.ts';

const BATCH_FILES = 1000;

export function memoryFileCatalogue(state: MemoryState): FileCatalogue {
  return {
    async *filesOfBlock(dataset, block, options) {
      const key = joinKey(dataset, block);
      yield* inBatches(
        filesAt(state, options).filter((file) => blockKey(file) === key),
        BATCH_FILES,
      );
    },

    async filesByLfn(lfns, options) {
      const wanted = new Set<string>(lfns);
      return filesAt(state, options).filter(({ lfn }) => wanted.has(lfn));
    },

    async filesById(ids, options) {
      const wanted = new Set(ids);
      return filesAt(state, options).filter(({ id }) => wanted.has(id));
    },

    async *filesOfSite(site, options) {
      const blocks = new Set<string>();
      for (const replica of recordsOf(state, 'blockReplica').values()) {
        if (replica.site === site) blocks.add(joinKey(replica.dataset, replica.block));
      }
      const files = filesAt(state, options).filter((file) => blocks.has(blockKey(file)));
      yield* inBatches(
        files.sort((a, b) => compareByteOrder(a.lfn, b.lfn)),
        BATCH_FILES,
      );
    },
  };
}

/** Ascending by id. */
function filesAt(state: MemoryState, { at, signal }: FileReadOptions = {}): FileRecord[] {
  signal?.throwIfAborted();
  const version = at ?? state.head.version;
  const files: FileRecord[] = [];
  for (const spans of state.files.values()) {
    for (const { file, came, gone } of spans) if (came <= version && version < gone) files.push(file);
  }
  return files.sort((a, b) => a.id - b.id);
}
