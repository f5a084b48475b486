import { setImmediate as turn } from 'node:timers/promises';
import {
  DynamoError,
  type FollowResult,
  type GroupName,
  Inventory,
  type InventoryStore,
  memoryStore,
} from '@dynamo/core';
import { createManualClock } from '@dynamo/core/testing';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { Leadership, ServerRecord } from '../store/leadership.ts';
import { type Follower, follow } from './follow.ts';

const SILENCE_MS = 1000;
const HOLDER = { holder: 'dynamo serve', host: 'other', pid: 1, since: 0 };
/** The other server's clock is years behind: nothing may come of that. */
const LEADER: ServerRecord = {
  ...{ id: 'leader', host: 'other', pid: 1, url: 'http://leader.example', role: 'leader' },
  ...{ epoch: 1, version: 0, behindMs: 0, startedAt: 5, seenAt: 10 },
};

const followers: Follower[] = [];
afterEach(() => Promise.all(followers.splice(0).map((follower) => follower.stop())));

/** A leader that commits to a store in memory, and a follower of it whose looks at the lease may be tampered with. */
async function setUp({ logLimit = 100, takesOver = true } = {}) {
  const clock = createManualClock();
  const store = memoryStore({ logLimit });
  const leader = await Inventory.open(store.inventory, { clock });
  const faults: { follow?: () => Promise<FollowResult>; look?: () => Promise<void> } = {};
  const followed: InventoryStore = {
    ...store.inventory,
    follow: (from, options) => faults.follow?.() ?? store.inventory.follow(from, options),
  };
  const inventory = await Inventory.open(followed, { clock });
  const lease = { epoch: 1, beat: 0, isBeating: true };
  const rows = new Map([[LEADER.id, LEADER]]);
  const leadership: Leadership = {
    silenceMs: SILENCE_MS,
    async look() {
      if (lease.isBeating) {
        lease.beat += 1;
        rows.set(LEADER.id, { ...LEADER, seenAt: LEADER.seenAt + lease.beat });
      }
      const sight = { epoch: lease.epoch, beat: lease.beat, holder: HOLDER };
      await faults.look?.();
      return sight;
    },
    async take(from) {
      if (from !== lease.epoch) throw new DynamoError('lost-lease', 'another was faster');
      lease.epoch += 1;
      return lease.epoch;
    },
    servers: {
      tell: async (server) => void rows.set(server.id, server),
      forget: async (id) => void rows.delete(id),
      list: async () => [...rows.values()],
    },
  };
  const seen: { leading: number | null; ended: unknown } = { leading: null, ended: null };
  const follower = follow({
    ...{ leadership, inventory, clock, log: pino({ level: 'silent' }), takesOver, url: 'http://me.example' },
    onLeading: (epoch) => {
      seen.leading = epoch;
    },
    onEnded: (error) => {
      seen.ended = error;
    },
  });
  followers.push(follower);

  const commit = (name: string) =>
    leader.update({ application: 'test', user: 'me' }, (draft) =>
      draft.put('group', { name: name as GroupName, level: 'dataset' }),
    );
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      await clock.advance(50);
      for (let i = 0; i < 3; i += 1) await turn();
    }
  };
  return { clock, commit, pass, leader, inventory, lease, rows, faults, seen, follower };
}

describe('a server that follows', () => {
  it('has what the leader committed within a second, and says how far it is', async () => {
    const { commit, pass, inventory, follower } = await setUp();
    await commit('a');
    await commit('b');
    await pass(1000);
    expect(inventory.version).toBe(2);
    expect(follower.report()).toMatchObject({ role: 'follower', epoch: 1, fault: null });
    expect(follower.report().behindSeconds).toBeLessThanOrEqual(1);
  });

  it('knows the leader by its epoch, however wrong the clock of its machine is', async () => {
    const { pass, follower, rows } = await setUp();
    rows.set('old', { ...LEADER, id: 'old', url: 'http://old.example', epoch: 0, seenAt: 9e9, startedAt: 9e9 });
    await pass(60_000);
    expect(follower.report()).toMatchObject({ leader: LEADER.url, servers: [{ id: LEADER.id, role: 'leader' }, {}] });
  });

  it('reads everything anew where the log no longer reaches back, also while it reads it', async () => {
    const { commit, pass, inventory, follower, faults, seen } = await setUp({ logLimit: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await commit(name);
    await pass(1000);
    expect(inventory.version).toBe(5);
    await commit('f');
    faults.follow = async () => {
      delete faults.follow;
      return {
        kind: 'changes',
        // biome-ignore lint/correctness/useYield: it was cut before the first.
        changes: (async function* () {
          throw new DynamoError('too-old', 'the log no longer has version 6');
        })(),
      };
    };
    await pass(1000);
    expect([inventory.version, seen.ended, follower.report().fault]).toEqual([6, null, null]);
    using view = inventory.view();
    expect([...view.groups()].map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('goes on from memory while the database does not answer, says so, and catches up by itself', async () => {
    const { commit, pass, inventory, follower, faults } = await setUp();
    await pass(500);
    faults.follow = () => Promise.reject(new DynamoError('unavailable', 'the connection to the database broke'));
    await commit('a');
    await pass(3000);
    expect(follower.report()).toMatchObject({ fault: 'the connection to the database broke' });
    expect(follower.report().behindSeconds).toBeGreaterThanOrEqual(3);
    delete faults.follow;
    await pass(1000);
    expect([inventory.version, follower.report().fault]).toEqual([1, null]);
  });

  it('ends with what to do where the log is of a newer version of Dynamo', async () => {
    const { pass, faults, seen } = await setUp();
    const newer = 'version 1 of the log has format 9, this version of Dynamo reads 1: install the one that wrote it';
    faults.follow = () => Promise.reject(new DynamoError('corrupt', newer));
    await pass(1000);
    expect(seen).toMatchObject({ leading: null, ended: { code: 'corrupt', message: newer } });
  });

  it('leads when the leader has been silent, with all that was committed, and strikes it off', async () => {
    const { commit, pass, inventory, lease, seen, follower, rows } = await setUp();
    await pass(5000);
    expect(seen.leading).toBe(null);
    await commit('a');
    lease.isBeating = false;
    await pass(SILENCE_MS + 500);
    expect([seen.leading, inventory.version]).toEqual([2, 1]);
    expect(follower.report()).toMatchObject({
      role: 'leader',
      epoch: 2,
      leader: 'http://me.example',
      behindSeconds: 0,
    });
    expect(rows.has(LEADER.id)).toBe(true);
    await pass(40_000);
    expect([...rows.values()]).toMatchObject([{ role: 'leader', epoch: 2, behindMs: 0 }]);
  });

  it('ends when another has the lead, and never leads again', async () => {
    const { pass, lease, seen } = await setUp();
    lease.isBeating = false;
    await pass(SILENCE_MS + 500);
    lease.epoch = 7;
    await pass(500);
    expect(seen.ended).toMatchObject({ code: 'lost-lease', message: expect.stringContaining('epoch 7, ours was 2') });
    seen.leading = null;
    await pass(10_000);
    expect(seen.leading).toBe(null);
  });

  it('does not take over from a leader that is alive because it stood still itself', async () => {
    const { clock, pass, lease, faults, seen } = await setUp();
    await pass(1000);
    lease.isBeating = false;
    await pass(300);
    // Stopped for a minute after the question was answered: in that time the leader went on.
    faults.look = async () => {
      delete faults.look;
      await clock.sleep(60_000);
      lease.isBeating = true;
    };
    await pass(70_000);
    expect(seen.leading).toBe(null);
  });

  it('never leads where it may not', async () => {
    const { pass, lease, seen, follower } = await setUp({ takesOver: false });
    lease.isBeating = false;
    await pass(60_000);
    expect(seen).toEqual({ leading: null, ended: null });
    expect(follower.report()).toMatchObject({ role: 'follower', leader: null });
  });
});
