import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoError, type InventoryDraft, keyOf, systemClock } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { createWorld, REASON, type World } from './fixtures/federation-world.ts';

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
    await world.update((draft) => draft.put('site', { ...world.a, status: 'morgue' }));
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

describe('the manager', () => {
  it('stops in good order: what was done is recorded, the rest is given back', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 6, [world.a]);
    await openCopy(world, 'x');
    const controller = new AbortController();
    const { transfers } = world.federation;
    await world
      .manager({
        transfers: [
          {
            ...transfers,
            async *transfer(tasks, options) {
              yield* transfers.transfer(tasks.slice(0, 2), options);
              controller.abort();
              yield* transfers.transfer(tasks.slice(2), options);
            },
          },
        ],
      })
      .runUntilIdle({ signal: controller.signal });
    expect(world.replicas(world.b)).toEqual(['x: 2 of 6, copy open']);
    expect(await world.store.operations.list()).toMatchObject([{ state: 'queued', attempts: 0 }]);
    await world.manager().runUntilIdle();
    expect(world.replicas(world.b)).toEqual(['x: complete']);
  });

  it('survives a back-end that throws, and one that answers nothing', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a]);
    await openCopy(world, 'x');
    for (const transfer of [
      // biome-ignore lint/correctness/useYield: it fails before it has anything to give.
      async function* () {
        throw new Error('on fire');
      },
      async function* () {},
    ]) {
      const clock = slowClock();
      clock.skip(100_000);
      await world.manager({ clock, transfers: [{ ...world.federation.transfers, transfer }] }).runUntilIdle();
    }
    const [status] = await world.store.operations.list();
    expect(status?.lastError).toMatch(/2 files failed, the first: back-end file/);
    const attempts = await world.store.operations.attempts(status?.id as never);
    expect(attempts.map(({ detail }) => detail)).toContain('T2_A: back-end file failed: on fire');
  });

  it('keeps one refused completion from holding back the others', async () => {
    await using world = await createWorld();
    for (const block of ['x', 'y', 'z']) {
      await world.addBlock(block, 2, [world.a]);
      await openCopy(world, block);
    }
    const commit = (apply: (draft: InventoryDraft) => void): Promise<void> =>
      world.update((draft) => {
        apply(draft);
        const replica = draft.record('blockReplica', keyOf('blockReplica', world.key('y', world.b) as never));
        if (replica?.partial === null) throw new DynamoError('conflict', 'y is cursed');
      });
    await world.manager({ commit }).runUntilIdle();
    expect([...world.replicas(world.b)].sort()).toEqual(['x: complete', 'y: 0 of 2, copy open', 'z: complete']);
    const [status] = await world.store.operations.list();
    expect(status?.lastError).toBe('what was done could not be recorded: y is cursed');
  });

  it('renews claims of long work, and drops work whose claim is lost', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a]);
    await world.addBlock('y', 2, [world.a]);
    await openCopy(world, 'x');
    await openCopy(world, 'y');
    let renewals = 0;
    const operations: World['store']['operations'] = {
      ...world.store.operations,
      async renew(tokens, now, lease) {
        renewals += 1;
        const kept = await world.store.operations.renew(tokens, now, lease);
        return renewals < 4 ? kept : kept.filter(({ operation }) => !JSON.stringify(operation.target).includes('"y"'));
      },
    };
    const { transfers } = world.federation;
    await world
      .manager({
        operations,
        limits: { leaseSeconds: 0.3 },
        transfers: [
          {
            ...transfers,
            async *transfer(tasks, options) {
              const abort = options?.signal;
              await systemClock.sleep(700, abort === undefined ? {} : { signal: abort }).catch(() => undefined);
              yield* transfers.transfer(tasks, options);
            },
          },
        ],
      })
      .runUntilIdle({ signal: AbortSignal.timeout(1500) });
    expect(renewals).toBeGreaterThanOrEqual(4);
    expect(world.replicas(world.b)).toContain('x: complete');
    expect(world.events.filter(({ type }) => type === 'claim-lost').length).toBeGreaterThan(0);
  });
});

function openCopy(world: World, block: string): Promise<void> {
  return openCopyTo(world, block, world.b);
}

function openCopyTo(world: World, block: string, site: World['a']): Promise<void> {
  return world.update((draft) => void draft.openCopy(world.key(block, site), { group: null, reason: REASON }));
}

function openDeletion(world: World, block: string): Promise<void> {
  return world.update((draft) =>
    draft.delete('blockReplica', keyOf('blockReplica', world.key(block, world.b) as never), REASON),
  );
}

/** A third file of block x, on disk at these sites. */
async function addFile(world: World, sites: readonly World['a'][]): Promise<void> {
  const { dataset, block } = world.key('x', world.a);
  for (const site of sites) await world.federation.write(site, 'store/x/new.root', world.content('x', 0));
  await world.update((draft) => {
    draft.addFile({
      dataset,
      block,
      lfn: '/store/x/new.root' as ReturnType<World['lfn']>,
      size: world.content('x', 0).length,
      checksums: {},
      presentAt: sites.map(({ name }) => name),
    });
  });
}

async function addSite(world: World, name: string): Promise<World['a']> {
  const site = {
    ...world.a,
    name: name as World['a']['name'],
    backend: `file://${world.federation.directory}/${name}`,
  };
  await world.update((draft) => draft.put('site', site));
  return site;
}

function task(world: World, site: World['a'], index: number) {
  return { id: String(index), site, pfn: world.federation.pfn(site, world.path('x', index)), stillMine: () => true };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

/** The system's clock, with its wall time moved on by hand. */
function slowClock() {
  let skipped = 0;
  return {
    ...systemClock,
    nowSeconds: () => systemClock.nowSeconds() + skipped,
    skip: (seconds: number) => {
      skipped += seconds;
    },
  };
}
