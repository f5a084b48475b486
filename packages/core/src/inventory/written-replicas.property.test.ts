import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BlockReplicaRecord } from '../model/records.ts';
import { WrittenReplicas } from './written-replicas.ts';

const record = (lastUpdate: number): BlockReplicaRecord => ({ lastUpdate }) as BlockReplicaRecord;

/** Rows beside each other, far from each other, and the highest that there is. */
const row = fc.oneof(fc.nat(200), fc.nat(0xffff_fffe), fc.constant(0xffff_fffe));

it('keeps what a map of rows would, in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(row, fc.boolean()), { maxLength: 600, size: 'max' }), (steps) => {
      const written = new WrittenReplicas();
      const model = new Map<number, { before: BlockReplicaRecord | null; after: BlockReplicaRecord }>();
      for (const [step, [at, isTakenOut]] of steps.entries()) {
        const place = written.find(at);
        const expected = model.get(at);
        expect(place !== -1).toBe(expected !== undefined);
        if (expected !== undefined) expect(written.after[place]).toBe(expected.after);
        if (isTakenOut) {
          if (place !== -1) written.takeOut(place);
          model.delete(at);
        } else if (expected === undefined) {
          const before = step % 3 === 0 ? null : record(step);
          const after = record(-step);
          written.add(at, before, after);
          model.set(at, { before, after });
        } else {
          const after = record(step);
          written.after[place] = after;
          expected.after = after;
        }
      }
      const left = written.after.flatMap((after, i) =>
        after === undefined ? [] : [{ before: written.before[i], after }],
      );
      expect(left).toEqual([...model.values()]);
    }),
    { numRuns: 200 },
  );
});
