import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from './glob.ts';
import { compileAnchoredRegex } from './regex.ts';

function globMatches(pattern: string, text: string): boolean {
  const glob = compileGlob(pattern);
  if (!glob.ok) throw new Error(glob.message);
  return glob.matches(text);
}

function regexMatches(pattern: string, text: string): boolean {
  const regex = compileAnchoredRegex(pattern);
  if (!regex.ok) throw new Error(regex.message);
  return regex.matches(text);
}

describe('globs', () => {
  it.each([
    ['/*/*/RAW', '/A/B/RAW', true],
    ['/*/*/RAW', '/A/B/C/RAW', true],
    ['/*/*/RAW', '/A/B/RAW-RECO', false],
    ['*', '', true],
    ['**', 'x', true],
    ['?', '', false],
    ['a*a', 'a', false],
    ['T?_[!A-F]*', 'T2_US_MIT', true],
    ['T?_[!A-U]*', 'T2_US_MIT', false],
    ['*[]]*', 'a]b', true],
    ['*[!]]', ']', false],
    ['*[', 'a[', true],
    ['*[^a]', 'x^', true],
    ['*[^a]', 'xb', false],
    ['*[a-]', '-', true],
    ['*.*', 'a.b', true],
    ['a?c*', 'a\u{1F600}c', true],
    ['*?', '\u{1F600}', true],
    ['*??', '\u{1F600}', false],
    ['*[\u{1F600}-\u{1F64F}]', 'x\u{1F610}', true],
  ])('%s over %s: %s', (pattern, text, expected) => {
    expect(globMatches(pattern, text)).toBe(expected);
  });

  it('match what the expression that they stand for matches', () => {
    const unit = fc.constantFrom('a', 'b', '/', '.', '\u{1F600}');
    const pattern = fc.array(fc.oneof(fc.constantFrom('*', '?', '[ab]', '[!a]', '[b-z]'), unit), { maxLength: 10 });
    const text = fc.string({ unit, maxLength: 12 });
    const translated: Readonly<Record<string, string>> = {
      '*': '.*',
      '?': '.',
      '.': '\\.',
      '/': '\\/',
      '[!a]': '[^a]',
    };
    fc.assert(
      fc.property(pattern, text, (parts, value) => {
        const expression = parts.map((part) => translated[part] ?? part).join('');
        expect(globMatches(parts.join(''), value)).toBe(new RegExp(`^(?:${expression})$`, 'su').test(value));
      }),
      { numRuns: 2000 },
    );
  });

  it('never take longer than the product of the lengths', () => {
    const text = 'a'.repeat(5000);
    const started = performance.now();
    expect(globMatches(`${'*a'.repeat(500)}*b`, text)).toBe(false);
    expect(globMatches(`${'*?a'.repeat(500)}*b*`, text)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('regular expressions', () => {
  it('are anchored at the start only', () => {
    expect(regexMatches('b', 'ab')).toBe(false);
    expect(regexMatches('a', 'ab')).toBe(true);
    expect(regexMatches('a$', 'ab')).toBe(false);
    expect(regexMatches('b|a', 'ab')).toBe(true);
    expect(regexMatches('x|b', 'ab')).toBe(false);
    expect(regexMatches('/[^/]+/[^/]+/GEN-SIM(?:-RECO|)$', '/A/B/GEN-SIM')).toBe(true);
  });

  it('may end within a quotation', () => {
    expect(regexMatches('a\\Q(b', 'a(bc')).toBe(true);
    expect(regexMatches('a\\Q(b', 'xa(b')).toBe(false);
  });

  it('cannot close the group that anchors them', () => {
    expect(compileAnchoredRegex('a)|(?:b').ok).toBe(false);
  });

  it('take time linear in the text, however hostile', () => {
    const text = 'a'.repeat(20_000);
    const started = performance.now();
    for (const pattern of ['(a*)*b', '(a|aa)+$b', '(x+x+)+y', '(.*)(.*)(.*)(.*)b$', '((a?){30}){30}b']) {
      expect(regexMatches(pattern, text)).toBe(false);
    }
    expect(performance.now() - started).toBeLessThan(4000);
  });

  it('are refused where their program would be large', () => {
    expect(compileAnchoredRegex('[a-z]{900}[a-z]{900}[a-z]{900}[a-z]{900}[a-z]{900}')).toMatchObject({ ok: false });
    expect(compileAnchoredRegex('a'.repeat(2001))).toMatchObject({ ok: false, offset: 0, length: 2001 });
  });
});
