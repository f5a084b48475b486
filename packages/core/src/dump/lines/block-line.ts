import { count, flag, size, text, time } from '../../input/checks.ts';
import type { BlockRecord } from '../../model/records.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';

export interface BlockLine {
  readonly dataset: string;
  readonly name: string;
  readonly is_open: boolean;
  readonly last_update: number;
  /** Where file lines follow these are their sums, and may be left out. */
  readonly size?: number | undefined;
  readonly files?: number | undefined;
}

export const BLOCK: LineSchema<BlockLine> = lineSchema<BlockLine>(
  'block',
  { dataset: text, name: text, is_open: flag, last_update: time },
  { size, files: count },
);

export function printBlock({ dataset, name, size, files, isOpen, lastUpdate }: BlockRecord): string {
  return JSON.stringify({ type: 'block', dataset, name, size, files, is_open: isOpen, last_update: lastUpdate });
}
