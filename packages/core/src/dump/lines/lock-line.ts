import { textOrNull, timeOrNull } from '../../input/checks.ts';
import { type Check, checkObject } from '../../input/object-schema.ts';
import { nameLimits, parseBlockName } from '../../model/names.ts';
import type { LockRecord } from '../../model/records.ts';
import type { LineCursor } from '../line-cursor.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';

interface LockLine {
  readonly dataset: string;
  readonly site?: string | null;
  readonly group?: string | null;
  readonly block?: string | null;
  readonly expires?: number | null;
  readonly owner?: string | null;
  readonly comment?: string | null;
}

const glob: Check = (value) => {
  if (typeof value !== 'string') return 'not a text';
  if (value === '') return 'empty (write * for all)';
  return value.length > nameLimits.dataset ? `longer than ${nameLimits.dataset} characters` : undefined;
};

const globOrNull: Check = (value) => (value === null ? undefined : glob(value));

const LOCK: LineSchema<LockLine> = lineSchema<LockLine>(
  'lock',
  { dataset: glob },
  {
    site: globOrNull,
    group: globOrNull,
    block: textOrNull,
    expires: timeOrNull,
    owner: textOrNull,
    comment: textOrNull,
  },
);

export function lockOfLine(line: object, id: number, cursor: LineCursor): LockRecord {
  const { dataset, site, group, block, expires, owner, comment } = checkObject(LOCK, line, cursor);
  return {
    id,
    dataset,
    site: site ?? null,
    group: group ?? null,
    block: block == null ? null : parseBlockName(block, cursor.at('block')),
    expires: expires ?? null,
    owner: owner ?? null,
    comment: comment ?? null,
  };
}

export function printLock({ dataset, site, group, block, expires, owner, comment }: LockRecord): string {
  return JSON.stringify({
    type: 'lock',
    dataset,
    site: site ?? undefined,
    group: group ?? undefined,
    block: block ?? undefined,
    expires: expires ?? undefined,
    owner: owner ?? undefined,
    comment: comment ?? undefined,
  });
}
