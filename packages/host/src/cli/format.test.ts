import { describe, expect, it } from 'vitest';
import { formatTable } from './format.ts';

const columns = [{ title: 'id', align: 'right' }, { title: 'what' }, { title: 'state' }] as const;

describe('a table for people', () => {
  it('has its columns below each other, figures to the right, nothing behind the last one', () => {
    const rows = [
      [1, '日本 x', 'open'],
      [100, '', 'held\nfor two reasons'],
      [20, 'a long text', ''],
    ];
    expect(formatTable(columns, rows).split('\n')).toEqual([
      '   id  what         state',
      '    1  日本 x       open',
      '  100               held',
      '                    for two reasons',
      '   20  a long text',
    ]);
    expect(formatTable(columns, [])).toBe('  id  what  state');
  });

  it('may be as long as what a whole federation has open', () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => [i, 'block of a dataset', 'held']);
    const lines = formatTable(columns, rows).split('\n');
    expect(lines).toHaveLength(200_001);
    expect(lines.at(-1)).toBe('  199999  block of a dataset  held');
  });
});
