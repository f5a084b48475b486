import { EXPECTED_OUTCOMES, type Expectation, type ExpectedDecider } from './policy-test.ts';

/** `protect`, `delete by line 14`, `dismiss by default`, `protect by guard last-copy`, `protect by Protect replica.incomplete`. */
export function parseExpectation(text: string, block: string | null): Expectation | undefined {
  const [, word = '', decider] = /^(\w+)(?:\s+by\s+(.+))?$/s.exec(text.trim()) ?? [];
  const outcome = EXPECTED_OUTCOMES.find((each) => each === word.toLowerCase());
  if (outcome === undefined) return undefined;
  return { block, outcome, by: decider === undefined ? null : parseDecider(decider.trim()) };
}

export const EXPECTATION_HINT =
  'write `protect`, `delete by line 14`, `dismiss by default`, `protect by guard`, or the line itself after `by`';

export function describeExpectation({ outcome, by }: Expectation): string {
  return by === null ? outcome : `${outcome} by ${describeDecider(by)}`;
}

function parseDecider(text: string): ExpectedDecider {
  const line = /^line\s+(\d+)$/.exec(text)?.[1];
  if (line !== undefined) return { kind: 'line', line: Number(line) };
  if (/^(?:the\s+)?default$/.test(text)) return { kind: 'default' };
  const guard = /^(?:the\s+)?guard(?:\s+(\S+))?$/.exec(text);
  if (guard !== null) return { kind: 'guard', rule: guard[1] ?? null };
  return { kind: 'text', text: oneLine(text) };
}

function describeDecider(by: ExpectedDecider): string {
  switch (by.kind) {
    case 'line':
      return `line ${by.line}`;
    case 'default':
      return 'the default decision';
    case 'text':
      return by.text;
    case 'guard':
      return by.rule === null ? 'the guard' : `the guard (${by.rule})`;
    default:
      return by satisfies never;
  }
}

/** Lines are compared without regard to white space. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}
