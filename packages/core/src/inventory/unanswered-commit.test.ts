import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DynamoError } from '../errors/dynamo-error.ts';
import { memoryStore } from '../memory/memory-store.ts';
import type { GroupName } from '../model/names.ts';
import type { Commit } from '../seams/commit.ts';
import type { InventoryStore } from '../seams/inventory-store.ts';
import { Inventory } from './inventory.ts';

const author = { application: 'test', user: 'alice' };
const BROKEN = new DynamoError('unavailable', 'the connection broke');

/** Answers each commit as the next of `fates` says, and as usual after the last. */
function unreliable(
  store: InventoryStore,
  fates: ('lost before' | 'lost after' | 'late')[],
): InventoryStore & { late: Commit[] } {
  const late: Commit[] = [];
  return {
    ...store,
    late,
    async commit(commit) {
      const fate = fates.shift();
      // What was on its way all the time arrives before the one that comes later.
      for (const earlier of late.splice(0)) await store.commit(earlier);
      if (fate === 'late') late.push(commit);
      if (fate === 'lost after') await store.commit(commit);
      if (fate !== undefined) throw BROKEN;
      return store.commit(commit);
    },
  };
}

const putGroup = (inventory: Inventory, name: string) =>
  inventory.update(author, (draft) => draft.put('group', { name: name as GroupName, level: 'block' }));

function groupsOf(inventory: Inventory): readonly string[] {
  using view = inventory.view();
  return [...view.groups()].map(({ name }) => name).sort();
}

describe('a commit without an answer', () => {
  it('is in memory before the next one, where it happened, and listeners hear of it', async () => {
    const store = memoryStore();
    const inventory = await Inventory.open(unreliable(store.inventory, ['lost after']));
    const heard: number[] = [];
    inventory.events.on('committed', ({ version }) => heard.push(version));
    await expect(putGroup(inventory, 'a')).rejects.toBe(BROKEN);
    expect(inventory.version).toBe(0);
    await putGroup(inventory, 'b');
    await setImmediate();
    expect([inventory.version, groupsOf(inventory), heard]).toEqual([2, ['a', 'b'], [1, 2]]);
    expect(groupsOf(await Inventory.open(store.inventory))).toEqual(['a', 'b']);
  });

  it('has never been, where it did not happen', async () => {
    const store = memoryStore();
    const inventory = await Inventory.open(unreliable(store.inventory, ['lost before', 'lost before']));
    for (const name of ['a', 'b']) await expect(putGroup(inventory, name)).rejects.toBe(BROKEN);
    await putGroup(inventory, 'c');
    expect([inventory.version, groupsOf(inventory)]).toEqual([1, ['c']]);
    expect(groupsOf(await Inventory.open(store.inventory))).toEqual(['c']);
  });

  it('that arrives after it was asked for makes the next one a conflict, and the one after that goes through', async () => {
    const store = memoryStore();
    const inventory = await Inventory.open(unreliable(store.inventory, ['late']));
    await expect(putGroup(inventory, 'a')).rejects.toBe(BROKEN);
    await expect(putGroup(inventory, 'b')).rejects.toMatchObject({ code: 'conflict' });
    expect([inventory.version, groupsOf(inventory)]).toEqual([1, ['a']]);
    await putGroup(inventory, 'c');
    expect(groupsOf(await Inventory.open(store.inventory))).toEqual(['a', 'c']);
  });
});
