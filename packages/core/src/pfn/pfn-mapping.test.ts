import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDynamoError } from '../errors/dynamo-error.ts';
import { parseLfn } from '../model/names.ts';
import { parsePfnSpecification } from './parse-pfn-specification.ts';
import { compilePfnMapping } from './pfn-mapping.ts';

const lfn = parseLfn('/store/mc/1.root');

describe('mapping an LFN to a PFN', () => {
  it('fills captured groups into the replacement', () => {
    const { toPfn, protocols } = compilePfnMapping({
      pfn: {
        root: [[['/store/(.*)', 'root://se.mit.edu//cms/{0}']]],
        file: [[['/(\\w+)/(.*)', '/data/{1}?from={0}']]],
      },
    });
    expect(toPfn('root', lfn)).toBe('root://se.mit.edu//cms/mc/1.root');
    expect(toPfn('file', lfn)).toBe('/data/mc/1.root?from=store');
    expect(toPfn('s3', lfn)).toBeNull();
    expect(protocols).toEqual(['root', 'file']);
  });

  it('anchors each pattern at the start, and keeps nothing of what the pattern leaves', () => {
    const { toPfn } = compilePfnMapping({ pfn: { a: [[['mc/(.*)', '{0}']]], b: [[['/store/mc', 'x']]] } });
    expect(toPfn('a', lfn)).toBeNull();
    expect(toPfn('b', lfn)).toBe('x');
  });

  it('applies a chain rule after rule, and takes the first chain that goes through', () => {
    const { toPfn } = compilePfnMapping({
      pfn: {
        root: [
          [
            ['/store/(.*)', '/first/{0}'],
            ['/never/(.*)', '{0}'],
          ],
          [
            ['/store/(.*)', '/second/{0}'],
            ['/second/(.*)', 'root://x/{0}'],
          ],
          [['(.*)', 'third']],
        ],
      },
    });
    expect(toPfn('root', lfn)).toBe('root://x/mc/1.root');
    expect(toPfn('root', parseLfn('/user/a'))).toBe('third');
  });

  it('leaves a group empty that took no part, and writes braces', () => {
    const { toPfn } = compilePfnMapping({ pfn: { a: [[['/store(/data)?/(.*)', '{{{0}}}{1}']]] } });
    expect(toPfn('a', lfn)).toBe('{}mc/1.root');
  });

  it('takes linear time for patterns that make others run for ever', () => {
    const { toPfn } = compilePfnMapping({ pfn: { a: [[['/(a+)+$', '{0}']]] } });
    expect(toPfn('a', parseLfn(`/${'a'.repeat(1000)}b`))).toBeNull();
  });
});

describe('mapping a PFN to an LFN', () => {
  const site = {
    pfn: { root: [[['/store/(.*)', 'root://se//cms/{0}']]] },
    lfn: { root: [[['root://se//cms/(.*)', '/store/{0}']]] },
  } as const;

  it('goes through the inverse chains, if the site has them', () => {
    expect(compilePfnMapping(site).toLfn('root', 'root://se//cms/mc/1.root')).toBe(lfn);
    expect(compilePfnMapping(site).toLfn('root', 'root://other//cms/mc/1.root')).toBeNull();
    expect(compilePfnMapping({ pfn: site.pfn }).toLfn('root', 'root://se//cms/mc/1.root')).toBeNull();
  });

  it('never gives what is no LFN', () => {
    for (const path of ['../secret', 'a//b', '', 'a\nb', 'x'.repeat(2000)]) {
      expect(compilePfnMapping(site).toLfn('root', `root://se//cms/${path}`)).toBeNull();
    }
  });

  it('is the inverse of a mapping with inverse chains', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/).filter((text) => !/^\.{1,2}$/.test(text));
    const { toPfn, toLfn } = compilePfnMapping(site);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), (segments) => {
        const name = parseLfn(`/store/${segments.join('/')}`);
        expect(toLfn('root', toPfn('root', name) ?? '')).toBe(name);
      }),
    );
  });
});

describe('a mapping from outside', () => {
  it('is returned as it is when it is good', () => {
    const good = { root: [[['/store/(.*)', 'root://se//cms/{0}']]], 'srm+v2': [[['(.*)', '{0}']]] };
    expect(parsePfnSpecification(good)).toEqual(good);
    expect(parsePfnSpecification({})).toEqual({});
  });

  it.each([
    [null, 'pfn: expected an object'],
    [[], 'pfn: expected an object'],
    [{ root: 'x' }, 'pfn.root: expected a list of chains'],
    [{ root: [] }, 'pfn.root: expected a list of chains'],
    [{ root: [[]] }, 'pfn.root[0]: expected a list of rules'],
    [{ root: [['/store/(.*)', 'x']] }, 'pfn.root[0][0]: expected [pattern, replacement]'],
    [{ root: [[['a', 'b', 'c']]] }, 'pfn.root[0][0]: expected [pattern, replacement]'],
    [{ root: [[['a', 1]]] }, 'pfn.root[0][0][1]: expected a replacement'],
    [{ root: [[[1, 'a']]] }, 'pfn.root[0][0][0]: expected a pattern'],
    [{ root: [[['(', 'a']]] }, 'pfn.root[0][0][0]: bad pattern "("'],
    [{ root: [[['(?=x)', 'a']]] }, 'pfn.root[0][0][0]: bad pattern'],
    [{ root: [[['(a)', '{1}']]] }, 'pfn.root[0][0][1]: replacement "{1}" names group {1} (the pattern captures 1'],
    [{ root: [[['(a)', '{x}']]] }, 'pfn.root[0][0][1]: replacement "{x}" has a brace that stands alone'],
    [{ root: [[['(a)', '{0']]] }, 'has a brace that stands alone'],
    [{ root: [[['x'.repeat(3000), 'a']]] }, 'pfn.root[0][0][0]: longer than 2048'],
    [{ 'a b': [[['a', 'b']]] }, 'pfn.a b: bad name of a protocol'],
    [{ root: Array.from({ length: 65 }, () => [['a', 'b']]) }, 'pfn.root: more than 64 chains'],
    [{ root: [Array.from({ length: 17 }, () => ['a', 'b'])] }, 'pfn.root[0]: more than 16 rules'],
  ])('is refused with its place (%#)', (bad, message) => {
    expect(() => parsePfnSpecification(bad)).toThrow(message);
  });

  it('is refused with the place in the file as well', () => {
    const where = { file: 'dump.jsonl', line: 3, path: 'pfn' };
    expect(() => parsePfnSpecification({ root: [[['(', 'a']]] }, where)).toThrow(
      /^dump\.jsonl:3: pfn\.root\[0\]\[0\]\[0\]: /,
    );
    expect(() => compilePfnMapping({ pfn: {}, lfn: { root: [[['(', 'a']]] } }, { file: 'a', path: 'site[2]' })).toThrow(
      /^a: site\[2\]\.lfn\.root\[0\]\[0\]\[0\]: /,
    );
  });

  it('is either taken and compiles, or refused as input', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('(', ')', '{0}', '{', '(.*)', '[', '\\', '+', '(?i)'));
    fc.assert(
      fc.property(fc.array(text), fc.array(text), (pattern, replacement) => {
        const value = { root: [[[pattern.join(''), replacement.join('')]]] };
        try {
          compilePfnMapping({ pfn: parsePfnSpecification(value) }).toPfn('root', lfn);
        } catch (error) {
          expect(isDynamoError(error, 'invalid-input')).toBe(true);
        }
      }),
    );
  });
});
