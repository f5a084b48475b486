/** What a run of Detox was made from and what it decided, as the history keeps it: so that it can be made again. */
import { type DeletionLimits, DYNAMO_VERSION, isDynamoError } from '@dynamo/core';
import { DELETION_PER_ITERATION, type DetoxOptions } from '../detox-options.ts';
import type { DetoxResult } from '../detox-result.ts';
import { type AttributeColumns, packAttributes, unpackAttributes } from './attribute-columns.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import {
  countChanges,
  type DatasetTable,
  packDatasets,
  readDatasetChanges,
  unpackDatasets,
  writeDatasetChanges,
} from './dataset-table.ts';
import { packDecisions } from './pack-decisions.ts';
import { checkRecordFormat, RECORD_FORMAT, readFormat, writeFormat } from './record-format.ts';
import type { DecisionCounts } from './written-decision.ts';

/** JSON values. Of the policy and the attributes the contents have the rest. */
export interface CycleInputs extends Readonly<Record<string, unknown>> {
  readonly format: number;
  /** The version of the program. */
  readonly dynamo: string;
  readonly policy: { readonly file: string; readonly sha256: string };
  readonly guard: 'on' | 'off';
  readonly deletion_per_iteration: number;
  readonly limits: Omit<DeletionLimits, 'closedSites'> & { readonly closed_sites: Readonly<Record<string, string>> };
  readonly supplied_before: readonly string[];
  /** Variables of which the attributes have the values. */
  readonly attributes: readonly string[];
  /** What came of it, for whoever looks for a decision. */
  readonly decided: DecisionCounts;
}

/** By their names in the history. */
export type CycleContents = {
  /** UTF-8: its digest is the policy's. */
  readonly policy: Uint8Array;
  /** Of those in the image, by whose numbers the others are. It may be that of an earlier cycle, as may the attributes. */
  readonly datasets: Uint8Array;
  readonly attributes: Uint8Array;
  /** In what the datasets and attributes of the run were other than those two; left out: in nothing. */
  readonly changes?: Uint8Array;
  readonly decisions: Uint8Array;
};

/** What a record needs to be put beside: the contents of those names of an earlier cycle. */
export type RecordBase = Pick<CycleContents, 'datasets' | 'attributes'>;

/** More than this part of the datasets differs from the base: it is of no use any more. */
const MOST_CHANGES = 1 / 8;

/** Of the producers' variables only those that the policy asked for: nothing else can have made a difference. */
export function cycleInputs(
  result: DetoxResult,
  base?: RecordBase,
): { readonly inputs: CycleInputs; readonly contents: CycleContents } {
  const { options, policy, run, read } = result;
  const { datasetName, datasetRow } = run.image.arrays;
  const { closedSites, ...limits } = options.limits ?? {};
  const given = options.attributes ?? new Map();
  const attributes = new Map([...given].filter(([name]) => read.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { size } = run.view.tables.datasets;
  const datasets = { names: datasetName, sizes: Float64Array.from(datasetRow, (row) => size.get(row)) };
  const { bytes: decisions, counts } = packDecisions(result, datasets);
  return {
    inputs: {
      format: RECORD_FORMAT,
      dynamo: DYNAMO_VERSION,
      policy: { file: policy.file ?? '', sha256: policy.sha256 },
      guard: options.guard ?? 'on',
      deletion_per_iteration: options.deletionPerIteration ?? DELETION_PER_ITERATION,
      limits: { ...limits, closed_sites: Object.fromEntries(closedSites ?? []) },
      supplied_before: options.suppliedBefore ?? [],
      attributes: [...attributes.keys()],
      decided: counts,
    },
    contents: {
      policy: new TextEncoder().encode(policy.text),
      ...packTables({ datasets, attributes }, base),
      decisions,
    },
  };
}

/** What `planDetox` takes beside the policy and the clock. Throws `corrupt` for what another version has written. */
export function optionsOfInputs(
  inputs: CycleInputs,
  contents: Omit<CycleContents, 'policy' | 'decisions'>,
): Required<Pick<DetoxOptions, 'attributes' | 'guard' | 'limits' | 'suppliedBefore' | 'deletionPerIteration'>> {
  checkRecordFormat(inputs);
  const { closed_sites: closed, ...limits } = inputs.limits;
  return {
    attributes: attributesOf(contents),
    guard: inputs.guard,
    limits: { ...limits, closedSites: new Map(Object.entries(closed)) },
    suppliedBefore: inputs.supplied_before,
    deletionPerIteration: inputs.deletion_per_iteration,
  };
}

/** The datasets of the run: those that the record stands beside, and what has changed. */
export function changedDatasets(base: DatasetTable, changes: Uint8Array | undefined): DatasetTable {
  return changes === undefined ? base : readDatasetChanges(readChanges(changes).datasets, base);
}

function attributesOf(contents: Omit<CycleContents, 'policy' | 'decisions'>): AttributeColumns {
  const base = unpackDatasets(contents.datasets);
  const columns = unpackAttributes(contents.attributes, base.names);
  if (contents.changes === undefined) return columns;
  return unpackAttributes(
    readChanges(contents.changes).attributes,
    changedDatasets(base, contents.changes).names,
    columns,
  );
}

interface Tables {
  readonly datasets: DatasetTable;
  readonly attributes: AttributeColumns;
}

function packTables({ datasets, attributes }: Tables, base?: RecordBase): Omit<CycleContents, 'policy' | 'decisions'> {
  const before = base === undefined ? undefined : unpackBase(base);
  const fits = before !== undefined && countChanges(before.datasets, datasets) <= datasets.names.length * MOST_CHANGES;
  if (base === undefined || before === undefined || !fits) {
    return { datasets: packDatasets(datasets), attributes: packAttributes(attributes, datasets.names) };
  }
  const changes = new ByteWriter();
  writeFormat(changes);
  const changed = new ByteWriter();
  writeDatasetChanges(changed, before.datasets, datasets);
  changes.nested(changed);
  changes.bytes(packAttributes(attributes, datasets.names, before.attributes));
  return { datasets: base.datasets, attributes: base.attributes, changes: changes.finish() };
}

/** Undefined: it is of another version of Dynamo, or damaged; then a record is as if there were no earlier one. */
function unpackBase(base: RecordBase): Tables | undefined {
  try {
    const datasets = unpackDatasets(base.datasets);
    return { datasets, attributes: unpackAttributes(base.attributes, datasets.names) };
  } catch (error) {
    if (isDynamoError(error, 'corrupt')) return undefined;
    throw error;
  }
}

function readChanges(bytes: Uint8Array): { readonly datasets: ByteReader; readonly attributes: Uint8Array } {
  const reader = new ByteReader(bytes);
  readFormat(reader);
  return { datasets: reader.nested(), attributes: reader.bytes() };
}
