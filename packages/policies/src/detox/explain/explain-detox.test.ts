import { formatDiagnostic } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../policy/check-policy.ts';
import type { CheckedPolicy } from '../../policy/checked-policy.ts';
import { federation, NOW, policyText } from '../../testing-fixtures/random-federation.ts';
import { small } from '../../testing-fixtures/small-federation.ts';
import { viewOf } from '../../testing-fixtures/view-of.ts';
import { listDecisions } from '../list-decisions.ts';
import { planDetox } from '../plan-detox.ts';
import { explainDetox, explainDetoxAt } from './explain-detox.ts';
import { formatExplanation } from './format-explanation.ts';

function read(text: string): CheckedPolicy {
  const outcome = readPolicy(text, { nowSeconds: NOW });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((each) => formatDiagnostic(each, text)).join('\n'));
  return outcome.value;
}

const POLICY = `Partition P
On site.name in [S1 S2]
When site.occupancy > 0.1
Until never
Protect dataset.usage_rank > 9 until 2020-01-01
Protect dataset.last_update newer_than 1 hour ago
ProtectBlock blockreplica.owner == c
Dismiss replica.size < 100 and dataset.status == VALID
Protect
Order none
`;

describe('explainDetox', () => {
  it('tells line by line what was seen, and what became of it', async () => {
    const records = small({
      sites: { S1: { quota: 100 }, S2: { quota: 1000 }, S3: {} },
      data: { '/a': { w: 'S1:A S3:A', x: 'S1:A S3:A', y: 'S1:c S3:A', z: 'S1' }, '/b': { x: 'S3' } },
      attributes: { '/a': { usage_rank: 1 } },
    });
    const view = await viewOf(records);
    const options = { policy: read(POLICY), now: NOW };
    expect(formatExplanation(explainDetox(view, options, '/a', 'S1'))).toBe(`/a
at S1, partition P (the site was triggered)

The last evaluation of 2 blocks (w, x):
  guard: last-copy keeps 1 block (z)
  line 5: Protect dataset.usage_rank > 9 until 2020-01-01
    -> not now: the line has a time, and this is not it
  line 6: Protect dataset.last_update newer_than 1 hour ago
      no  dataset.last_update newer_than 1 hour ago   [dataset.last_update is 2025-12-31T00:00:00Z; yes if it were after 2025-12-31T23:00:00Z]
    -> no
  line 7: ProtectBlock blockreplica.owner == c
      yes blockreplica.owner == c   [blockreplica.owner is A in 2 (no), c in 1 (yes); no if it were other than c]
    -> takes 1 block (y) of 3
  line 8: Dismiss replica.size < 100 and dataset.status == VALID
      yes replica.size < 100   [replica.size is 20; no if it were at least 100]
      yes dataset.status == VALID   [dataset.status is VALID; no if it were other than VALID]
    -> takes all 2 blocks that are left

The last evaluation of 2 blocks (y, z):
  guard: last-copy keeps 1 block (z)
  line 5: Protect dataset.usage_rank > 9 until 2020-01-01
    -> not now: the line has a time, and this is not it
  line 6: Protect dataset.last_update newer_than 1 hour ago
      no  dataset.last_update newer_than 1 hour ago   [dataset.last_update is 2025-12-31T00:00:00Z; yes if it were after 2025-12-31T23:00:00Z]
    -> no
  line 7: ProtectBlock blockreplica.owner == c
      yes blockreplica.owner == c   [blockreplica.owner is c in 1 (yes); no if it were other than c]
    -> takes the one block that is left

What became of it:
  delete: 2 blocks (w, x), 20 bytes, by line 8: Dismiss replica.size < 100 and dataset.status == VALID
  protect: 1 block (y), 10 bytes, by line 7: ProtectBlock blockreplica.owner == c
  protect: 1 block (z), 10 bytes, by the guard (last-copy)
`);
    expect(explainDetox(view, options, '/a', 'S2').absent).toBe('the dataset has no replica at S2');
    expect(explainDetox(view, options, '/b', 'S3').absent).toBe('no On line of the policy takes S3');
    expect(() => explainDetox(view, options, '/c', 'S1')).toThrow('there is no dataset /c');
    expect(() => explainDetox(view, options, '/a', 'S9')).toThrow('there is no site S9');
  });

  it('agrees with the plan, and shows each deciding line taking blocks', async () => {
    const guard = fc.constantFrom('on' as const, 'off' as const);
    await fc.assert(
      fc.asyncProperty(federation, policyText, guard, async ({ records }, text, guardSwitch) => {
        const view = await viewOf(records);
        const options = { policy: read(text), now: NOW, guard: guardSwitch };
        const planned = [...listDecisions(planDetox(view, options))];
        for (const dataset of view.datasets()) {
          const sites = Array.from(dataset.replicas(), ({ site }) => site.name);
          // Of one run what each has of its own.
          expect(explainDetoxAt(view, options, dataset.name, sites)).toEqual(
            sites.map((site) => explainDetox(view, options, dataset.name, site)),
          );
          for (const { site } of dataset.replicas()) {
            const explanation = explainDetox(view, options, dataset.name, site.name);
            const expected = planned.filter((each) => each.dataset === dataset.name && each.site === site.name);
            expect(explanation.decisions).toEqual(
              expected.map((each) => ({
                ...each.by,
                decision: each.decision,
                size: each.size,
                blocks: each.blocks(),
              })),
            );
            expect(formatExplanation(explanation)).toContain(dataset.name);
            expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
            for (const decision of explanation.decisions) {
              if ('rule' in decision) continue;
              const evaluation = explanation.evaluations.find(({ blocks }) =>
                blocks.includes(decision.blocks[0] ?? ''),
              );
              if (evaluation === undefined) continue;
              expect(evaluation.lines.find(({ line }) => line === decision.line)?.takes).toMatch(/some|all/);
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
