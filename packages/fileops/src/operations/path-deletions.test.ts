import { describe, expect, it } from 'vitest';
import { createWorld, REASON } from '../fixtures/federation-world.ts';
import { openCopyTo } from '../fixtures/world-actions.ts';

describe('deletions of paths', () => {
  it('remove what is not catalogued and leave alone what is', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a]);
    await world.addBlock('y', 1, [world.b]);
    await world.federation.write(world.a, 'junk/1', new Uint8Array(3));
    await world.federation.write(world.a, world.path('y', 0), new Uint8Array(3));
    await world.update((draft) => {
      for (const path of ['junk/1', 'junk/2', world.path('x', 0), world.path('y', 0)]) {
        draft.openPathDeletion(world.a.name, path, REASON);
      }
    });
    await world.manager().runUntilIdle();
    expect(await world.files(world.a)).toEqual([world.path('x', 0), world.path('x', 1)]);
    expect(await world.store.operations.list()).toEqual([]);
    const details = world.events.flatMap((event) => (event.type === 'closed' ? [event.detail] : []));
    expect(details.sort()).toEqual([
      'left alone: it is file /store/x/0.root of /A/B-v1/AOD now',
      'the path is gone',
      'the path is gone',
      'the path is gone',
    ]);
  });

  it('leave alone what may be all that is left of a file, whatever the catalogue says of the site', async () => {
    await using world = await createWorld();
    await world.addBlock('y', 1, [world.b]);
    await world.federation.write(world.a, world.path('y', 0), world.content('y', 0));
    await world.update((draft) => draft.put('site', { ...world.b, status: 'morgue' }));
    await world.update((draft) => void draft.openPathDeletion(world.a.name, world.path('y', 0), REASON));
    await world.manager().runUntilIdle();
    expect(await world.files(world.a)).toEqual([world.path('y', 0)]);
    expect(world.events.filter(({ type }) => type === 'closed')).toMatchObject([
      { detail: 'left alone: it is perhaps all that is left of file /store/y/0.root of /A/B-v1/AOD now' },
    ]);
  });

  it('look the files up where names cannot be mapped back', async () => {
    await using world = await createWorld();
    const root = world.federation.root(world.a);
    await world.update((draft) =>
      draft.put('site', { ...world.a, pfn: { file: [[['/store/(.*)', `file://${root}/deep/{0}`]]] } }),
    );
    await world.addBlock('x', 2, [world.a]);
    for (const path of ['deep/x/0.root', 'deep/x/7.root', 'store/x/0.root']) {
      await world.federation.write(world.a, path, new Uint8Array(3));
    }
    await world.update((draft) => {
      for (const path of ['deep/x/0.root', 'deep/x/7.root']) draft.openPathDeletion(world.a.name, path, REASON);
    });
    await world.manager().runUntilIdle();
    expect(await world.files(world.a)).toContain('deep/x/0.root');
    expect(await world.files(world.a)).not.toContain('deep/x/7.root');
  });

  it('hold back when the path becomes a file of the site at the last moment', async () => {
    await using world = await createWorld();
    await world.addBlock('y', 1, [world.b]);
    await world.federation.write(world.a, world.path('y', 0), world.content('y', 0));
    await world.update((draft) => void draft.openPathDeletion(world.a.name, world.path('y', 0), REASON));
    const { deletions } = world.federation;
    await world
      .manager({
        // What is deleted would not come back.
        transfers: [],
        deletions: [
          {
            ...deletions,
            async *delete(tasks, options) {
              await openCopyTo(world, 'y', world.a);
              yield* deletions.delete(tasks, options);
            },
          },
        ],
      })
      .runUntilIdle();
    expect(await world.federation.read(world.a, world.path('y', 0))).toEqual(world.content('y', 0));
    expect(world.events.filter(({ type }) => type === 'closed')).toMatchObject([
      { detail: expect.stringMatching(/left alone/) },
    ]);
  });
});
