import { replicaVariables } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../policy/check-policy.ts';
import type { CheckedPolicy } from '../policy/checked-policy.ts';
import { formatPolicyTests } from './format-policy-tests.ts';
import { parsePolicyTests } from './parse-policy-tests.ts';
import { type PolicyTestResult, runPolicyTests } from './run-policy-tests.ts';

const NOON = 1_767_268_800;
const POLICY = `Partition P
On site.storage_type == DISK
When site.occupancy > 0.9
Until site.occupancy < 0.5
Ignore site.name == T9
ProtectBlock blockreplica.is_locked
Protect replica.enforcer_protected
Protect dataset.last_access newer_than 30 days ago
DeleteBlock blockreplica.owner == old
Delete dataset.status == INVALID
Dismiss
Order increasing dataset.last_access
`;

function policyAt(nowSeconds: number): CheckedPolicy {
  const outcome = readPolicy(POLICY, { nowSeconds });
  if (!outcome.ok) throw new Error(outcome.diagnostics[0]?.message);
  return outcome.value;
}

function parse(document: object): ReturnType<typeof parsePolicyTests> {
  return parsePolicyTests(document, { file: 'p.test.yaml', now: NOON, variables: replicaVariables() });
}

function run(...replicas: readonly object[]): Promise<PolicyTestResult[]> {
  return runWith({}, replicas);
}

function runWith(rest: object, replicas: readonly object[]): Promise<PolicyTestResult[]> {
  const { tests } = parse({ policy: 'p.txt', tests: [{ name: 't', replicas, ...rest }] });
  return runPolicyTests(tests, { file: 'p.test.yaml', policyAt, partitions: null });
}

const AT = { dataset: '/a', site: 'S1' };

describe('policy tests', () => {
  it.each([
    ['a producer value', { ...AT, 'dataset.last_access': '29 days ago', expect: 'protect by line 8' }],
    ['a value that turned', { ...AT, 'dataset.last_access': '31 days ago', expect: 'delete by default' }],
    ['a variable of replicas', { ...AT, 'replica.enforcer_protected': true, expect: 'protect by line 7' }],
    ['a status', { ...AT, 'dataset.status': 'INVALID', expect: 'delete by line 10' }],
    ['a line by its text', { ...AT, group: 'old', expect: 'delete by DeleteBlock  blockreplica.owner == old' }],
    ['the default by its line', { ...AT, expect: 'dismiss by line 11' }],
    ['what is ignored', { ...AT, site: 'T9', expect: 'ignore' }],
    [
      'blocks',
      {
        ...{ ...AT, group: 'old', blocks: { x: { locked: true }, y: {}, z: { group: 'new' } } },
        expect: { x: 'protect by line 6', y: 'delete by line 9', z: 'dismiss by default' },
      },
    ],
  ])('take %s', async (_, replica) => {
    expect(await run(replica)).toEqual([{ name: 't', failures: [] }]);
  });

  it.each([
    [{ ...AT, expect: 'protect' }, 'delete by the default decision, line 11: Dismiss'],
    [{ ...AT, expect: 'delete by line 10' }, 'delete by the default decision, line 11: Dismiss'],
    [{ ...AT, 'dataset.status': 'invalid', expect: 'dismiss' }, 'delete by line 10: Delete dataset.status == INVALID'],
    [{ ...AT, expect: 'ignore' }, 'delete by the default decision, line 11: Dismiss'],
    [{ ...AT, expect: 'delete by guard' }, 'delete by the default decision, line 11: Dismiss'],
  ])('tell what became of %j', async (replica, got) => {
    const [result] = await run(replica);
    expect(result?.failures).toMatchObject(
      [{ dataset: '/a', site: 'S1', expected: replica.expect, got }].map((each) => ({
        ...each,
        expected: expect.any(String),
      })),
    );
  });

  it('show why the expected line did not decide', async () => {
    const results = await run({ ...AT, 'dataset.last_access': '2025-11-01', expect: 'protect by line 8' });
    expect(formatPolicyTests('p.test.yaml', results)).toBe(`p.test.yaml: 1 test, 1 failed
  FAILED: t
    /a at S1
      expected protect by line 8
      got      delete by the default decision, line 11: Dismiss
      line 8: no  dataset.last_access newer_than 30 days ago   [dataset.last_access is 2025-11-01T00:00:00Z; yes if it were after 2025-12-02T12:00:00Z]`);
    expect(formatPolicyTests('p', results, { verbose: true })).toContain('line 10: Delete dataset.status == INVALID');
  });

  it('count what follows from the replicas: occupancy, copies, the guard', async () => {
    const sites = { S1: { occupancy: 0.89 }, S2: { quota: 1e12 }, S3: { occupancy: 0.95, storage: 'mss' } };
    const both = [
      { dataset: '/a', site: 'S1', expect: 'keep by default' },
      { dataset: '/a', site: 'S2', expect: 'delete' },
      { dataset: '/a', site: 'S3' },
      { dataset: '/b', site: 'S2', expect: 'protect by guard last-copy' },
    ];
    expect(await runWith({ sites, guard: 'on' }, both)).toEqual([{ name: 't', failures: [] }]);
  });

  it('say that nothing is decided where the policy does not look', async () => {
    const [result] = await runWith({ sites: { S1: { storage: 'mss' } } }, [{ ...AT, expect: 'ignore' }]);
    expect(result?.failures[0]?.got).toBe('nothing: no On line of the policy takes S1');
  });

  it('name every fault of a file, with its place', () => {
    const replicas = [
      { ...AT, 'dataset.on_tape': 'FULL', 'dataset.usage_rnak': 1, expect: 'removed' },
      { ...AT, 'dataset.last_access': 'once', size: -1, expect: { y: 'keep' } },
    ];
    const faulty = {
      policy: 'p.txt',
      sites: { S1: { storage: 'disc' } },
      tests: [{ name: 't', replicas }, { replicas: [] }],
    };
    let message = '';
    try {
      parse(faulty);
    } catch (error) {
      message = (error as Error).message;
    }
    for (const expected of [
      /^p.test.yaml: sites.S1.storage: `disc` is none of disk/m,
      /replicas\[0\].dataset.on_tape: it follows from the replicas/,
      /replicas\[0\].dataset.usage_rnak: unknown key \(did you mean dataset.usage_rank\?\)/,
      /replicas\[0\].expect: "removed" is not what can be expected/,
      /replicas\[1\].dataset.last_access: "once" is not a value of it: it is a time/,
      /replicas\[1\].size/,
      /replicas\[1\].expect.y: the replica has no such block/,
      /tests\[1\].name: is missing/,
      /tests\[1\].replicas: nothing is expected/,
    ]) {
      expect(message).toMatch(expected);
    }
  });

  it('refuse a test that contradicts itself', async () => {
    const other = { dataset: '/a', site: 'S2' };
    await expect(
      run({ ...AT, 'dataset.status': 'valid', expect: 'keep' }, { ...other, 'dataset.status': 'invalid' }),
    ).rejects.toThrow('replicas[1].dataset.status: another replica of /a says otherwise');
    await expect(run({ ...AT, expect: 'keep' }, { ...other, size: 7 })).rejects.toThrow(
      'block block of /a has another size',
    );
    await expect(
      run({ ...AT, 'dataset.usage_rank': 1, expect: 'keep' }, { ...other, 'dataset.usage_rank': 2 }),
    ).rejects.toThrow('another replica of /a has another value');
    await expect(run({ ...AT, expect: 'keep' }, AT)).rejects.toThrow(/S1/);
  });
});
