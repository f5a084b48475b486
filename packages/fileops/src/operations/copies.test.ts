import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOf } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { createWorld, REASON } from '../fixtures/federation-world.ts';
import { addFile, addSite, once, openCopy, slowClock, task } from '../fixtures/world-actions.ts';

describe('copies', () => {
  it('bring every file, close the operation and make the replica complete', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 5, [world.a]);
    await openCopy(world, 'x');
    await world.manager().runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['x: complete']);
    expect(await world.files(world.b)).toEqual([0, 1, 2, 3, 4].map((i) => world.path('x', i)));
    expect(await world.store.operations.list()).toEqual([]);
    expect(world.events.map(({ type }) => type)).toEqual(['recorded', 'closed']);
  });

  it('that call a deletion back look at each file, and bring what is gone', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 4, [world.a, world.b]);
    await world.update((draft) =>
      draft.delete('blockReplica', keyOf('blockReplica', world.key('x', world.b) as never), REASON),
    );
    // Begun by a process that died before it could say so.
    for (const i of [1, 3]) await rm(join(world.federation.root(world.b), world.path('x', i)));
    await openCopy(world, 'x');
    expect(world.inventory.view().dataset('/A/B-v1/AOD')?.block('x')?.completeCopies).toBe(1);
    await world.manager().runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['x: complete']);
    expect(await world.files(world.b)).toEqual([0, 1, 2, 3].map((i) => world.path('x', i)));
    expect(await world.store.operations.list()).toEqual([]);
  });

  it('of an empty block are done at once', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 0, [world.a]);
    await openCopy(world, 'x');
    await world.manager().runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['x: complete']);
    expect(await world.store.operations.list()).toEqual([]);
  });

  it('of many blocks take few commits', async () => {
    await using world = await createWorld();
    for (let i = 0; i < 40; i += 1) await world.addBlock(`x${i}`, 3, [world.a]);
    await world.update((draft) => {
      for (let i = 0; i < 40; i += 1) {
        draft.openCopy(world.key(`x${i}`, world.b), { group: null, reason: REASON });
      }
    });
    const before = world.inventory.version;
    await world.manager().runUntilIdle();
    expect(world.replicas(world.b).filter((one) => one.endsWith('complete'))).toHaveLength(40);
    expect(world.inventory.version - before).toBeLessThan(20);
  });

  it('record what arrived and come back for the rest, with every attempt told', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 3, [world.a]);
    await world.federation.write(world.a, world.path('x', 1), new TextEncoder().encode('rubbish'));
    await openCopy(world, 'x');
    const clock = slowClock();
    await world.manager({ clock, limits: { maxAttempts: 3 } }).runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['x: 2 of 3, copy open']);
    const [status] = await world.store.operations.list();
    expect(status).toMatchObject({ state: 'held', attempts: 1 });
    expect(status?.lastError).toMatch(/1\.root has 7 bytes, catalogued are 8/);
    expect(world.events.filter(({ type }) => type === 'source-fault')).toMatchObject([
      { site: 'T2_A', lfn: world.lfn('x', 1), fault: 'source-corrupt' },
    ]);
    const attempts = await world.store.operations.attempts(status?.id as never);
    expect(attempts).toMatchObject([{ subject: world.lfn('x', 1), ok: false }]);

    await world.federation.write(world.a, world.path('x', 1), world.content('x', 1));
    await world.store.operations.release([status?.id as never]);
    await world.manager({ clock }).runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['x: complete']);
  });

  it('turn to another site where the first one does not have the file', async () => {
    await using world = await createWorld();
    const c = await addSite(world, 'T2_C');
    await world.addBlock('x', 4, [world.a, c]);
    for (const i of [0, 1]) {
      await world.federation.deletions
        .delete([task(world, world.a, i)])
        [Symbol.asyncIterator]()
        .next();
    }
    await openCopy(world, 'x');
    await world.manager().runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['x: complete']);
    const faults = world.events.filter(({ type }) => type === 'source-fault');
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault).toMatchObject({ site: 'T2_A', fault: 'source-missing' });
  });

  it('wait longer after each failure, and are held in the end', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 1, [world.a]);
    await world.update((draft) => draft.put('site', { ...world.a, status: 'unknown' }));
    await openCopy(world, 'x');
    const clock = slowClock();
    const manager = world.manager({ clock, limits: { maxAttempts: 3, firstSeconds: 100, longestSeconds: 1000 } });
    const waits: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await manager.runUntilIdle();
      const [status] = await world.store.operations.list();
      waits.push((status?.notBefore ?? 0) - clock.nowSeconds());
      clock.skip(10_000);
    }
    expect(waits[0]).toBeGreaterThanOrEqual(50);
    expect(waits[0]).toBeLessThanOrEqual(150);
    expect(waits[1]).toBeGreaterThanOrEqual(100);
    expect(waits[1]).toBeLessThanOrEqual(300);
    const [status] = await world.store.operations.list();
    expect(status).toMatchObject({ state: 'held', attempts: 3, lastError: 'no site has it to give' });
  });

  it('are held where the rows of the catalogue do not add up to the block', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a]);
    await openCopy(world, 'x');
    const files = { ...world.store.files, filesOfBlock: async function* () {} };
    await world.manager({ files }).runUntilIdle();
    const [status] = await world.store.operations.list();
    expect(status).toMatchObject({ state: 'held' });
    expect(status?.lastError).toMatch(/the catalogue has 0 files of 0 bytes for block x .* the block says 2 of/);
    expect(await world.files(world.b)).toEqual([]);
  });

  it('follow a block that grows meanwhile', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a]);
    await openCopy(world, 'x');
    const grow = once(() => addFile(world, [world.a]));
    const { transfers } = world.federation;
    await world
      .manager({
        transfers: [
          {
            ...transfers,
            async *transfer(tasks, options) {
              await grow();
              yield* transfers.transfer(tasks, options);
            },
          },
        ],
      })
      .runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['x: complete']);
    expect(await world.files(world.b)).toHaveLength(3);
    expect(await world.store.operations.list()).toEqual([]);
  });
});
