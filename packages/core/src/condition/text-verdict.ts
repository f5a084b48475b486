import type { PredicateTest } from './checked-condition.ts';

/** Whether a text, or a word of an enumeration, satisfies the test. */
export function textVerdict(test: Extract<PredicateTest, { kind: 'text' | 'enum' }>): (text: string) => boolean {
  const { negated } = test;
  if (test.kind === 'enum') {
    const words = new Set(test.words);
    return (text) => words.has(text.toUpperCase()) !== negated;
  }
  const [first, second] = test.patterns;
  if (first !== undefined && second === undefined) return (text) => first.matches(text) !== negated;
  const literals = new Set(test.patterns.filter(({ kind }) => kind === 'equal').map(({ source }) => source));
  const others = test.patterns.filter(({ kind }) => kind !== 'equal');
  return (text) => (literals.has(text) || others.some((pattern) => pattern.matches(text))) !== negated;
}
