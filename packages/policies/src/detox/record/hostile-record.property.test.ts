import { DynamoError, type InventoryView } from '@dynamo/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPolicy } from '../../policy/check-policy.ts';
import { federation, NOW } from '../../testing-fixtures/random-federation.ts';
import { viewOf } from '../../testing-fixtures/view-of.ts';
import { unpackedDecisions } from '../detox-plan-json.ts';
import { planDetox } from '../plan-detox.ts';
import { blockNamesIn } from './block-parts.ts';
import { type CycleContents, type CycleInputs, cycleInputs, optionsOfInputs } from './cycle-inputs.ts';
import { RECORD_FORMAT } from './record-format.ts';
import { withUuids } from './testing/with-uuids.ts';

const POLICY = `Partition P
On site.name == *
When always
Until never
ProtectBlock blockreplica.owner == A
DismissBlock blockreplica.owner == c
Protect dataset.usage_rank < 1
Dismiss
Order none
`;

let view: InventoryView;
let record: { readonly inputs: CycleInputs; readonly contents: CycleContents };

beforeAll(async () => {
  const policy = readPolicy(POLICY, { file: 'p.txt', nowSeconds: NOW });
  if (!policy.ok) throw new Error(policy.diagnostics.map(({ message }) => message).join());
  const ranks = new Map([
    ['/a/x/RAW', 0.5],
    ['/B/y/AOD', 2],
  ]);
  // One in which parts of replicas are decided about.
  for (let seed = 1; ; seed++) {
    const [{ records } = { records: [] }] = fc.sample(federation, { seed, numRuns: 1 });
    view = await viewOf(withUuids(records));
    const run = (rank: number) =>
      planDetox(view, {
        ...{ policy: policy.value, now: NOW },
        attributes: new Map([['dataset.usage_rank', new Map([...ranks, ['/a/x/RAW', rank]])]]),
      });
    record = cycleInputs(run(0.7), cycleInputs(run(0.5)).contents);
    const parts = [...unpackedDecisions(record.contents).decisions()].flatMap(({ blocks = [] }) => blocks);
    if (record.contents.changes !== undefined && parts.length > 3) return;
  }
});

/** All of it; throws where something is wrong. */
function readAll({ inputs, contents }: typeof record): void {
  optionsOfInputs(inputs, contents);
  const unpacked = unpackedDecisions(contents, blockNamesIn(view));
  for (const _ of unpacked.decisions());
  unpacked.handedOver();
}

/** Null: it was read. */
function failure(read: () => void): DynamoError | null {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(DynamoError);
    expect((error as DynamoError).code).toBe('corrupt');
    return error as DynamoError;
  }
  return null;
}

const part = fc.constantFrom('datasets' as const, 'attributes' as const, 'changes' as const, 'decisions' as const);

describe('a record that is not as it was written', () => {
  it('is one error where it ends too early', () => {
    for (const name of ['datasets', 'attributes', 'changes', 'decisions'] as const) {
      const bytes = record.contents[name] as Uint8Array;
      for (let length = 0; length < bytes.length; length++) {
        const contents = { ...record.contents, [name]: bytes.slice(0, length) };
        expect(failure(() => readAll({ ...record, contents }))).not.toBeNull();
      }
    }
  });

  it('is one error, or read to its end, where bits are turned', () => {
    fc.assert(
      fc.property(
        part,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        (name, turned) => {
          const bytes = (record.contents[name] as Uint8Array).slice();
          for (const [at, bits] of turned) bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ bits;
          failure(() => readAll({ ...record, contents: { ...record.contents, [name]: bytes } }));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('is one error that says so where another version wrote it', () => {
    const { inputs, contents } = record;
    expect(failure(() => readAll({ inputs: { ...inputs, format: 3, dynamo: '9.0.0' }, contents }))?.message).toBe(
      'the record of the cycle has format 3, written by Dynamo 9.0.0: this one reads format 2',
    );
    expect(failure(() => readAll({ inputs: { format: 1 } as unknown as CycleInputs, contents }))?.message).toBe(
      'the record of the cycle has format 1, written by another version of Dynamo: this one reads format 2',
    );
    for (const name of ['datasets', 'attributes', 'changes', 'decisions'] as const) {
      const bytes = (contents[name] as Uint8Array).slice();
      expect(bytes[0]).toBe(RECORD_FORMAT);
      bytes[0] = RECORD_FORMAT + 1;
      const failed = failure(() => readAll({ inputs, contents: { ...contents, [name]: bytes } }));
      expect(failed?.message).toContain('has format 3');
    }
  });
});
