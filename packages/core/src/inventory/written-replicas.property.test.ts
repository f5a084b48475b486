import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sameRecord } from '../change-set/same-record.ts';
import { REPLICA_OPERATIONS } from '../model/enumerations.ts';
import type { BlockName, DatasetName, GroupName, SiteName } from '../model/names.ts';
import type { BlockReplicaRecord, FileId } from '../model/records.ts';
import { WrittenReplicas } from './written-replicas.ts';

/** Rows beside each other, far from each other, and the highest that there is. */
const row = fc.oneof(fc.nat(200), fc.nat(0xffff_fffe), fc.constant(0xffff_fffe));

/** Few values, so that what is written is often what was there. */
const values = fc.record({
  group: fc.constantFrom(null, 'AnalysisOps' as GroupName),
  custodial: fc.boolean(),
  lastUpdate: fc.constantFrom(0, 1, 2 ** 32 - 1),
  operation: fc.constantFrom(...REPLICA_OPERATIONS),
  partial: fc.constantFrom<BlockReplicaRecord['partial']>(
    null,
    { size: 3, files: 1, contents: { kind: 'unknown' } },
    { size: 3, files: 1, contents: { kind: 'present', ids: [4 as FileId] } },
  ),
});
type Values = typeof values extends fc.Arbitrary<infer T> ? T : never;

const steps = fc.array(fc.record({ at: row, isTakenOut: fc.boolean(), before: fc.option(values), after: values }), {
  maxLength: 600,
  size: 'max',
});

function recordOf(at: number, values: Values): BlockReplicaRecord {
  const names = {
    dataset: `/D${at % 7}/v/A` as DatasetName,
    block: `b${at}` as BlockName,
    site: `T${at % 3}` as SiteName,
  };
  return { ...names, ...values };
}

it('keeps what a map of rows would, in the order in which they came', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const written = new WrittenReplicas();
      const model = new Map<number, { before: BlockReplicaRecord | null; after: BlockReplicaRecord }>();
      for (const step of all) {
        const place = written.find(step.at);
        const expected = model.get(step.at);
        expect(place !== -1).toBe(expected !== undefined);
        if (expected !== undefined) expect(written.after(place)).toEqual(expected.after);
        const after = recordOf(step.at, step.after);
        if (step.isTakenOut) {
          if (place !== -1) written.takeOut(place);
          model.delete(step.at);
        } else if (expected === undefined) {
          const before = step.before === null ? null : recordOf(step.at, step.before);
          written.add(step.at, before, after, after.partial);
          model.set(step.at, { before, after });
        } else {
          written.setAfter(place, after, after.partial);
          expected.after = after;
        }
      }
      const left: unknown[] = [];
      for (let at = 0; at < written.count; at++) {
        expect(written.isWritten(at)).toBe(written.after(at) !== null);
        const [before, after] = [written.before(at), written.after(at)];
        if (after === null) continue;
        expect(written.isSame(at)).toBe(sameRecord(before, after));
        left.push({ before, after });
      }
      expect(left).toEqual([...model.values()]);
    }),
    { numRuns: 200 },
  );
});
