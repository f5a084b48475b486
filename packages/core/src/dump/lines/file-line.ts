import { size, text } from '../../input/checks.ts';
import type { Check } from '../../input/object-schema.ts';
import type { FileRecord } from '../../model/records.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';
import { inKeyOrder } from './in-key-order.ts';

export interface FileLine {
  readonly dataset: string;
  readonly block: string;
  readonly lfn: string;
  readonly size: number;
  readonly checksums?: Readonly<Record<string, string>> | undefined;
}

const checksums: Check = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object of texts by algorithm';
  for (const key in value) {
    if (typeof (value as Readonly<Record<string, unknown>>)[key] !== 'string') {
      return `${JSON.stringify(key)} is not a text`;
    }
  }
  return undefined;
};

export const FILE: LineSchema<FileLine> = lineSchema<FileLine>(
  'file',
  { dataset: text, block: text, lfn: text, size },
  { checksums },
);

export function printFile({ dataset, block, lfn, size, checksums }: FileRecord): string {
  return JSON.stringify({ type: 'file', dataset, block, lfn, size, checksums: inKeyOrder(checksums) });
}
