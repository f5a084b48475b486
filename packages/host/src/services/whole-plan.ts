/** What the history keeps of a plan of Detox beside its document, in a few bytes for each decision. */
import { type CycleRecord, compareByteOrder, DynamoError, type HistoryStore, type InventoryView } from '@dynamo/core';
import {
  blockNamesIn,
  type CycleContents,
  type CycleInputs,
  changedDatasets,
  checkRecordFormat,
  type DatasetTable,
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

export type PackedDecisions = Pick<CycleContents, 'decisions' | 'datasets' | 'changes'>;

/** What the decisions are read from. Rejects with `corrupt` where one is not there. */
export async function readPacked(history: HistoryStore, record: WithContents): Promise<PackedDecisions> {
  const changes = record.contents.changes === undefined ? {} : { changes: await readPart(history, record, 'changes') };
  const datasets = await readPart(history, record, 'datasets');
  return { datasets, decisions: await readPart(history, record, 'decisions'), ...changes };
}

/** All but the policy. Rejects with `corrupt` where one is not there. */
export async function readContents(
  history: HistoryStore,
  record: WithContents,
): Promise<Omit<CycleContents, 'policy'>> {
  return { ...(await readPacked(history, record)), attributes: await readPart(history, record, 'attributes') };
}

type WithContents = Pick<CycleRecord, 'cycle' | 'contents'>;

function readPart(history: HistoryStore, record: WithContents, name: keyof CycleContents): Promise<Uint8Array> {
  return readContent(history, digestOfPart(record, name));
}

function digestOfPart({ cycle, contents }: WithContents, name: keyof CycleContents): string {
  const digest = contents[name];
  if (digest === undefined) throw new DynamoError('corrupt', `the history of cycle ${cycle} has no ${name}`);
  return digest;
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
  async datasets(record: CycleRecord): Promise<DatasetTable> {
    const digest = digestOfPart(record, 'datasets');
    const base = this.#tables.get(digest) ?? unpackDatasets(await readContent(this.#history, digest));
    this.#tables.set(digest, base);
    const [oldest] = this.#tables.keys();
    if (this.#tables.size > TABLES_KEPT && oldest !== undefined) this.#tables.delete(oldest);
    if (record.contents.changes === undefined) return base;
    return changedDatasets(base, await readPart(this.#history, record, 'changes'));
  }

  async decisions(record: CycleRecord, datasets: DatasetTable): Promise<UnpackedDecisions> {
    const decisions = await readPart(this.#history, record, 'decisions');
    return new UnpackedDecisions(decisions, datasets, blockNamesIn(this.#view));
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
