import { listOfTexts, text, textOrNull, time, timeOrNull, whole } from '../../input/checks.ts';
import { type Check, checkObject } from '../../input/object-schema.ts';
import { parseGroupName } from '../../model/names.ts';
import type { RuleRecord } from '../../model/request.ts';
import type { LineCursor } from '../line-cursor.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';

interface RuleLine {
  readonly id: number;
  readonly user: string;
  readonly datasets: readonly string[];
  readonly sites: readonly string[];
  readonly copies: number;
  readonly group?: string | null;
  readonly until?: number | null;
  readonly created_at?: number;
}

const positive: Check = (value) => whole(value) ?? ((value as number) < 1 ? 'not at least 1' : undefined);

const RULE: LineSchema<RuleLine> = lineSchema<RuleLine>(
  'rule',
  { id: positive, user: text, datasets: listOfTexts, sites: listOfTexts, copies: positive },
  { group: textOrNull, until: timeOrNull, created_at: time },
);

/** Whether it can be fulfilled is for the Dealer to say. */
export function ruleOfLine(line: object, cursor: LineCursor): RuleRecord {
  const { id, user, datasets, sites, copies, group, until, created_at } = checkObject(RULE, line, cursor);
  const createdAt = created_at ?? 0;
  return {
    id,
    kind: 'rule',
    datasets,
    sites,
    copies,
    group: group == null ? null : parseGroupName(group, cursor.at('group')),
    until: until ?? null,
    progress: null,
    state: 'new',
    user,
    createdAt,
    updatedAt: createdAt,
    reason: '',
  };
}

export function printRule({ id, user, datasets, sites, copies, group, until, createdAt }: RuleRecord): string {
  return JSON.stringify({
    type: 'rule',
    id,
    user,
    datasets,
    sites,
    copies,
    group: group ?? undefined,
    until: until ?? undefined,
    created_at: createdAt === 0 ? undefined : createdAt,
  });
}
