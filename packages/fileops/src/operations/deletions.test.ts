import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWorld, REASON } from '../fixtures/federation-world.ts';
import { addFile, once, openDeletion, task } from '../fixtures/world-actions.ts';

describe('deletions', () => {
  it('remove every file, the replica and the operation', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 5, [world.a, world.b]);
    await world.addBlock('y', 1, [world.b]);
    await openDeletion(world, 'x');
    await world.manager().runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['y: complete']);
    expect(await world.files(world.b)).toEqual([world.path('y', 0)]);
    expect(await world.files(world.a)).toHaveLength(5);
    expect(await world.store.operations.list()).toEqual([]);
  });

  it('ask the guard once more, when their turn has come', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a, world.b]);
    await openDeletion(world, 'x');
    await world.update((draft) => draft.put('site', { ...world.a, status: 'waitroom' }));
    await world.manager().runUntilIdle();
    expect(await world.files(world.b)).toHaveLength(2);
    const [status] = await world.store.operations.list();
    expect(status?.lastError).toMatch(/the guard refuses it now \(last-copy\)/);
  });

  it('stop in the middle when the guard comes to refuse', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 6, [world.a, world.b]);
    await openDeletion(world, 'x');
    const { deletions } = world.federation;
    const lock = once(() =>
      world.update((draft) => {
        draft.put('lock', {
          id: draft.nextLockId(),
          dataset: '/A/*',
          site: null,
          group: null,
          block: null,
          expires: null,
          owner: 'me',
          comment: null,
        });
      }),
    );
    await world
      .manager({
        deletions: [
          {
            ...deletions,
            async *delete(tasks, options) {
              yield* deletions.delete(tasks.slice(0, 2), options);
              await lock();
              yield* deletions.delete(tasks.slice(2), options);
            },
          },
        ],
      })
      .runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['x: 4 of 6, delete open']);
    expect(await world.files(world.b)).toHaveLength(4);
  });

  it('take files along that come to the replica meanwhile', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a, world.b]);
    await openDeletion(world, 'x');
    const { deletions } = world.federation;
    const grow = once(() => addFile(world, [world.a, world.b]));
    await world
      .manager({
        deletions: [
          {
            ...deletions,
            async *delete(tasks, options) {
              await grow();
              yield* deletions.delete(tasks, options);
            },
          },
        ],
      })
      .runUntilIdle();
    expect(await world.files(world.b)).toEqual([]);
    expect(world.replicas(world.b)).toEqual([]);
    expect(await world.store.operations.list()).toEqual([]);
  });

  it('that are cancelled meanwhile leave a replica with what is left', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 6, [world.a, world.b]);
    await openDeletion(world, 'x');
    const { deletions } = world.federation;
    const cancel = once(() => world.update((draft) => draft.cancelOperation(world.key('x', world.b), REASON)));
    await world
      .manager({
        deletions: [
          {
            ...deletions,
            async *delete(tasks, options) {
              yield* deletions.delete(tasks.slice(0, 2), options);
              await cancel();
              yield* deletions.delete(tasks.slice(2), options);
            },
          },
        ],
      })
      .runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['x: 4 of 6']);
    expect(await world.files(world.b)).toHaveLength(4);
    expect(await world.store.operations.list()).toEqual([]);
  });

  it('record the files that are gone where one cannot be deleted', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 3, [world.a, world.b]);
    const stubborn = world.path('x', 1);
    await world.federation.deletions
      .delete([{ ...task(world, world.b, 1) }])
      [Symbol.asyncIterator]()
      .next();
    await symlink('0.root', join(world.federation.root(world.b), stubborn));
    await openDeletion(world, 'x');
    await world.manager().runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['x: 1 of 3, delete open']);
    const [status] = await world.store.operations.list();
    expect(status).toMatchObject({ state: 'held' });
    expect(status?.lastError).toMatch(/is a symbolic link: left alone/);
  });
});
