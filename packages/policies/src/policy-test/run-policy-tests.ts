import {
  Inventory,
  type InventoryRecord,
  type InventoryView,
  inputError,
  memoryStore,
  type PartitionName,
  type PartitionRecord,
  type Version,
} from '@dynamo/core';
import type { DetoxOptions } from '../detox/detox-options.ts';
import { explainDetox } from '../detox/explain/explain-detox.ts';
import type { DetoxExplanation } from '../detox/explain/explanation.ts';
import type { CheckedPolicy } from '../policy/checked-policy.ts';
import { describeExpectation, oneLine } from './expectation.ts';
import type { Expectation, ExpectedDecider, PolicyTest } from './policy-test.ts';
import { quotaRecords, testAttributes, testRecords } from './test-inventory.ts';

export interface RunPolicyTestsOptions {
  /** For messages. */
  readonly file?: string | undefined;
  /** The policy, checked with the time of a test (seconds since 1970). */
  readonly policyAt: (now: number) => CheckedPolicy | Promise<CheckedPolicy>;
  /** Null: every replica is in the partition of the policy. */
  readonly partitions: readonly PartitionRecord[] | null;
}

export interface PolicyTestResult {
  readonly name: string;
  /** Empty: all is as expected. */
  readonly failures: readonly PolicyTestFailure[];
}

export interface PolicyTestFailure {
  readonly dataset: string;
  readonly site: string;
  /** Null: it is about all blocks. */
  readonly block: string | null;
  readonly expected: string;
  /** What became of the blocks, and by what. */
  readonly got: string;
  /** The walk down the lines. */
  readonly explanation: DetoxExplanation;
}

/** Runs the policy on the little inventory of each test. Rejects with `invalid-input` for a test that makes no sense. */
export async function runPolicyTests(
  tests: readonly PolicyTest[],
  options: RunPolicyTestsOptions,
): Promise<PolicyTestResult[]> {
  const results: PolicyTestResult[] = [];
  for (const test of tests) results.push(await runTest(test, options));
  return results;
}

async function runTest(
  test: PolicyTest,
  { file, policyAt, partitions: given }: RunPolicyTestsOptions,
): Promise<PolicyTestResult> {
  const policy = await policyAt(test.now);
  const partition = policy.partition as PartitionName;
  const partitions = given ?? [{ name: partition, condition: 'site.name == *' }];
  if (!partitions.some(({ name }) => name === partition)) {
    throw inputError({
      what: `the partitions of the test have no \`${partition}\`, which is the policy's`,
      where: { file },
    });
  }
  const records = testRecords(test, partitions, file);
  const bytes = await withView(records, (view) => {
    return new Map([...view.sites()].map((site) => [site.name as string, site.usage(partition).physical]));
  });
  const quotas = quotaRecords(test, partition, { partitions, bytesAt: (site) => bytes.get(site) ?? 0 });
  const firstDataset = records.findIndex(({ entity }) => entity === 'dataset');
  const detox: DetoxOptions = { policy, now: test.now, guard: test.guard, attributes: testAttributes(test, file) };
  return withView(records.toSpliced(firstDataset, 0, ...quotas), (view) => ({
    name: test.name,
    failures: test.replicas.flatMap(({ dataset, site, expect }) => {
      if (expect.length === 0) return [];
      const explanation = explainDetox(view, detox, dataset, site);
      return expect.flatMap((expected) => failureOf(expected, explanation, policy));
    }),
  }));
}

async function withView<T>(records: readonly InventoryRecord[], work: (view: InventoryView) => T): Promise<T> {
  await using store = memoryStore();
  const counters = { nextFile: 1, nextOperation: 1, nextLock: records.length + 1, nextRequest: 1 };
  await store.inventory.baseline({ version: 1 as Version, counters }, inBatches(records));
  const inventory = await Inventory.open(store.inventory);
  using view = inventory.view();
  return work(view);
}

async function* inBatches(records: readonly InventoryRecord[]): AsyncGenerator<readonly InventoryRecord[]> {
  yield records;
}

/** What became of one block, or of a whole replica that has none. */
interface Outcome {
  readonly decision: 'delete' | 'keep' | 'protect' | 'ignore';
  /** 0: the default decision; null: none. */
  readonly line: number | null;
  readonly rule: string | null;
}

function failureOf(expected: Expectation, explanation: DetoxExplanation, policy: CheckedPolicy): PolicyTestFailure[] {
  const { dataset, site, absent } = explanation;
  const outcomes = outcomesOf(explanation, expected.block);
  if (absent === null && outcomes.every((outcome) => isAsExpected(outcome, expected, policy))) return [];
  return [
    {
      dataset,
      site,
      block: expected.block,
      expected: describeExpectation(expected),
      got:
        absent === null
          ? [...new Set(outcomes.map((each) => describe(each, policy)))].join('; ')
          : `nothing: ${absent}`,
      explanation,
    },
  ];
}

function outcomesOf({ decisions }: DetoxExplanation, block: string | null): Outcome[] {
  const about = block === null ? decisions : decisions.filter(({ blocks }) => blocks.includes(block));
  if (about.length === 0) return [{ decision: 'ignore', line: null, rule: null }];
  return about.map((each) => ({
    decision: each.decision,
    line: 'line' in each ? each.line : null,
    rule: 'rule' in each ? each.rule : null,
  }));
}

function isAsExpected(outcome: Outcome, { outcome: word, by }: Expectation, policy: CheckedPolicy): boolean {
  if (word === 'dismiss' ? actionOf(outcome, policy) !== 'dismiss' : outcome.decision !== word) return false;
  // Nothing is recorded of what was ignored, its line neither.
  return by === null || word === 'ignore' || isBy(outcome, by, policy);
}

function isBy({ line, rule }: Outcome, by: ExpectedDecider, policy: CheckedPolicy): boolean {
  switch (by.kind) {
    case 'line':
      return line === by.line || (line === 0 && by.line === policy.defaultLine);
    case 'default':
      return line === 0;
    case 'text':
      return line !== null && oneLine(textOf(line, policy)) === by.text;
    case 'guard':
      return rule !== null && (by.rule === null || by.rule === rule);
    default:
      return by satisfies never;
  }
}

function actionOf({ line }: Outcome, policy: CheckedPolicy): string | undefined {
  return line === 0 ? policy.defaultAction : policy.lines.find((each) => each.line === line)?.action;
}

function textOf(line: number, policy: CheckedPolicy): string {
  return line === 0 ? policy.defaultText : (policy.lines.find((each) => each.line === line)?.text ?? '');
}

function describe({ decision, line, rule }: Outcome, policy: CheckedPolicy): string {
  if (rule !== null) return `${decision} by the guard (${rule})`;
  if (line === null) return 'ignore';
  const name = line === 0 ? `the default decision, line ${policy.defaultLine}` : `line ${line}`;
  return `${decision} by ${name}: ${textOf(line, policy)}`;
}
