import { text } from '../../input/checks.ts';
import { type Check, checkObject } from '../../input/object-schema.ts';
import { parsePartitionName } from '../../model/names.ts';
import type { PartitionRecord } from '../../model/records.ts';
import { checkPartition } from '../../partition/compile-partitions.ts';
import type { LineCursor } from '../line-cursor.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';

interface PartitionLine {
  readonly name: string;
  readonly condition?: string;
  readonly parts?: readonly string[];
}

const parts: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string')
    ? undefined
    : 'not a list of the names of at least one partition';

const PARTITION: LineSchema<PartitionLine> = lineSchema<PartitionLine>(
  'partition',
  { name: text },
  { condition: text, parts },
);

/** Whether its parts are known is for the reader of all lines to say. */
export function partitionOfLine(line: object, cursor: LineCursor): PartitionRecord {
  const { name, condition, parts } = checkObject(PARTITION, line, cursor);
  const parsed = parsePartitionName(name, cursor.at('name'));
  if (condition === undefined && parts === undefined) {
    throw cursor.fault('condition', 'a partition line needs the key "condition" or the key "parts"');
  }
  if (condition !== undefined && parts !== undefined) {
    throw cursor.fault('parts', 'a partition has a condition or parts, not both');
  }
  if (parts !== undefined) {
    return { name: parsed, parts: parts.map((part) => parsePartitionName(part, cursor.at('parts'))) };
  }
  const text = condition ?? '';
  try {
    checkPartition(parsed, text);
  } catch (cause) {
    throw cursor.fault('condition', (cause as Error).message);
  }
  return { name: parsed, condition: text };
}

export function printPartition(partition: PartitionRecord): string {
  return JSON.stringify({ type: 'partition', ...partition });
}
