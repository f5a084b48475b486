/** What the history keeps of a plan of Detox beside its document, in a few bytes for each decision. */
import { type CycleRecord, compareByteOrder, DynamoError, type HistoryStore, type InventoryView } from '@dynamo/core';
import {
  blockNamesIn,
  type CycleContents,
  type CycleInputs,
  checkRecordFormat,
  type DatasetTable,
  datasetsOf,
  type RecordBase,
  type RecordedRun,
  UnpackedDecisions,
  unpackDatasets,
  unpackedDecisions,
} from '@dynamo/policies';

/** The document of a cycle of Detox. */
export interface DetoxRecord {
  readonly plan: RecordedRun['plan'];
  readonly inputs: CycleInputs;
  readonly rest: Readonly<Record<string, unknown>>;
}

/** Throws `corrupt` for what another version of Dynamo has written; null: it is none of Detox. */
export function readDetoxRecord({ cycle, document, contents }: CycleRecord): DetoxRecord | null {
  if (contents.decisions === undefined) return null;
  const { plan, ...rest } = JSON.parse(document) as Pick<DetoxRecord, 'plan' | 'inputs'>;
  checkRecordFormat(rest.inputs, cycle);
  return { plan, inputs: rest.inputs, rest };
}

/** All but the policy. Rejects with `corrupt` where one is not there. */
export async function readContents(
  history: HistoryStore,
  { cycle, contents }: Pick<CycleRecord, 'cycle' | 'contents'>,
): Promise<Omit<CycleContents, 'policy'>> {
  const read = async (name: keyof CycleContents): Promise<Uint8Array> => {
    const digest = contents[name];
    if (digest === undefined) throw new DynamoError('corrupt', `the history of cycle ${cycle} has no ${name}`);
    return readContent(history, digest);
  };
  const changes = contents.changes === undefined ? {} : { changes: await read('changes') };
  return {
    ...{ datasets: await read('datasets'), attributes: await read('attributes') },
    ...{ decisions: await read('decisions'), ...changes },
  };
}

export async function readContent(history: HistoryStore, digest: string): Promise<Uint8Array> {
  const content = await history.content(digest);
  if (content !== null) return content;
  throw new DynamoError('corrupt', `the history lacks what it keeps as ${digest}: restore the database from a backup`);
}

const LOOK_BACK = 200;

/** Of the last cycle with that title, test or not: most of the next record is the same. Undefined: there is none. */
export async function readRecordBase(history: HistoryStore, title: string): Promise<RecordBase | undefined> {
  const listed = [false, true].map((test) => history.cycles({ planner: 'detox', limit: LOOK_BACK, test }));
  const [last] = (await Promise.all(listed))
    .flat()
    .filter((cycle) => cycle.title === title)
    .sort((a, b) => b.cycle - a.cycle);
  const { datasets, attributes } = (last && (await history.cycle(last.cycle)))?.contents ?? {};
  if (datasets === undefined || attributes === undefined) return undefined;
  const contents = { datasets: await history.content(datasets), attributes: await history.content(attributes) };
  if (contents.datasets === null || contents.attributes === null) return undefined;
  return { datasets: contents.datasets, attributes: contents.attributes };
}

export type PackedDecisions = Pick<CycleContents, 'decisions' | 'datasets' | 'changes'>;

/** The plan as docs/formats.md has it. `view`: where the names of blocks are looked up. */
export function wholePlan(plan: object, packed: PackedDecisions, view: InventoryView): object {
  const unpacked = unpackedDecisions(packed, blockNamesIn(view));
  return { ...plan, decisions: [...unpacked.decisions()], handed_over: unpacked.handedOver() };
}

/** Lists that are kept: cycles of a partition share theirs. */
const TABLES_KEPT = 4;

/** Reads the decisions of one cycle after the other. */
export class DecisionReader {
  readonly #history: HistoryStore;
  readonly #view: InventoryView;
  /** By their digests. */
  readonly #tables = new Map<string, DatasetTable>();

  constructor(history: HistoryStore, view: InventoryView) {
    this.#history = history;
    this.#view = view;
  }

  /** The datasets that the run had before it. */
  async datasets({ cycle, contents }: CycleRecord): Promise<DatasetTable> {
    const { datasets: digest, changes } = contents;
    if (digest === undefined) throw new DynamoError('corrupt', `the history of cycle ${cycle} has no datasets`);
    const base = this.#tables.get(digest) ?? unpackDatasets(await readContent(this.#history, digest));
    this.#tables.set(digest, base);
    const [oldest] = this.#tables.keys();
    if (this.#tables.size > TABLES_KEPT && oldest !== undefined) this.#tables.delete(oldest);
    const datasets = new Uint8Array();
    if (changes === undefined) return base;
    return datasetsOf({ datasets, changes: await readContent(this.#history, changes) }, base);
  }

  async decisions({ cycle, contents }: CycleRecord, datasets: DatasetTable): Promise<UnpackedDecisions> {
    const { decisions } = contents;
    if (decisions === undefined) throw new DynamoError('corrupt', `the history of cycle ${cycle} has no decisions`);
    return new UnpackedDecisions(await readContent(this.#history, decisions), datasets, blockNamesIn(this.#view));
  }
}

export function hasDataset({ names }: DatasetTable, name: string): boolean {
  let [first, last] = [0, names.length];
  while (first < last) {
    const middle = (first + last) >>> 1;
    if (compareByteOrder(names[middle] as string, name) < 0) first = middle + 1;
    else last = middle;
  }
  return names[first] === name;
}
