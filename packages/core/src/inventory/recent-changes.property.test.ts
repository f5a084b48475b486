import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Change } from '../change-set/change-set.ts';
import { keyOf } from '../change-set/record-key.ts';
import type { BlockReplicaRecord, Entity } from '../model/records.ts';
import type { CommittedChange, Version } from '../seams/commit.ts';
import { sampleBlock, sampleFile } from '../testing/sample-records.ts';
import { RecentChanges } from './recent-changes.ts';

const LIMIT = 5;

function commitOf(version: number, replicas: number, files: number): CommittedChange {
  const changes: Change[] = [];
  for (let i = 0; i < files; i++) {
    const after = sampleFile(i, sampleBlock('/A/B/C', 'b'), `/store/${i}`);
    changes.push({ entity: 'file', key: String(i), before: null, after });
  }
  for (let i = 0; i < replicas; i++) {
    const after = {
      ...{ dataset: '/A/B/C', block: `b${i}`, site: 'T2_X', group: null, custodial: false },
      ...{ lastUpdate: version, operation: 'none', partial: null },
    } as BlockReplicaRecord;
    changes.push({ entity: 'blockReplica', key: keyOf('blockReplica', after), before: null, after });
  }
  const counters = { nextFile: 1, nextOperation: 1, nextLock: 1, nextRequest: 1 };
  const authorship = { application: 'a', user: 'u', time: 0 };
  return { version: version as Version, id: String(version), authorship, changes: { changes }, counters };
}

const steps = fc.array(fc.record({ replicas: fc.nat(300), files: fc.nat(3), isAwaited: fc.boolean() }), {
  minLength: 1,
  maxLength: 8,
});

it('answers the same whether commits are packed, are being packed, or are as they came', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (commits) => {
      const recent = new RecentChanges(LIMIT);
      const all: CommittedChange[] = [];
      const packing: Promise<void>[] = [];
      for (const { replicas, files, isAwaited } of commits) {
        const committed = commitOf(all.length + 1, replicas, files);
        all.push(committed);
        recent.add(committed);
        packing.push(recent.pack());
        if (isAwaited) await Promise.all(packing);
        checkAnswers(recent, all);
      }
      await Promise.all(packing);
      checkAnswers(recent, all);
      recent.clear();
      expect(recent.since(0 as Version, 9 as Version).kind).toBe('too-old');
    }),
    { numRuns: 60 },
  );
});

it('forgets the oldest of large commits, but never the last one', () => {
  const recent = new RecentChanges(LIMIT);
  const [change] = commitOf(1, 1, 0).changes.changes;
  const addOne = (version: number, count: number): void =>
    recent.add({ ...commitOf(version, 0, 0), changes: { changes: new Array<Change>(count).fill(change as Change) } });
  const oldest = (present: number): unknown => recent.since(0 as Version, present as Version);
  addOne(1, 150_000);
  addOne(2, 50_000);
  expect(oldest(2)).toMatchObject({ kind: 'changes' });
  addOne(3, 1);
  expect(oldest(3)).toEqual({ kind: 'too-old', oldest: 1 });
  addOne(4, 300_000);
  expect(oldest(4)).toEqual({ kind: 'too-old', oldest: 3 });
});

function checkAnswers(recent: RecentChanges, all: readonly CommittedChange[]): void {
  const present = all.length as Version;
  for (let version = 0; version <= present; version++) {
    if (version < present - LIMIT) {
      const expected = { kind: 'too-old', oldest: present - LIMIT };
      expect(recent.since(version as Version, present)).toEqual(expected);
      continue;
    }
    const later = all.slice(version);
    expect(recent.since(version as Version, present)).toEqual({ kind: 'changes', changes: later });
    for (const only of [['file'], ['blockReplica', 'file'], ['site']] satisfies Entity[][]) {
      const isWanted = ({ entity }: Change): boolean => (only as Entity[]).includes(entity);
      const expected = later.map((each) => ({ ...each, changes: { changes: each.changes.changes.filter(isWanted) } }));
      expect(recent.since(version as Version, present, only)).toEqual({ kind: 'changes', changes: expected });
    }
  }
}
