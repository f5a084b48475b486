/**
 * What a replica holds, as a value: how it changes when files arrive, go, or come to its block. `null` is complete.
 * Ids stay ascending; a replica that has every file of its block becomes null.
 */
import type { FileId, FileRecord, Partial } from '../model/records.ts';

/** Bytes and number of a block's files. */
export interface BlockTotals {
  readonly size: number;
  readonly files: number;
}

export const NOTHING: Partial = Object.freeze({
  size: 0,
  files: 0,
  contents: Object.freeze({ kind: 'present', ids: Object.freeze([]) as readonly FileId[] }),
});

/** These files of the block are at the replica now. Files that it had already change nothing. */
export function withArrived(held: Partial | null, arrived: readonly FileRecord[], block: BlockTotals): Partial | null {
  if (held === null) return null;
  const base = held.contents.kind === 'unknown' ? NOTHING : held;
  const { contents } = base;
  const known = new Set<FileId>(contents.kind === 'unknown' ? [] : contents.ids);
  const fresh = distinct(arrived).filter((file) => known.has(file.id) === (contents.kind === 'missing'));
  for (const file of fresh) {
    if (contents.kind === 'missing') known.delete(file.id);
    else known.add(file.id);
  }
  const kind = contents.kind === 'missing' ? 'missing' : 'present';
  return settled({ ...totals(base, fresh, 1), contents: { kind, ids: ascending(known) } }, block);
}

/** These files of the block are not at the replica any more. */
export function withGone(held: Partial | null, gone: readonly FileRecord[], block: BlockTotals): Partial | null {
  const base = held ?? { size: block.size, files: block.files, contents: { kind: 'missing', ids: [] } };
  const { contents } = base;
  if (contents.kind === 'unknown') return base;
  const known = new Set<FileId>(contents.ids);
  const fresh = distinct(gone).filter((file) => known.has(file.id) === (contents.kind === 'present'));
  for (const file of fresh) {
    if (contents.kind === 'present') known.delete(file.id);
    else known.add(file.id);
  }
  return settled({ ...totals(base, fresh, -1), contents: { kind: contents.kind, ids: ascending(known) } }, block);
}

/** A file came to the block, and the replica does not have it. `before`: the block without it. */
export function lackingNew(held: Partial | null, file: FileRecord, before: BlockTotals): Partial {
  if (held === null) return { ...before, contents: { kind: 'missing', ids: [file.id] } };
  if (held.contents.kind !== 'missing') return held;
  return { ...held, contents: { kind: 'missing', ids: ascending(new Set([...held.contents.ids, file.id])) } };
}

/** A file came to the block, and the replica has it from the start. */
export function holdingNew(held: Partial | null, file: FileRecord): Partial | null {
  if (held === null) return null;
  const ids = held.contents.kind === 'present' ? ascending(new Set([...held.contents.ids, file.id])) : undefined;
  return {
    size: held.size + file.size,
    files: held.files + 1,
    contents: ids === undefined ? held.contents : { kind: 'present', ids },
  };
}

/** A file is no longer of the block. `after`: the block without it. */
export function withoutFile(held: Partial | null, file: FileRecord, after: BlockTotals): Partial | null {
  if (held === null) return null;
  const { contents } = held;
  if (contents.kind === 'unknown') {
    return { ...held, size: Math.min(held.size, after.size), files: Math.min(held.files, after.files) };
  }
  const listed = contents.ids.includes(file.id);
  const had = listed === (contents.kind === 'present');
  const ids = contents.ids.filter((id) => id !== file.id);
  const { size, files } = had ? totals(held, [file], -1) : held;
  return settled({ size, files, contents: { kind: contents.kind, ids } }, after);
}

function settled(held: Partial, block: BlockTotals): Partial | null {
  return held.contents.kind !== 'unknown' && held.files === block.files ? null : held;
}

function totals(held: Partial, changed: readonly FileRecord[], sign: 1 | -1): { size: number; files: number } {
  const bytes = changed.reduce((sum, file) => sum + file.size, 0);
  return { size: held.size + sign * bytes, files: held.files + sign * changed.length };
}

function distinct(files: readonly FileRecord[]): FileRecord[] {
  return [...new Map(files.map((file) => [file.id, file])).values()];
}

function ascending(ids: ReadonlySet<FileId>): FileId[] {
  return [...ids].sort((a, b) => a - b);
}
