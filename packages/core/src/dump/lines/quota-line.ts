import { text, whole } from '../../input/checks.ts';
import type { QuotaRecord } from '../../model/records.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';

interface QuotaLine {
  readonly site: string;
  readonly partition: string;
  readonly bytes: number;
}

export const QUOTA: LineSchema<QuotaLine> = lineSchema<QuotaLine>(
  'quota',
  { site: text, partition: text, bytes: whole },
  {},
);

export function printQuota({ site, partition, bytes }: QuotaRecord): string {
  return JSON.stringify({ type: 'quota', site, partition, bytes });
}
