import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockName, DatasetName, GroupName } from '../model/names.ts';
import type { Entity, EntityRecords } from '../model/records.ts';
import {
  applyChangeSet,
  applyInSlices,
  type Change,
  type ChangeSet,
  type ChangeTarget,
  changeSetInSlices,
  changeSetOf,
  EMPTY_CHANGE_SET,
  invertChangeSet,
  invertInSlices,
  squashChangeSets,
} from './change-set.ts';
import { keyOf } from './record-key.ts';
import { changeSetPieces, parseChangeSet, parseChangeSetPieces, serialiseChangeSet } from './serialise.ts';

/** The model: records by entity and key, and the rule that a block may only be where its dataset is. */
class Records implements ChangeTarget {
  readonly records = new Map<string, EntityRecords[Entity]>();

  get(entity: Entity, key: string): EntityRecords[Entity] | null {
    return this.records.get(`${entity} ${key}`) ?? null;
  }
  put({ entity, key, after }: Change): void {
    if (after === null) throw new Error('put of nothing');
    this.records.set(`${entity} ${key}`, after);
    this.checkReferences();
  }
  remove({ entity, key }: Change): void {
    this.records.delete(`${entity} ${key}`);
    this.checkReferences();
  }
  checkReferences(): void {
    for (const [key, record] of this.records) {
      if (!key.startsWith('block ')) continue;
      if (this.get('dataset', (record as EntityRecords['block']).dataset) === null) throw new Error('a dangling block');
    }
  }
  copy(): Records {
    const copy = new Records();
    for (const [key, record] of this.records) copy.records.set(key, record);
    return copy;
  }
}

const names = ['/a/b/C', '/d/e/F'] as DatasetName[];
const dataset = fc
  .record({ name: fc.constantFrom(...names), lastUpdate: fc.nat(3) })
  .map(({ name, lastUpdate }): EntityRecords['dataset'] => ({
    name,
    status: 'valid',
    dataType: null,
    softwareVersion: null,
    lastUpdate,
    isOpen: false,
    attributes: { rank: lastUpdate, sites: ['x'] },
  }));
const group = fc
  .constantFrom('g', 'h')
  .map((name): EntityRecords['group'] => ({ name: name as GroupName, level: 'block' }));
const block = fc
  .record({ dataset: fc.constantFrom(...names), size: fc.nat(3) })
  .map(({ dataset: of, size }): EntityRecords['block'] => ({
    dataset: of,
    name: 'b' as BlockName,
    size,
    files: 1,
    isOpen: false,
    lastUpdate: 1,
  }));

type Step = { entity: 'group' | 'dataset' | 'block'; record: EntityRecords[Entity]; remove: boolean };
const step = (entity: Step['entity'], record: fc.Arbitrary<EntityRecords[Entity]>): fc.Arbitrary<Step> =>
  fc.record({ entity: fc.constant(entity), record, remove: fc.boolean() });
const steps = fc.array(fc.oneof(step('group', group), step('dataset', dataset), step('block', block)), {
  maxLength: 8,
});

/** What the steps change, as a draft would note it; steps that would break a reference are left out. */
function perform(target: Records, list: readonly Step[]): ChangeSet {
  const before = target.copy();
  for (const { entity, record, remove } of list) {
    const attempt = target.copy();
    const change = {
      entity,
      key: keyOf(entity, record as never),
      before: null,
      after: remove ? null : record,
    } as Change;
    try {
      if (remove) attempt.remove(change);
      else attempt.put(change);
    } catch {
      continue;
    }
    target.records.clear();
    for (const [key, value] of attempt.records) target.records.set(key, value);
  }
  const keys = new Set([...before.records.keys(), ...target.records.keys()]);
  return changeSetOf(
    [...keys].map((slot) => {
      const [entity, key] = [slot.slice(0, slot.indexOf(' ')), slot.slice(slot.indexOf(' ') + 1)];
      const [was, is] = [before.records.get(slot) ?? null, target.records.get(slot) ?? null];
      return { entity, key, before: was, after: is } as Change;
    }),
  );
}

describe('change sets', () => {
  it('lead from the state before to the state after, and inverted back again', () => {
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        const target = new Records();
        perform(target, first);
        const before = target.copy();
        const changes = perform(target, second);
        const replayed = before.copy();
        applyChangeSet(replayed, changes);
        expect(replayed.records).toEqual(target.records);
        applyChangeSet(replayed, invertChangeSet(changes));
        expect(replayed.records).toEqual(before.records);
      }),
    );
  });

  it('do so in slices as well', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, async (first, second) => {
        const target = new Records();
        perform(target, first);
        const before = target.copy();
        const changes = perform(target, second);
        const replayed = before.copy();
        await applyInSlices(replayed, changes);
        expect(replayed.records).toEqual(target.records);
        const inverse = await invertInSlices(changes);
        expect(inverse).toEqual(invertChangeSet(changes));
        await applyInSlices(replayed, inverse);
        expect(replayed.records).toEqual(before.records);
        if (changes.changes.length > 0) {
          await expect(applyInSlices(replayed, inverse)).rejects.toMatchObject({ code: 'conflict' });
        }
      }),
    );
  });

  it('of block replicas are in the order of their keys in slices as well, and refuse one twice', async () => {
    const name = fc.string({ unit: fc.constantFrom(' ', '!', '#', '/', '1', 'a', '\u00e4', '\u4e2d'), maxLength: 4 });
    const key = fc.record({ dataset: name, block: name, site: name });
    const distinct = fc.uniqueArray(fc.tuple(key, fc.boolean()), {
      selector: ([of]) => JSON.stringify(of),
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(distinct, async (keys) => {
        const changes = keys.map(([of, isRemoved]): Change => {
          const record = { ...of, lastUpdate: 1 } as EntityRecords['blockReplica'];
          const [before, after] = isRemoved ? [record, null] : [null, record];
          return { entity: 'blockReplica', key: keyOf('blockReplica', record), before, after };
        });
        expect(await changeSetInSlices(changes)).toEqual(changeSetOf(changes));
        const [first] = changes;
        if (first === undefined) return;
        await expect(changeSetInSlices([...changes, first])).rejects.toMatchObject({ code: 'internal' });
      }),
    );
  });

  it('squashed have the effect of the sequence', () => {
    fc.assert(
      fc.property(steps, steps, steps, (first, second, third) => {
        const target = new Records();
        perform(target, first);
        const before = target.copy();
        const [a, b] = [perform(target, second), perform(target, third)];
        const squashed = squashChangeSets(a, b);
        applyChangeSet(before, squashed);
        expect(before.records).toEqual(target.records);
        expect(squashChangeSets(a, invertChangeSet(a))).toEqual(EMPTY_CHANGE_SET);
      }),
    );
  });

  it('read back as they were written', () => {
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        const target = new Records();
        perform(target, first);
        const changes = perform(target, second);
        expect(parseChangeSet(serialiseChangeSet(changes))).toEqual(changes);
      }),
    );
  });

  it('read back from pieces, wherever the text is cut into them', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, fc.array(fc.nat(2000)), async (first, second, cuts) => {
        const target = new Records();
        perform(target, first);
        const changes = perform(target, second);
        const text = serialiseChangeSet(changes);
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        const pieces = async function* (): AsyncGenerator<string> {
          for (const [i, place] of places.entries()) yield text.slice(place, places[i + 1]);
        };
        expect(await parseChangeSetPieces(pieces())).toEqual(changes);
      }),
    );
  });

  it('come as pieces of a bounded size, that together are the text', () => {
    const changes = Array.from({ length: 2000 }, (_, i): Change => {
      const name = `group ${i}` as GroupName;
      return { entity: 'group', key: name, before: null, after: { name, level: 'block' } };
    });
    for (const count of [0, 1, 2000]) {
      const set = changeSetOf(changes.slice(0, count));
      const pieces = [...changeSetPieces(set)];
      expect(pieces.join('')).toBe(serialiseChangeSet(set));
      expect(pieces.length).toBe(count === 2000 ? 3 : 1);
      expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(2 ** 17);
    }
  });

  it('refuse a target that is not what they were made on, and leave it as it was', () => {
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        const target = new Records();
        perform(target, first);
        const other = target.copy();
        const changes = perform(target, second);
        fc.pre(changes.changes.length > 0);
        applyChangeSet(other, changes);
        const after = other.copy();
        expect(() => applyChangeSet(other, changes)).toThrow(/another state/);
        expect(other.records).toEqual(after.records);
      }),
    );
  });

  it('refuse a text that is cut, longer than it says, or of another format', async () => {
    const change: Change = {
      entity: 'group',
      key: 'g',
      before: null,
      after: { name: 'g' as GroupName, level: 'block' },
    };
    const text = serialiseChangeSet(changeSetOf([change]));
    for (let end = 0; end < text.length; end++) {
      expect(() => parseChangeSet(text.slice(0, end))).toThrow(/change set, line/);
      const pieces = async function* (): AsyncGenerator<string> {
        yield* [text.slice(0, end / 2), text.slice(end / 2, end)];
      };
      await expect(parseChangeSetPieces(pieces())).rejects.toThrow(/change set, line/);
    }
    expect(() => parseChangeSet(`${text}${text.split('\n')[1]}\n`)).toThrow(/says 1 changes and has 2/);
    expect(() => parseChangeSet(text.replace('"format":1', '"format":2'))).toThrow(/format 2 is not 1/);
  });
});
