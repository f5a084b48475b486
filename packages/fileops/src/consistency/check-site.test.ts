import { rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOf } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { createWorld, REASON, type World } from '../fixtures/federation-world.ts';
import { actOnCheck } from './act-on-check.ts';
import { checkSite, type SiteCheck, type SiteCheckLimits } from './check-site.ts';
import type { SiteActions } from './plan-actions.ts';

const NOW = 2_000_000_000;

describe('a consistency check', () => {
  it('of a site as it should be is clean at once, and makes it verified', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 3, [world.a]);
    await world.update((draft) => draft.put('site', { ...world.a, verified: false }));
    const check = await round(world);
    expect(check).toMatchObject({ isClean: true, stopped: null, findings: [], missing: 0, orphans: 0 });
    expect(check.totals).toMatchObject({ listedFiles: 3, presentFiles: 3 });
    expect(await act(world, check)).toMatchObject({ verify: true });
    using view = world.inventory.view();
    expect(view.site(world.a.name)?.isVerified).toBe(true);
  });

  it('acts on what two rounds in a row have seen: missing files come back, orphans go', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 4, [world.a, world.b]);
    await lose(world, 'x', 1);
    await world.federation.write(world.a, 'junk/1', new Uint8Array(3));
    const first = await round(world);
    expect(first).toMatchObject({ missing: 1, orphans: 1, isClean: false, confirmed: [] });
    expect(await act(world, first)).toMatchObject({ repairs: [], orphans: [] });

    const second = await round(world);
    expect(second.findings.map(({ kind, name, rounds }) => [kind, name, rounds])).toEqual([
      ['orphan', 'junk/1', 2],
      ['missing', '/store/x/1.root', 2],
    ]);
    expect(await act(world, second)).toMatchObject({ repairs: [{ copyBack: true }], orphans: ['junk/1'], lost: [] });
    expect(world.replicas(world.a)).toEqual(['x: 3 of 4, copy open']);
    expect(await round(world)).toMatchObject({ missing: 0, orphans: 0 });

    await world.manager().runUntilIdle();
    expect(await world.files(world.a)).toEqual([0, 1, 2, 3].map((i) => world.path('x', i)));
    expect(await world.federation.read(world.a, world.path('x', 1))).toEqual(world.content('x', 1));
    expect(world.replicas(world.a)).toEqual(['x: complete']);
    expect(await round(world)).toMatchObject({ isClean: true });
  });

  it('takes a lost file that is there again for what it is, and never for an orphan', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a]);
    await lose(world, 'x', 1);
    await round(world);
    expect(await act(world, await round(world))).toMatchObject({ lost: [{ lfn: world.lfn('x', 1) }] });
    expect(world.replicas(world.a)).toEqual(['x: 1 of 2']);

    await world.federation.write(world.a, world.path('x', 1), world.content('x', 1));
    await round(world);
    const again = await act(world, await round(world));
    expect(again).toMatchObject({ reappeared: [{ lfn: world.lfn('x', 1) }], orphans: [] });
    expect(world.replicas(world.a)).toEqual(['x: complete']);
    await world.manager().runUntilIdle();
    expect(await world.files(world.a)).toHaveLength(2);
  });

  it('forgets what the next round does not see', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a, world.b]);
    await lose(world, 'x', 1);
    await round(world);
    await world.federation.write(world.a, world.path('x', 1), world.content('x', 1));
    expect(await round(world)).toMatchObject({ isClean: true });
    await lose(world, 'x', 1);
    expect(await round(world)).toMatchObject({ missing: 1, confirmed: [] });
  });

  it('reports a file as lost that no other replica has, and keeps its record', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a]);
    await lose(world, 'x', 0);
    await round(world);
    const actions = await act(world, await round(world));
    expect(actions.lost.map(({ lfn }) => lfn)).toEqual([world.lfn('x', 0)]);
    expect(world.replicas(world.a)).toEqual(['x: 1 of 2']);
    expect(await world.store.files.filesByLfn([world.lfn('x', 0)])).toHaveLength(1);
    expect(await world.store.operations.list()).toEqual([]);
  });

  it('replaces a file of the wrong size by a copy, and leaves the only one alone', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 1, [world.a, world.b]);
    await world.addBlock('y', 1, [world.a]);
    const wrong = new Uint8Array(99);
    for (const block of ['x', 'y']) {
      await world.federation.write(world.a, world.path(block, 0), wrong);
      await age(world, world.path(block, 0));
    }
    await round(world);
    const actions = await act(world, await round(world));
    expect(actions).toMatchObject({ damaged: [{ lfn: world.lfn('y', 0) }], orphans: [], lost: [] });
    await world.manager().runUntilIdle();
    expect(await world.federation.read(world.a, world.path('x', 0))).toEqual(world.content('x', 0));
    expect(await world.federation.read(world.a, world.path('y', 0))).toEqual(wrong);
    expect([...world.replicas(world.a)].sort()).toEqual(['x: complete', 'y: complete']);
  });

  it('says nothing of files with an operation open, nor of young ones', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a, world.b]);
    await world.update((draft) =>
      draft.delete('blockReplica', keyOf('blockReplica', world.key('x', world.a) as never), REASON),
    );
    await lose(world, 'x', 0);
    await world.federation.write(world.a, 'young', new Uint8Array(1));
    const now = Math.floor(Date.now() / 1000) + 100;
    expect(await round(world, { graceSeconds: 3600 }, now)).toMatchObject({ missing: 0, orphans: 0 });
    expect(await round(world, { graceSeconds: 50 }, now)).toMatchObject({ missing: 0, orphans: 1 });
  });

  it('opens the deletion of an orphan once', async () => {
    await using world = await createWorld();
    await world.federation.write(world.a, 'junk', new Uint8Array(1));
    for (let i = 0; i < 4; i += 1) await act(world, await round(world));
    expect(await world.store.operations.list()).toHaveLength(1);
  });

  it.each([
    [
      'an empty listing',
      async (world: World) => rm(join(world.federation.root(world.a), 'store'), { recursive: true }),
    ],
    ['many missing', async (world: World) => Promise.all([0, 1, 2, 3, 4, 5].map((i) => lose(world, 'x', i)))],
    [
      'many orphans',
      async (world: World) =>
        Promise.all([...'abcdefghij'].map((name) => world.federation.write(world.a, name, new Uint8Array(1)))),
    ],
  ])('is not believed with %s, and remembers nothing of it', async (_, harm) => {
    await using world = await createWorld();
    await world.addBlock('x', 12, [world.a, world.b]);
    await lose(world, 'x', 11);
    await round(world);
    await harm(world);
    const limits = { safetyFraction: 0.3, believedFiles: 2 };
    for (let i = 0; i < 3; i += 1) {
      const check = await round(world, limits);
      expect(check.stopped).toMatch(/empty|seem/);
      expect(await act(world, check)).toMatchObject({ repairs: [], orphans: [], verify: false });
    }
    expect(world.replicas(world.a)).toEqual(['x: complete']);
    expect(await world.store.findings.load(world.a.name)).toMatchObject([{ name: world.lfn('x', 11), rounds: 1 }]);
    expect((await round(world, { safetyFraction: 1 })).stopped).toBeNull();
  });

  it('fails where the storage cannot be listed', async () => {
    await using world = await createWorld();
    await rm(world.federation.root(world.a), { recursive: true });
    await expect(round(world)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('goes by the names that the site gives its files', async () => {
    await using world = await createWorld();
    const root = world.federation.root(world.a);
    const pfn = { file: [[['/store/(.*)', `file://${root}/pool/{0}`]]] } as const;
    await world.addBlock('x', 2, [world.a, world.b]);
    await world.update((draft) => draft.put('site', { ...world.a, pfn }));
    for (const i of [0, 1]) {
      await world.federation.write(world.a, `pool/x/${i}.root`, world.content('x', i));
      await lose(world, 'x', i);
    }
    expect(await round(world)).toMatchObject({ isClean: true, totals: { presentFiles: 2 } });
  });

  it('of a site whose chains change the order of its files, and do not take all of them', async () => {
    await using world = await createWorld();
    const root = world.federation.root(world.a);
    const chains = [
      ['/store/a/(.*)', `file://${root}/z/{0}`],
      ['/store/b/(.*)', `file://${root}/y/{0}`],
    ] as const;
    for (const block of ['a', 'b', 'c']) await world.addBlock(block, 2, [world.a, world.b]);
    await world.update((draft) => draft.put('site', { ...world.a, pfn: { file: chains.map((rule) => [rule]) } }));
    await rm(join(root, 'store'), { recursive: true });
    for (const i of [0, 1]) {
      await world.federation.write(world.a, `z/${i}.root`, world.content('a', i));
      await world.federation.write(world.a, `y/${i}.root`, world.content('b', i));
    }
    const check = await round(world);
    expect(check).toMatchObject({ findings: [], unmappedFiles: 2, isClean: false, totals: { presentFiles: 4 } });
  });
});

function round(world: World, limits: Partial<SiteCheckLimits> = {}, now: number = NOW): Promise<SiteCheck> {
  const { inventory, store, federation } = world;
  const context = {
    inventory,
    files: store.files,
    operations: store.operations,
    findings: store.findings,
    listers: [federation.lister],
    limits: { graceSeconds: 3600, ...limits },
  };
  return checkSite(world.a.name, context, { now });
}

function act({ inventory, store, update }: World, check: SiteCheck): Promise<SiteActions> {
  return actOnCheck(check, { inventory, files: store.files, commit: update });
}

function lose(world: World, block: string, index: number): Promise<void> {
  return rm(join(world.federation.root(world.a), world.path(block, index)), { force: true });
}

function age(world: World, path: string): Promise<void> {
  return utimes(join(world.federation.root(world.a), path), 1000, 1000);
}
