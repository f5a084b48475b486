import { type AttributeColumn, compareByteOrder } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../policy/check-policy.ts';
import { federation, NOW, policyText } from '../../testing-fixtures/random-federation.ts';
import { viewOf } from '../../testing-fixtures/view-of.ts';
import { detoxPlan } from '../detox-plan.ts';
import { detoxPlanJson, wholePlanParts } from '../detox-plan-json.ts';
import { planDetox } from '../plan-detox.ts';
import { packAttributes, unpackAttributes } from './attribute-columns.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import { type CycleContents, type CycleInputs, optionsOfInputs } from './cycle-inputs.ts';
import { type DecisionFilter, unpackDecisions, type WrittenDecision } from './decision-columns.ts';
import { packNames, unpackNames } from './name-list.ts';

/** With a word that stands for half a surrogate pair, and names that share much. */
const name = fc
  .array(fc.constantFrom('/', 'a', 'ä', '𝒳', '𝒴', '\ud835', '\ufeff', 'Run2018A-v1', 'AOD'), { maxLength: 6 })
  .map((words) => words.join(''));
const value = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(0, -0, 1_528_406_008, 2 ** 53 - 1, -(2 ** 53)),
  fc.boolean(),
  name,
  fc.array(name, { maxLength: 3 }),
);
const kindOfValue = fc.constantFrom(fc.maxSafeNat(), fc.maxSafeInteger(), fc.double(), fc.boolean(), name, value);

describe('what the history keeps of a run', () => {
  it('numbers and texts come back as they were', () => {
    const item = fc.oneof(fc.maxSafeNat(), name);
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const writer = new ByteWriter();
        for (const each of items) typeof each === 'number' ? writer.whole(each) : writer.text(each);
        const bytes = writer.finish();
        const reader = new ByteReader(bytes);
        expect(items.map((each) => (typeof each === 'number' ? reader.whole() : reader.text()))).toEqual(items);
        expect(() => reader.whole()).toThrow(/ends in the middle/);
      }),
    );
  });

  it('names do, sorted or not', () => {
    fc.assert(
      fc.property(fc.array(name), (names) => {
        expect(unpackNames(packNames(names))).toEqual(names);
        const sorted = names.toSorted(compareByteOrder);
        expect(unpackNames(packNames(sorted))).toEqual(sorted);
      }),
    );
  });

  it('attributes of the datasets in the image do, whatever their values are', () => {
    const columns = fc.dictionary(
      fc.constantFrom('dataset.a', 'dataset.b', 'replica.c'),
      kindOfValue.chain((of) => fc.dictionary(fc.constantFrom('/a', '/b', '/c', '/d', '/elsewhere'), of)),
    );
    fc.assert(
      fc.property(columns, (written) => {
        const given = new Map<string, AttributeColumn>(
          Object.entries(written).map(([variable, column]) => [variable, new Map(Object.entries(column))]),
        );
        const datasets = ['/a', '/b', '/c', '/d'];
        const back = unpackAttributes(packAttributes(given, datasets), datasets);
        expect([...back.keys()]).toEqual([...given.keys()]);
        for (const [variable, column] of given) {
          const expected = datasets.flatMap((each) => (column.has(each) ? [[each, column.get(each)]] : []));
          expect([...(back.get(variable) ?? [])]).toEqual(expected);
        }
      }),
    );
  });

  it('the plan does, byte for byte, and can be made again', async () => {
    const run = fc.record({
      federation,
      text: policyText,
      guard: fc.constantFrom('on' as const, 'off' as const),
      deletionPerIteration: fc.constantFrom(0.01, 0.5),
      bytes: fc.option(fc.integer({ min: 0, max: 2000 })),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ federation: { records }, text, bytes, ...options }) => {
        const policy = readPolicy(text, { file: 'p.txt', nowSeconds: NOW });
        if (!policy.ok) throw new Error(policy.diagnostics.map(({ message }) => message).join());
        const limits = bytes === null ? {} : { site: { bytes } };
        const given = { ...options, policy: policy.value, now: NOW, limits, suppliedBefore: ['dataset.usage_rank'] };
        const view = await viewOf(records);
        const result = planDetox(view, given);
        const plan = detoxPlan(result);
        const contents = plan.contents as CycleContents;
        const whole = [...wholePlanParts(JSON.parse(plan.document) as object, contents)].join('');
        expect(whole).toBe(detoxPlanJson(result));
        expect(new TextDecoder().decode(contents.policy)).toBe(text);
        const all = [...unpackDecisions(contents.decisions, unpackNames(contents.datasets))];
        for (const { dataset, site, decision, ...by } of all.slice(0, 3)) {
          const line = 'line' in by ? by.line : 0;
          const filters = [{ dataset }, { site, decision }, { line }, { dataset, site, line, decision }];
          for (const wanted of filters) {
            const found = [...unpackDecisions(contents.decisions, unpackNames(contents.datasets), wanted)];
            expect(found).toEqual(all.filter((each) => isWanted(each, wanted)));
          }
        }
        // What was written down is JSON.
        const inputs = JSON.parse(JSON.stringify(plan.inputs)) as CycleInputs;
        const again = planDetox(view, { policy: policy.value, now: NOW, ...optionsOfInputs(inputs, contents) });
        expect(detoxPlanJson(again)).toBe(whole);
        expect(again.notCommittable).toEqual(result.notCommittable);
      }),
      { numRuns: 100 },
    );
  });
});

function isWanted(each: WrittenDecision, wanted: DecisionFilter): boolean {
  return Object.entries(wanted).every(([key, value]) => each[key as keyof WrittenDecision] === value);
}
