import { DynamoError, type InventoryDraft, keyOf, systemClock } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { createWorld, type World } from './fixtures/federation-world.ts';
import { openCopy, slowClock } from './fixtures/world-actions.ts';

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

  it('waits for retries and for the claims of the dead, until only what is held is open', async () => {
    await using world = await createWorld();
    await world.addBlock('x', 2, [world.a]);
    await world.addBlock('y', 1, [world.a]);
    await openCopy(world, 'x');
    await world.store.operations.claim({ owner: 'dead', limit: 1, now: systemClock.nowSeconds(), leaseSeconds: 2 });
    await openCopy(world, 'y');
    await world.federation.write(world.a, world.path('y', 0), new Uint8Array(99));
    const limits = { pollMs: 50 };
    await world.manager({ limits }).runUntilDone();
    expect([...world.replicas(world.b)].sort()).toEqual(['x: complete', 'y: 0 of 1, copy open']);
    expect(await world.store.operations.list()).toMatchObject([{ state: 'held' }]);
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
