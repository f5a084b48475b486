import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../../../../scripts/components.ts';
import { printPartitions, readPartitions } from './partition-file.ts';

const file = '../shared/cms-policies/partitions.txt';

function read(text: string) {
  const outcome = readPartitions(text);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join('; '));
  return outcome.value;
}

function faults(text: string): string[] {
  const outcome = readPartitions(text, { file: 'p' });
  return outcome.ok ? [] : outcome.diagnostics.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

describe('readPartitions', () => {
  it('reads conditions, unions, comments and names with spaces; parts come first in the records', () => {
    const file = read(
      '# two\r\nAll: [IB RelVal , Tape]\r\n\r\n  IB RelVal:  blockreplica.owner == IB RelVal\r\nTape:site.storage_type == MSS',
    );
    expect(file.definitions.map(({ name }) => [name.text, name.span.line])).toEqual([
      ['All', 2],
      ['IB RelVal', 4],
      ['Tape', 5],
    ]);
    expect(file.records).toEqual([
      { name: 'IB RelVal', condition: 'blockreplica.owner == IB RelVal' },
      { name: 'Tape', condition: 'site.storage_type == MSS' },
      { name: 'All', parts: ['IB RelVal', 'Tape'] },
    ]);
  });

  it('has the colons of a regular expression in the condition', () => {
    const [definition] = read('R: dataset.name =~ /(?:A|B)').definitions;
    expect(definition).toMatchObject({ name: { text: 'R' }, condition: { text: 'dataset.name =~ /(?:A|B)' } });
  });

  it.each([
    ['Tape', ['1:1: a partition is written `Name: condition`, and `:` is missing']],
    [': site.name == X', ['1:1: partition name is empty']],
    ['A:', ['1:3: a condition is missing here']],
    ['A: []', ['1:5: the name of a partition is missing here']],
    ['A: [B', ['1:4: this `[` is not closed']],
    ['A: [B] C\nB: site.name == X', ['1:8: text after `]`']],
    [
      'A: [B,,B]\nB: site.name == X',
      ['1:7: the name of a partition is missing here', '1:8: `B` is in this union already'],
    ],
    ['A: [C]\nB: site.name == X', ['1:5: there is no partition `C`']],
    ['A: [A]', ['1:5: this union contains itself: A -> A']],
    ['A: [B]\nB: [C]\nC: [B]', ['3:5: this union contains itself: B -> C -> B']],
    ['A: site.name == X\nA: site.name == Y', ['2:1: partition `A` is defined twice, first in line 1']],
    [
      'A: dataset.last_update older_than 3 days ago',
      ['1:35: a partition condition has no clock: `3 days ago` means nothing in it'],
    ],
    ['A: blockreplica.is_locked', ['1:4: a partition condition has no variable `blockreplica.is_locked`']],
    [
      'A: site.nam == X and b\nAll: [A]',
      ['1:4: a partition condition has no variable `site.nam`', '1:22: a partition condition has no variable `b`'],
    ],
  ])('%j is wrong', (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('goes through ten thousand nested unions', () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `P${i}: [P${i + 1}]`);
    expect(faults([...lines, 'P10000: site.name == X'].join('\n'))).toEqual([]);
  });
});

describe('printPartitions', () => {
  it('prints what reads back the same', () => {
    const name = fc
      .string({ unit: fc.constantFrom('A', 'b', ' ', '[', '#', '_'), minLength: 1, maxLength: 8 })
      .map((text) => `x${text}y`);
    const partitions = fc.uniqueArray(name, { minLength: 2, maxLength: 6 }).map((names) => {
      const [first = '', ...others] = names;
      return [
        ...others.map((each) => `${each}: blockreplica.owner == ${each.replace(/ +/g, ' ')}`),
        `${first}: [${others.join(', ')}]`,
      ].join('\n');
    });
    fc.assert(
      fc.property(partitions, (text) => {
        const { records } = read(text);
        expect(read(printPartitions(records)).records).toEqual(records);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses a name that would read back as another', () => {
    const name = (text: string) =>
      read('X: site.name == X').records.map((record) => ({ ...record, name: text as never }));
    expect(() => printPartitions(name('a: b'))).toThrow('cannot be written');
    expect(() => printPartitions(name('#a'))).toThrow('cannot be written');
  });
});

describeWith({ name: 'the partition file of CMS', files: [file] }, 'the partitions of CMS', () => {
  it('are read', () => {
    const { definitions } = read(readFileSync(join(import.meta.dirname, '../../../..', file), 'utf8'));
    expect(definitions).toHaveLength(14);
    expect(definitions[11]).toMatchObject({ name: { text: 'Physics' }, kind: 'union', parts: { length: 3 } });
  });
});
