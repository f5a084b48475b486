import { flag, oneOf, text, textOrNull, time } from '../../input/checks.ts';
import { type Check, checkObject } from '../../input/object-schema.ts';
import type { DatasetStatus } from '../../model/enumerations.ts';
import { DATASET_STATUSES } from '../../model/enumerations.ts';
import { parseDatasetName } from '../../model/names.ts';
import type { AttributeValue, DatasetRecord } from '../../model/records.ts';
import type { LineCursor } from '../line-cursor.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';
import { inKeyOrder } from './in-key-order.ts';

interface DatasetLine {
  readonly name: string;
  readonly status: DatasetStatus;
  readonly last_update: number;
  readonly data_type?: string | null;
  readonly software_version?: string | null;
  readonly is_open?: boolean;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

const attributes: Check = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object of values by name';
  for (const key in value) {
    if (!isAttributeValue((value as Readonly<Record<string, unknown>>)[key])) {
      return `${JSON.stringify(key)} is not a number, true, false, a text or a list of texts`;
    }
  }
  return undefined;
};

const DATASET: LineSchema<DatasetLine> = lineSchema<DatasetLine>(
  'dataset',
  { name: text, status: oneOf(DATASET_STATUSES), last_update: time },
  { data_type: textOrNull, software_version: textOrNull, is_open: flag, attributes },
);

export function datasetOfLine(line: object, cursor: LineCursor): DatasetRecord {
  const { name, status, last_update, data_type, software_version, is_open, attributes } = checkObject(
    DATASET,
    line,
    cursor,
  );
  return {
    name: parseDatasetName(name, cursor.at('name')),
    status,
    dataType: data_type ?? null,
    softwareVersion: software_version ?? null,
    lastUpdate: last_update,
    isOpen: is_open ?? false,
    attributes: attributes ?? {},
  };
}

export function printDataset(dataset: DatasetRecord): string {
  return JSON.stringify({
    type: 'dataset',
    name: dataset.name,
    status: dataset.status,
    data_type: dataset.dataType ?? undefined,
    software_version: dataset.softwareVersion ?? undefined,
    last_update: dataset.lastUpdate,
    is_open: dataset.isOpen,
    attributes: inKeyOrder(dataset.attributes),
  });
}

function isAttributeValue(value: unknown): boolean {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'boolean':
    case 'string':
      return true;
    default:
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
  }
}
