import type { Plan, PlanStep, Reason, Version } from '@dynamo/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contentOf, planOf } from './written-plan.ts';

const text = fc.string({ unit: 'grapheme' });
const reason = fc.record({ source: fc.constantFrom('detox', 'user'), text, reference: fc.constantFrom('1', '2') });
const step = fc.record({
  kind: fc.constant('delete'),
  dataset: text,
  block: text,
  site: text,
  facts: fc.record({ group: fc.option(text), lastUpdate: fc.nat(), files: fc.nat() }),
  copiesLeft: fc.nat(),
  reason,
});
const plan = fc.record({
  planner: text,
  title: text,
  version: fc.nat(),
  now: fc.nat(),
  steps: fc.array(step, { maxLength: 5 }),
  requests: fc.constant([]),
  notCommittable: fc.array(text),
  document: fc.oneof(text, fc.constant('{"decisions":[]}\n\n')),
  notes: fc.dictionary(text, fc.integer(), { noNullPrototype: true }),
  contents: fc.dictionary(fc.constantFrom('a', 'b'), fc.uint8Array(), { noNullPrototype: true }),
});

it('comes back as it was, whatever is in its texts', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (made) => {
      expect(await planOf(await contentOf(made as unknown as Plan))).toEqual(made);
    }),
  );
});

it('comes back as it was, with very many steps and few reasons', async () => {
  const reasons: readonly Reason[] = Array.from({ length: 7 }, (_, i) => ({
    source: 'detox',
    text: 'r',
    reference: `${i}`,
  }));
  const steps = Array.from({ length: 2500 }, (_, i) => ({
    kind: 'copy',
    dataset: '/a',
    block: `${i}`,
    site: 'T',
    group: null,
    reason: reasons[i % 7],
  }));
  const made: Plan = {
    ...{ planner: 'p', title: 't', version: 1 as Version, now: 1, requests: [], notCommittable: [], document: '{}' },
    steps: steps as unknown as readonly PlanStep[],
    contents: {},
  };
  const content = await contentOf(made);
  expect(await planOf(content)).toEqual(made);
  expect(content.split('"source"')).toHaveLength(1 + reasons.length);
});

it('is refused in the form of before', async () => {
  await expect(planOf('{"planner":"detox","steps":[],"reasons":[],"contents":{}}\n{}')).rejects.toThrow('make it anew');
});
