import type { GroupLevel } from '../../model/enumerations.ts';
import { parseGroupName } from '../../model/names.ts';
import type { GroupRecord } from '../../model/records.ts';
import type { LineCursor } from '../line-cursor.ts';
import { checkLine, groupLevel, type LineSchema, lineSchema, text } from '../line-schema.ts';

interface GroupLine {
  readonly name: string;
  readonly level?: GroupLevel;
}

const GROUP: LineSchema<GroupLine> = lineSchema<GroupLine>('group', { name: text }, { level: groupLevel });

export function groupOfLine(line: object, cursor: LineCursor): GroupRecord {
  const { name, level = 'block' } = checkLine(GROUP, line, cursor);
  return { name: parseGroupName(name, cursor.at('name')), level };
}

export function printGroup({ name, level }: GroupRecord): string {
  return JSON.stringify({ type: 'group', name, level: level === 'block' ? undefined : level });
}
