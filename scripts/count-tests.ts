// Prints `tests: N passed, N failed, N skipped` from vitest's JSON result; ends with 1 if any failed or none ran.
//
//   count-tests.ts RESULT.json
import { readFileSync } from 'node:fs';

interface TestResult {
  readonly assertionResults: readonly { readonly status: string }[];
  readonly status: string;
}

const path = process.argv[2] ?? '';
const count = { passed: 0, failed: 0, skipped: 0 };
try {
  const { testResults } = JSON.parse(readFileSync(path, 'utf8')) as { testResults: readonly TestResult[] };
  for (const file of testResults) {
    for (const { status } of file.assertionResults) {
      if (status === 'passed' || status === 'failed') count[status] += 1;
      else count.skipped += 1;
    }
    // A file that does not even load has no tests to count, and is a failure all the same.
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')) count.failed += 1;
  }
} catch (error) {
  console.error(`cannot read the test result ${path}: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
if (count.failed > 0 || count.passed === 0) process.exitCode = 1;
console.log(`tests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
