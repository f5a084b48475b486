import { compareByteOrder, compileGlob, DATASET_STATUSES, type InventoryTables, isGlob, NO_ROW } from '@dynamo/core';
import { NameIndex } from '../name-index.ts';

export interface WantedData {
  readonly units: readonly { readonly dataset: number; readonly blocks: readonly number[] | null }[];
  /** What can never be copied, in words. */
  readonly faults: readonly string[];
}

/** Of one request. */
interface Glob {
  readonly text: string;
  readonly matches: (name: string) => boolean;
  readonly wanted: Wanted;
  found: boolean;
}

/** Datasets by row; null: all blocks, else the rows of some. */
type Wanted = Map<number, Set<number> | null>;

/**
 * `patterns[i]` are what one request names: datasets, globs over datasets (valid ones and those in production), blocks
 * as `dataset#block`, or globs over a dataset's blocks as `dataset#glob`. One pass over the datasets serves all globs.
 */
export function resolveDatasets(
  tables: InventoryTables,
  patterns: readonly (readonly string[])[],
  wholeDatasetFraction: number,
): WantedData[] {
  const globs: Glob[] = [];
  const cases = patterns.map((texts) => {
    const wanted: Wanted = new Map();
    const faults: string[] = [];
    for (const text of texts) {
      const fault = addNamed(tables, text, wanted);
      if (fault === null) continue;
      const glob = fault === 'glob' ? compileGlob(text) : undefined;
      if (glob === undefined) faults.push(fault);
      else if (glob.ok) globs.push({ matches: glob.matches, wanted, found: false, text });
      else faults.push(`${text}: ${glob.message}`);
    }
    return { wanted, faults };
  });
  if (globs.length > 0) matchGlobs(tables, globs);
  return cases.map(({ wanted, faults }) => {
    for (const glob of globs) {
      if (glob.wanted === wanted && !glob.found) faults.push(`no valid dataset matches ${glob.text}`);
    }
    const units = byName(tables, wanted).map(([dataset, blocks]) => ({
      dataset,
      blocks:
        blocks === null || blocks.size > wholeDatasetFraction * tables.datasets.blocks.get(dataset)
          ? null
          : [...blocks],
    }));
    return { units, faults };
  });
}

/** So that what is said of a request does not depend on the order of rows in memory. */
function byName({ datasets }: InventoryTables, wanted: Wanted): [number, Set<number> | null][] {
  if (wanted.size < 2) return [...wanted];
  const named = Array.from(wanted, (entry) => ({ entry, name: datasets.name.get(entry[0]) ?? '' }));
  return named.sort((a, b) => compareByteOrder(a.name, b.name)).map(({ entry }) => entry);
}

/** Null: done; `glob`: it is one over datasets; else what is wrong. */
function addNamed(tables: InventoryTables, text: string, wanted: Wanted): string | null {
  const { datasets } = tables;
  const dataset = datasets.find(text);
  if (dataset !== NO_ROW) {
    const fault = statusFault(tables, dataset, text);
    if (fault === null) wanted.set(dataset, null);
    return fault;
  }
  const mark = text.lastIndexOf('#');
  const parent = mark < 0 ? NO_ROW : datasets.find(text.slice(0, mark));
  if (parent !== NO_ROW) {
    return statusFault(tables, parent, text.slice(0, mark)) ?? addBlocks(tables, parent, text.slice(mark + 1), wanted);
  }
  return isGlob(text) ? 'glob' : `there is no ${mark < 0 ? 'dataset' : 'dataset or block'} ${text}`;
}

function statusFault({ datasets }: InventoryTables, row: number, name: string): string | null {
  const status = DATASET_STATUSES[datasets.status.get(row)];
  return isCopied(status) ? null : `dataset ${name} is ${status}: make it valid or production, and ask again`;
}

function isCopied(status: string | undefined): boolean {
  return status === 'valid' || status === 'production';
}

function addBlocks(
  { datasets, blocks }: InventoryTables,
  dataset: number,
  text: string,
  wanted: Wanted,
): string | null {
  const known = wanted.get(dataset);
  const chosen = known ?? new Set<number>();
  const glob = isGlob(text) ? compileGlob(text) : undefined;
  const before = chosen.size;
  if (glob === undefined) {
    const row = blocks.find(dataset, text);
    if (row !== NO_ROW) chosen.add(row);
    else return `dataset ${datasets.name.get(dataset)} has no block ${text}`;
  } else if (glob.ok) {
    for (let row = datasets.firstBlock.get(dataset); row !== NO_ROW; row = blocks.nextOfDataset.get(row)) {
      if (glob.matches(blocks.name(row))) chosen.add(row);
    }
    if (chosen.size === before) return `no block of ${datasets.name.get(dataset)} matches ${text}`;
  } else return `${text}: ${glob.message}`;
  if (known !== null) wanted.set(dataset, chosen);
  return null;
}

function matchGlobs({ datasets }: InventoryTables, globs: readonly Glob[]): void {
  const index = new NameIndex<Glob>();
  for (const glob of globs) index.addPattern(glob.text, glob);
  let row = 0;
  let name = '';
  const see = (glob: Glob): void => {
    if (!glob.matches(name)) return;
    glob.wanted.set(row, null);
    glob.found = true;
  };
  for (; row < datasets.rows; row++) {
    if (!datasets.isLive(row) || !isCopied(DATASET_STATUSES[datasets.status.get(row)])) continue;
    name = datasets.name.get(row) ?? '';
    index.visit(name, see);
  }
}
