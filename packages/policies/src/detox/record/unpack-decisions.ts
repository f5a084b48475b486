/** What `packDecisions` wrote. Throws `corrupt` for what it did not. */
import { type BlockNames, PartReader } from './block-parts.ts';
import { readWholes } from './byte-planes.ts';
import { ByteReader, damagedRecord } from './byte-stream.ts';
import type { DatasetTable } from './dataset-table.ts';
import { type DecisionHead, SIZE } from './pack-decisions.ts';
import { readFormat } from './record-format.ts';
import {
  type DecisionFilter,
  type DecisionKind,
  isWantedKind,
  type WrittenDecision,
  type WrittenHandOver,
} from './written-decision.ts';

/** Blocks are named in full where `blockNames` has them (`packBlockNames`), else by their first digits and an asterisk. */
export class UnpackedDecisions {
  readonly #datasets: DatasetTable;
  readonly #head: DecisionHead;
  /** By site. */
  readonly #counts: readonly number[];
  readonly #columns: { readonly steps: Uint8Array; readonly kinds: Uint8Array; readonly sizeCodes: Uint8Array };
  readonly #sizes: Float64Array;
  readonly #handOvers: readonly { readonly site: string; readonly dataset: number; readonly to: string }[];
  readonly #parts: PartReader;

  constructor(bytes: Uint8Array, datasets: DatasetTable, blockNames: BlockNames = () => []) {
    const reader = new ByteReader(bytes);
    readFormat(reader);
    this.#datasets = datasets;
    this.#head = checkedHead(reader.json());
    const { sites, owners } = this.#head;
    this.#counts = sites.map(() => reader.whole());
    this.#columns = { steps: reader.bytes(), kinds: reader.bytes(), sizeCodes: reader.bytes() };
    this.#sizes = readWholes(reader);
    this.#handOvers = Array.from({ length: reader.count() }, () => ({
      site: sites[reader.index(sites.length)] as string,
      dataset: reader.index(datasets.names.length),
      to: owners[reader.index(owners.length)] as string,
    }));
    this.#parts = new PartReader(reader, datasets.names, blockNames, 2);
  }

  /** In the order of the plan. */
  handedOver(): readonly WrittenHandOver[] {
    const list = new ByteReader(this.#parts.list(1));
    return this.#handOvers.map(({ site, dataset, to }) => {
      const blocks = this.#parts.blocks(dataset, this.#parts.marks(list, dataset), 0);
      return { dataset: this.#datasets.names[dataset] as string, site, blocks, to };
    });
  }

  /** In the order of the plan. */
  *decisions(wanted: DecisionFilter = {}): Generator<WrittenDecision> {
    const { names, sizes } = this.#datasets;
    const { sites, kinds } = this.#head;
    const only = wanted.dataset === undefined ? undefined : names.indexOf(wanted.dataset);
    if (only === -1) return;
    const [steps, kindColumn] = [new ByteReader(this.#columns.steps), new ByteReader(this.#columns.kinds)];
    const sizeCodes = new ByteReader(this.#columns.sizeCodes);
    const list = new ByteReader(this.#parts.list(0));
    const lastSize = new Float64Array(names.length).fill(Number.NaN);
    const isWanted = kinds.map((kind) => isWantedKind(kind, wanted));
    let nextSize = 0;
    for (const [number, site] of sites.entries()) {
      const isWantedSite = (wanted.site ?? site) === site;
      let dataset = 0;
      let marks: readonly number[] | undefined;
      let group = 0;
      for (let left = this.#counts[number] as number; left > 0; left--) {
        const step = steps.index(names.length - dataset);
        dataset += step;
        if (step > 0) [marks, group] = [undefined, 0];
        const code = kindColumn.index(kinds.length * 2);
        const sizeCode = sizeCodes.index(SIZE.other + 1);
        if (sizeCode === SIZE.other) lastSize[dataset] = this.#sizes[nextSize++] as number;
        const size = (sizeCode === SIZE.ofDataset ? sizes[dataset] : lastSize[dataset]) as number;
        if (!(size >= 0)) throw damagedRecord('a decision has no bytes');
        const isPart = code % 2 === 1;
        // Read whether it is wanted or not: the next ones come after.
        if (isPart && marks === undefined) marks = this.#parts.marks(list, dataset);
        const kind = Math.floor(code / 2);
        if (isWantedSite && isWanted[kind] === true && (only ?? dataset) === dataset) {
          const { decision, by } = kinds[kind] as DecisionKind;
          const about = { dataset: names[dataset] as string, site, decision, ...by, size };
          yield marks === undefined || !isPart
            ? about
            : { ...about, blocks: this.#parts.blocks(dataset, marks, group) };
        }
        if (isPart) group += 1;
      }
    }
  }
}

function checkedHead(head: unknown): DecisionHead {
  const { sites, kinds, owners } = (head ?? {}) as Partial<DecisionHead>;
  const isText = (value: unknown): boolean => typeof value === 'string';
  const isKind = (kind: Partial<DecisionKind> | null): boolean =>
    typeof kind?.decision === 'string' && typeof kind.by === 'object' && kind.by !== null;
  const isList = Array.isArray(sites) && Array.isArray(kinds) && Array.isArray(owners);
  if (isList && sites.every(isText) && owners.every(isText) && kinds.every(isKind)) return { sites, kinds, owners };
  throw damagedRecord('its head is not one of decisions');
}
