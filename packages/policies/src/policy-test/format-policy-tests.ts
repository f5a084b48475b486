import { formatExplanation, formatPredicate } from '../detox/explain/format-explanation.ts';
import type { PolicyTestFailure, PolicyTestResult } from './run-policy-tests.ts';

export interface FormatPolicyTestsOptions {
  /** Adds the walk down the lines to each difference. */
  readonly verbose?: boolean;
}

/** For people: a line for the file, and the differences. */
export function formatPolicyTests(
  file: string,
  results: readonly PolicyTestResult[],
  { verbose = false }: FormatPolicyTestsOptions = {},
): string {
  const failed = results.filter(({ failures }) => failures.length > 0);
  const count = `${results.length} test${results.length === 1 ? '' : 's'}`;
  const lines = failed.flatMap(({ name, failures }) => [
    `  FAILED: ${name}`,
    ...failures.flatMap((failure) => [
      ...formatFailure(failure),
      ...(verbose ? indented(formatExplanation(failure.explanation)) : []),
    ]),
  ]);
  return [`${file}: ${count}, ${failed.length === 0 ? 'all passed' : `${failed.length} failed`}`, ...lines].join('\n');
}

function formatFailure({ dataset, site, block, expected, got, explanation }: PolicyTestFailure): string[] {
  const line = Number(/by line (\d+)$/.exec(expected)?.[1] ?? -1);
  const asked = explanation.evaluations.flatMap(({ lines }) => lines).find((each) => each.line === line);
  const against = (asked?.predicates ?? [])
    .filter(({ holds }) => !holds)
    .map((predicate) => `      line ${line}: ${formatPredicate(predicate)}`);
  return [
    `    ${block === null ? '' : `block ${block} of `}${dataset} at ${site}`,
    `      expected ${expected}`,
    `      got      ${got}`,
    ...against,
  ];
}

function indented(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `        ${line}`));
}
