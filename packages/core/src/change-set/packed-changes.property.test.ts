import fc from 'fast-check';
import { expect, it } from 'vitest';
import { REPLICA_OPERATIONS, type ReplicaOperation } from '../model/enumerations.ts';
import type { BlockName, DatasetName, GroupName, SiteName } from '../model/names.ts';
import type { BlockReplicaKey, BlockReplicaRecord, Entity, FileId } from '../model/records.ts';
import { TimeSlice } from '../slices/time-slice.ts';
import { sampleBlock, sampleFile } from '../testing/sample-records.ts';
import type { Change } from './change-set.ts';
import { PackedChanges } from './packed-changes.ts';
import { type ReplicaChange, ReplicaPacker } from './packed-replicas.ts';
import { keyOf } from './record-key.ts';

/** Of which some cannot be packed: with a line feed, or not Latin-1. */
const name = fc.oneof(
  fc.stringMatching(/^[ -~]{1,20}$/),
  fc.constantFrom('/A/B-v1/AOD', 'a\nb', '\t', 'é', '\u{1f600}', '\u007f', '~', 'x'.repeat(3000)),
);
const time = fc.constantFrom(0, 1_528_406_008, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 1.5, -1);
const partial = fc.constantFrom<BlockReplicaRecord['partial']>(
  null,
  null,
  { size: 0, files: 0, contents: { kind: 'unknown' } },
  { size: 7, files: 1, contents: { kind: 'missing', ids: [2 as FileId, 5 as FileId] } },
);
const side = fc.option(
  fc.record({
    group: fc.option(fc.constantFrom('AnalysisOps' as GroupName, '' as GroupName)),
    custodial: fc.boolean(),
    lastUpdate: time,
    operation: fc.constantFrom(...REPLICA_OPERATIONS, 'unknown' as ReplicaOperation),
    partial,
  }),
);
const replicaChange = fc
  .record({ dataset: name, block: name, site: name, before: side, after: side })
  .filter(({ before, after }) => before !== null || after !== null)
  .map(({ dataset, block, site, before, after }): Change => {
    const names = { dataset, block, site } as BlockReplicaKey;
    return {
      entity: 'blockReplica',
      key: keyOf('blockReplica', names as BlockReplicaRecord),
      before: before === null ? null : { ...names, ...before },
      after: after === null ? null : { ...names, ...after },
    };
  });
const otherChange = fc.nat(5).map((id): Change => {
  const after = sampleFile(id, sampleBlock('/A/B/C', 'b'), `/store/${id}`);
  return { entity: 'file', key: String(id), before: null, after };
});

function pack(changes: readonly Change[]): Promise<PackedChanges> {
  const slice = new TimeSlice();
  return slice.take(PackedChanges.of(changes, slice));
}

it('gives back what was packed, in its order, all or some', async () => {
  const some = fc.array(fc.oneof({ arbitrary: replicaChange, weight: 4 }, otherChange), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(some, async (changes) => {
      const packed = await pack(changes);
      expect(packed.unpack()).toEqual(changes);
      for (const wanted of ['file', 'blockReplica'] satisfies Entity[]) {
        const among = changes.filter(({ entity }) => entity === wanted);
        expect(packed.unpack((entity) => entity === wanted)).toEqual(among);
      }
    }),
    { numRuns: 500 },
  );
});

it('packs what it takes, and nothing of what it refuses', () => {
  fc.assert(
    fc.property(fc.array(replicaChange, { maxLength: 20 }), (changes) => {
      const packer = new ReplicaPacker(20);
      const taken = changes.filter((change) => packer.add(change as ReplicaChange));
      expect(packer.finish().unpack()).toEqual(taken);
    }),
    { numRuns: 300 },
  );
});

it('packs more than one batch', async () => {
  const changes = Array.from({ length: 5000 }, (_, i): Change => {
    const names = {
      dataset: `/Set${i % 700}/v1/AOD` as DatasetName,
      block: `block ${i}` as BlockName,
      site: `T2_${i % 60}` as SiteName,
    };
    const before: BlockReplicaRecord = {
      ...names,
      ...{ group: null, custodial: false, lastUpdate: i, operation: 'none', partial: null },
    };
    return {
      ...{ entity: 'blockReplica', key: keyOf('blockReplica', before) },
      before,
      after: { ...before, lastUpdate: i + 1 },
    };
  });
  const unpacked = (await pack(changes)).unpack();
  expect(unpacked).toEqual(changes);
  for (const [i, change] of unpacked.entries()) expect(change).not.toBe(changes[i]);
});
