import { type AttributeColumn, compareByteOrder } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../policy/check-policy.ts';
import { federation, NOW, policyText } from '../../testing-fixtures/random-federation.ts';
import { viewOf } from '../../testing-fixtures/view-of.ts';
import { detoxPlan } from '../detox-plan.ts';
import { detoxPlanJson, unpackedDecisions, wholePlanParts } from '../detox-plan-json.ts';
import { planDetox } from '../plan-detox.ts';
import { readAscending, writeAscending } from './ascending-numbers.ts';
import { packAttributes, unpackAttributes } from './attribute-columns.ts';
import { blockNamesIn } from './block-parts.ts';
import { readWholes, writeWholes } from './byte-planes.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import { type CycleContents, type CycleInputs, changedDatasets, cycleInputs, optionsOfInputs } from './cycle-inputs.ts';
import { unpackDatasets } from './dataset-table.ts';
import { packNames, unpackNames } from './name-list.ts';
import { withUuids } from './testing/with-uuids.ts';
import { countDecisions, type DecisionFilter, type WrittenDecision } from './written-decision.ts';

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

  it('numbers of one width do, and ascending ones', () => {
    const numbers = fc.oneof(fc.array(fc.maxSafeNat()), fc.array(fc.nat({ max: 300 })));
    fc.assert(
      fc.property(
        numbers,
        fc.uniqueArray(fc.nat({ max: 5000 })),
        fc.constantFrom(5001, 16 ** 6, 16 ** 12),
        (list, few, limit) => {
          const ascending = few.sort((a, b) => a - b);
          const writer = new ByteWriter();
          writeWholes(writer, list);
          writeAscending(writer, ascending, limit);
          const reader = new ByteReader(writer.finish());
          expect([...readWholes(reader)]).toEqual(list);
          expect(readAscending(reader, ascending.length, limit)).toEqual(ascending);
        },
      ),
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
      fc.property(columns, columns, (written, before) => {
        const columnsOf = (each: typeof written) =>
          new Map<string, AttributeColumn>(
            Object.entries(each).map(([variable, column]) => [variable, new Map(Object.entries(column))]),
          );
        const [given, base] = [columnsOf(written), columnsOf(before)];
        const datasets = ['/a', '/b', '/c', '/d'];
        const back = unpackAttributes(packAttributes(given, datasets), datasets);
        expect(unpackAttributes(packAttributes(given, datasets, base), datasets, base)).toEqual(back);
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
        const view = await viewOf(withUuids(records));
        const result = planDetox(view, given);
        const plan = detoxPlan(result);
        const contents = plan.contents as CycleContents;
        const unpacked = unpackedDecisions(contents, blockNamesIn(view));
        const whole = [...wholePlanParts(JSON.parse(plan.document) as object, unpacked)].join('');
        expect(whole).toBe(detoxPlanJson(result));
        expect(new TextDecoder().decode(contents.policy)).toBe(text);
        const all = [...unpacked.decisions()];
        const { decided } = plan.inputs as CycleInputs;
        expect(countDecisions(decided)).toBe(all.length);
        for (const { dataset, site, decision, ...by } of all.slice(0, 3)) {
          const line = 'line' in by ? by.line : 0;
          const filters = [{ dataset }, { site, decision }, { line }, { site, line, decision }, { dataset, line }];
          for (const wanted of filters) {
            const found = all.filter((each) => isWanted(each, wanted));
            expect([...unpacked.decisions(wanted)]).toEqual(found);
            if (!('dataset' in wanted)) expect(countDecisions(decided, wanted)).toBe(found.length);
          }
        }
        // Without the blocks, each name is whole or the beginning of its own.
        const abbreviated = [...unpackedDecisions(contents).decisions()].flatMap(({ blocks = [] }) => blocks);
        const full = all.flatMap(({ blocks = [] }) => blocks);
        expect(abbreviated).toHaveLength(full.length);
        for (const [i, each] of abbreviated.entries()) {
          expect(each.endsWith('*') ? full[i]?.startsWith(each.slice(0, -1)) : full[i] === each).toBe(true);
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

  it('beside an earlier cycle it keeps what has changed, and comes to the same', async () => {
    const ranks = fc.dictionary(
      fc.constantFrom('/a/x/RAW', '/B/y/AOD', '/elsewhere'),
      kindOfValue.chain((of) => of),
    );
    await fc.assert(
      fc.asyncProperty(federation, federation, policyText, ranks, ranks, async (one, other, text, before, after) => {
        const policy = readPolicy(text, { file: 'p.txt', nowSeconds: NOW });
        if (!policy.ok) throw new Error(policy.diagnostics.map(({ message }) => message).join());
        const run = async ({ records }: typeof one, values: typeof before) => {
          const numbers = Object.entries(values).filter(([, each]) => typeof each === 'number');
          const attributes = new Map([['dataset.usage_rank', new Map(numbers)]]);
          return planDetox(await viewOf(records), { policy: policy.value, now: NOW, attributes });
        };
        const base = cycleInputs(await run(one, before)).contents;
        for (const result of [await run(one, before), await run(one, after), await run(other, after)]) {
          const alone = cycleInputs(result);
          const { contents, inputs } = cycleInputs(result, base);
          expect(inputs).toEqual(alone.inputs);
          expect(contents.decisions).toEqual(alone.contents.decisions);
          const tableOf = ({ datasets, changes }: Pick<CycleContents, 'datasets' | 'changes'>) =>
            changedDatasets(unpackDatasets(datasets), changes);
          const [got, wanted] = [tableOf(contents), tableOf(alone.contents)];
          expect([got.names, Array.from(got.sizes)]).toEqual([wanted.names, Array.from(wanted.sizes)]);
          expect(optionsOfInputs(inputs, contents)).toEqual(optionsOfInputs(alone.inputs, alone.contents));
          if (contents.changes !== undefined) expect(contents.datasets).toBe(base.datasets);
        }
        // One that is none is as if it were not there.
        const damaged = { datasets: base.datasets.slice(1), attributes: base.attributes };
        const result = await run(one, after);
        expect(cycleInputs(result, damaged)).toEqual(cycleInputs(result));
      }),
      { numRuns: 60 },
    );
  });
});

function isWanted(each: WrittenDecision, wanted: DecisionFilter): boolean {
  return Object.entries(wanted).every(([key, value]) => each[key as keyof WrittenDecision] === value);
}
