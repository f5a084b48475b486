import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nameLimits,
  parseBlockName,
  parseDatasetName,
  parseGroupName,
  parseLfn,
  parsePartitionName,
  parseSiteName,
} from './names.ts';

const parsers = [
  ['dataset', parseDatasetName],
  ['block', parseBlockName],
  ['site', parseSiteName],
  ['group', parseGroupName],
  ['partition', parsePartitionName],
] as const;

describe.each(parsers)('a %s name', (kind, parse) => {
  const limit = nameLimits[kind];

  it('is returned as it is when it is good', () => {
    for (const name of ['/A/B-v1/AOD', 'T2_US_MIT', 'two words', 'é', 'x'.repeat(limit), '😀'.repeat(limit)]) {
      expect(parse(name)).toBe(name);
    }
  });

  it.each([
    ['', 'is empty'],
    [7, 'is not a string'],
    [null, 'is not a string'],
    [' a', 'white space'],
    ['a\u00a0', 'white space'],
    ['a\tb', 'control character'],
    ['a\u007fb', 'control character'],
    ['a\u0085b', 'control character'],
    ['a\ud800b', 'well-formed'],
    ['x'.repeat(limit + 1), `longer than ${limit} characters`],
    ['😀'.repeat(limit + 1), `longer than ${limit} characters`],
  ])('refuses %j', (bad, why) => {
    expect(() => parse(bad)).toThrow(why);
  });

  it('is refused with its place', () => {
    const where = { file: 'dump.jsonl', line: 12, path: 'name' };
    expect(() => parse('a\n', where)).toThrow(
      /^dump\.jsonl:12: name: (dataset|block|site|group|partition) name "a\\n"/,
    );
  });
});

describe('an LFN', () => {
  it.each(['/store/x/1.root', '/a', '/...', '/a/..b/c..', '/a b/.hidden', `/${'x'.repeat(1023)}`])(
    'may be %s',
    (lfn) => {
      expect(parseLfn(lfn)).toBe(lfn);
    },
  );

  it.each(['store/x', '/', '//', '/a//b', '/a/', '/a/./b', '/.', '/..', '/a/../b', '/a/..', `/${'x'.repeat(1024)}`])(
    'may not be %s',
    (lfn) => {
      expect(() => parseLfn(lfn)).toThrow('LFN');
    },
  );

  it('never leaves its root', () => {
    const segment = fc.oneof(fc.constantFrom('', '.', '..', '...', 'a'), fc.string({ unit: 'binary', maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const text = segments.join('/');
        let accepted = true;
        try {
          parseLfn(text);
        } catch {
          accepted = false;
        }
        // The slow way to say it, segment by segment.
        const parts = text.split('/');
        const good =
          parts.length > 1 &&
          parts[0] === '' &&
          parts.slice(1).every((part) => part !== '' && part !== '.' && part !== '..') &&
          text.trim() === text &&
          !/\p{Cc}/u.test(text);
        expect(accepted).toBe(good);
      }),
    );
  });
});
