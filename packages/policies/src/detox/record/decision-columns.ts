/**
 * The decisions of a run in columns, a few bytes for each: which dataset of the image (as the step from the one before at
 * the same site), which of the few pairs of decision and line, its bytes where they are not those of the same dataset at
 * the site before, its blocks where it is about a part of a replica.
 */

import type { DetoxResult } from '../detox-result.ts';
import { type DecidedBy, listDecisions } from '../list-decisions.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';

/** A decision as docs/formats.md has it. */
export type WrittenDecision = DecidedBy & {
  readonly dataset: string;
  readonly site: string;
  readonly decision: 'delete' | 'keep' | 'protect';
  /** Bytes. */
  readonly size: number;
  /** Only where it is about a part of the replica. */
  readonly blocks?: readonly string[];
};

/** Which decisions are asked for; what is left out matters not. */
export interface DecisionFilter {
  /** By its whole name. */
  readonly dataset?: string;
  readonly site?: string;
  /** In the policy's file; 0: the default decision. */
  readonly line?: number;
  readonly decision?: WrittenDecision['decision'];
}

interface Kind {
  readonly decision: WrittenDecision['decision'];
  readonly by: DecidedBy;
}

interface Head {
  readonly format: 1;
  readonly sites: readonly string[];
  readonly kinds: readonly Kind[];
}

/** Names of datasets are not in it: they are those of the image, by their numbers. */
export function packDecisions(result: DetoxResult): Uint8Array {
  const { datasetName, sites } = result.run.image.arrays;
  const numberOf = new Map(datasetName.map((name, number) => [name, number]));
  const kinds = new Map<string, number>();
  const kindList: Kind[] = [];
  const column = {
    steps: new ByteWriter(),
    kinds: new ByteWriter(),
    sizes: new ByteWriter(),
    blocks: new ByteWriter(),
  };
  const lastSize = new Float64Array(datasetName.length);
  const blockNumbers = new Map<string, number>();
  const counts = new Map<string, number>();
  let [site, last] = ['', 0];
  for (const each of listDecisions(result)) {
    if (each.site !== site) [site, last] = [each.site, 0];
    counts.set(site, (counts.get(site) ?? 0) + 1);
    const dataset = numberOf.get(each.dataset) as number;
    column.steps.whole(dataset - last);
    last = dataset;
    const key = 'rule' in each.by ? `${each.decision} rule ${each.by.rule}` : `${each.decision} ${each.by.line}`;
    const kind = kinds.get(key) ?? kindList.push({ decision: each.decision, by: each.by }) - 1;
    kinds.set(key, kind);
    column.kinds.whole(kind * 2 + (each.isWhole ? 0 : 1));
    const { size } = each;
    column.sizes.whole(size === lastSize[dataset] ? 0 : size + 1);
    lastSize[dataset] = size;
    if (!each.isWhole) packBlocks(column.blocks, each.blocks(), blockNumbers);
  }
  const head: Head = { format: 1, sites: sites.map(({ name }) => name), kinds: kindList };
  const writer = new ByteWriter();
  writer.text(JSON.stringify(head));
  for (const { name } of sites) writer.whole(counts.get(name) ?? 0);
  for (const each of [column.steps, column.kinds, column.sizes, column.blocks]) writer.nested(each);
  return writer.finish();
}

/** In the order of the plan. `datasets`: of the image. */
export function* unpackDecisions(
  bytes: Uint8Array,
  datasets: readonly string[],
  wanted: DecisionFilter = {},
): Generator<WrittenDecision> {
  const reader = new ByteReader(bytes);
  const { sites, kinds } = JSON.parse(reader.text()) as Head;
  const counts = sites.map(() => reader.whole());
  const [steps, kindColumn, sizes, blocks] = [reader.nested(), reader.nested(), reader.nested(), reader.nested()];
  const lastSize = new Float64Array(datasets.length);
  const blockNames: string[] = [];
  const isWantedKind = kinds.map(
    ({ decision, by }) =>
      (wanted.decision ?? decision) === decision &&
      (wanted.line === undefined || ('line' in by && by.line === wanted.line)),
  );
  for (const [number, site] of sites.entries()) {
    const isWantedSite = (wanted.site ?? site) === site;
    let dataset = 0;
    for (let left = counts[number] as number; left > 0; left--) {
      dataset += steps.whole();
      const code = kindColumn.whole();
      const kind = Math.floor(code / 2);
      const written = sizes.whole();
      const size = written === 0 ? (lastSize[dataset] as number) : written - 1;
      lastSize[dataset] = size;
      // Read whether it is wanted or not: names of blocks refer to those before.
      const part = code % 2 === 0 ? undefined : unpackBlocks(blocks, blockNames);
      const name = datasets[dataset] as string;
      if (!isWantedSite || isWantedKind[kind] !== true || (wanted.dataset ?? name) !== name) continue;
      const { decision, by } = kinds[kind] as Kind;
      const about = { dataset: name, site, decision, ...by, size };
      yield part === undefined ? about : { ...about, blocks: part };
    }
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A name that was there before by its number; a new one in full, most of them as the 16 bytes of a UUID. */
function packBlocks(writer: ByteWriter, names: readonly string[], numbers: Map<string, number>): void {
  writer.whole(names.length);
  for (const name of names) {
    const known = numbers.get(name);
    if (known !== undefined) {
      writer.whole(known + 2);
      continue;
    }
    numbers.set(name, numbers.size);
    const isUuid = UUID.test(name);
    writer.whole(isUuid ? 1 : 0);
    if (isUuid) writer.raw(Buffer.from(name.replaceAll('-', ''), 'hex'));
    else writer.text(name);
  }
}

function unpackBlocks(reader: ByteReader, names: string[]): string[] {
  return Array.from({ length: reader.whole() }, () => {
    const code = reader.whole();
    if (code >= 2) return names[code - 2] as string;
    const name = code === 1 ? uuidOf(reader.raw(16)) : reader.text();
    names.push(name);
    return name;
  });
}

function uuidOf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
