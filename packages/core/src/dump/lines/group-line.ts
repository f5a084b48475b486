import { oneOf, text } from '../../input/checks.ts';
import { checkObject } from '../../input/object-schema.ts';
import type { GroupLevel } from '../../model/enumerations.ts';
import { GROUP_LEVELS } from '../../model/enumerations.ts';
import { parseGroupName } from '../../model/names.ts';
import type { GroupRecord } from '../../model/records.ts';
import type { LineCursor } from '../line-cursor.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';

interface GroupLine {
  readonly name: string;
  readonly level?: GroupLevel;
}

const GROUP: LineSchema<GroupLine> = lineSchema<GroupLine>('group', { name: text }, { level: oneOf(GROUP_LEVELS) });

export function groupOfLine(line: object, cursor: LineCursor): GroupRecord {
  const { name, level = 'block' } = checkObject(GROUP, line, cursor);
  return { name: parseGroupName(name, cursor.at('name')), level };
}

export function printGroup({ name, level }: GroupRecord): string {
  return JSON.stringify({ type: 'group', name, level: level === 'block' ? undefined : level });
}
