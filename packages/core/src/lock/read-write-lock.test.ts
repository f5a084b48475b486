import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { LockMode } from './lock-hold.ts';
import { ReadWriteLock } from './read-write-lock.ts';

const idle = { shared: 0, upgradable: 0, exclusive: 0, waiting: 0 };

describe('a reader/writer lock', () => {
  it.each([
    ['shared', 'shared', true],
    ['shared', 'upgradable', true],
    ['shared', 'exclusive', false],
    ['upgradable', 'shared', true],
    ['upgradable', 'upgradable', false],
    ['upgradable', 'exclusive', false],
    ['exclusive', 'shared', false],
    ['exclusive', 'upgradable', false],
    ['exclusive', 'exclusive', false],
  ] as const)('beside a hold that is %s, one that is %s: %s', async (first, second, together) => {
    const lock = new ReadWriteLock();
    const hold = await lock.acquire(first);
    let granted = false;
    const other = lock.acquire(second).then((next) => {
      granted = true;
      return next;
    });
    await turn();
    expect(granted).toBe(together);
    hold.release();
    (await other).release();
    expect(lock.state).toEqual(idle);
  });

  it('does not let readers pass who waits to be alone, but lets them pass a writer that waits for another', async () => {
    const lock = new ReadWriteLock();
    const order: string[] = [];
    const join = (name: string, mode: LockMode): Promise<unknown> =>
      lock.acquire(mode).then((hold) => {
        order.push(name);
        return turn().then(() => hold.release());
      });
    const first = await lock.acquire('upgradable');
    const all = [join('writer', 'upgradable'), join('reader', 'shared')];
    await turn();
    expect(order).toEqual(['reader']);
    all.push(join('alone', 'exclusive'), join('late reader', 'shared'));
    await turn();
    expect(order).toEqual(['reader']);
    first.release();
    await Promise.all(all);
    expect(order).toEqual(['reader', 'writer', 'alone', 'late reader']);
  });

  it('hands over: who asks in the step of the release comes after those who waited', async () => {
    const lock = new ReadWriteLock();
    const first = await lock.acquire('exclusive');
    const waiting = lock.acquire('exclusive');
    first.release();
    expect(lock.state).toEqual({ ...idle, exclusive: 1 });
    const barging = lock.acquire('exclusive');
    (await waiting).release();
    (await barging).release();
  });

  it('releases once, whatever is called how often', async () => {
    const lock = new ReadWriteLock();
    const hold = await lock.acquire('shared');
    const other = await lock.acquire('shared');
    hold.release();
    hold.release();
    hold[Symbol.dispose]();
    expect(lock.state).toEqual({ ...idle, shared: 1 });
    other.release();
  });

  it('lends itself to work, and comes back when that throws', async () => {
    const lock = new ReadWriteLock();
    expect(await lock.run('exclusive', () => lock.state.exclusive)).toBe(1);
    await expect(lock.run('upgradable', () => Promise.reject(new Error('work')))).rejects.toThrow('work');
    expect(lock.state).toEqual(idle);
  });

  it('does not begin work for who was aborted just after the grant', async () => {
    const lock = new ReadWriteLock();
    const controller = new AbortController();
    let begun = false;
    const run = lock.run(
      'shared',
      () => {
        begun = true;
      },
      { signal: controller.signal },
    );
    expect(lock.state.shared).toBe(1);
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
    expect(begun).toBe(false);
    expect(lock.state).toEqual(idle);
  });
});

describe('an aborted request', () => {
  it('is refused at once if it comes with an aborted signal', async () => {
    const lock = new ReadWriteLock();
    await expect(lock.acquire('shared', { signal: AbortSignal.abort('why') })).rejects.toMatchObject({
      code: 'aborted',
      cause: 'why',
    });
    expect(lock.state).toEqual(idle);
  });

  it('lets those go on that it held up, and leaves no listener', async () => {
    const lock = new ReadWriteLock();
    const controller = new AbortController();
    const { signal } = controller;
    const reader = await lock.acquire('shared', { signal });
    const alone = lock.acquire('exclusive', { signal });
    const behind = lock.acquire('shared');
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    expect(lock.state).toMatchObject({ shared: 1, waiting: 2 });
    controller.abort();
    expect(lock.state).toEqual({ ...idle, shared: 2 });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await expect(alone).rejects.toMatchObject({ code: 'aborted' });
    reader.release();
    (await behind).release();
  });
});

describe('an upgrade', () => {
  it('waits for the readers, goes before those who wait for its place, and leads back', async () => {
    const lock = new ReadWriteLock();
    const reader = await lock.acquire('shared');
    const place = await lock.acquire('upgradable');
    const nextWriter = lock.acquire('upgradable');
    const nextAlone = lock.acquire('exclusive');
    const upgrade = place.upgrade();
    const nextReader = lock.acquire('shared');
    expect(lock.state).toEqual({ shared: 1, upgradable: 1, exclusive: 0, waiting: 4 });
    reader.release();
    {
      using _alone = await upgrade;
      expect(lock.state).toEqual({ shared: 0, upgradable: 0, exclusive: 1, waiting: 3 });
    }
    expect(lock.state).toEqual({ shared: 0, upgradable: 1, exclusive: 0, waiting: 3 });
    place.release();
    (await nextWriter).release();
    (await nextAlone).release();
    (await nextReader).release();
    expect(lock.state).toEqual(idle);
  });

  it('lets the readers in again when it leads back', async () => {
    const lock = new ReadWriteLock();
    const place = await lock.acquire('upgradable');
    const alone = await place.upgrade();
    const reader = lock.acquire('shared');
    expect(lock.state).toEqual({ shared: 0, upgradable: 0, exclusive: 1, waiting: 1 });
    alone.release();
    expect(lock.state).toEqual({ shared: 1, upgradable: 1, exclusive: 0, waiting: 0 });
    (await reader).release();
    place.release();
  });

  it('that is aborted leaves the place as it was, and readers go on', async () => {
    const lock = new ReadWriteLock();
    const controller = new AbortController();
    const reader = await lock.acquire('shared');
    const place = await lock.acquire('upgradable');
    const upgrade = place.upgrade({ signal: controller.signal });
    const nextReader = lock.acquire('shared');
    expect(lock.state.waiting).toBe(2);
    controller.abort();
    await expect(upgrade).rejects.toMatchObject({ code: 'aborted' });
    expect(lock.state).toEqual({ shared: 2, upgradable: 1, exclusive: 0, waiting: 0 });
    reader.release();
    (await nextReader).release();
    (await place.upgrade()).release();
    place.release();
    expect(lock.state).toEqual(idle);
  });

  it('ends with its place: while it waits, when just granted, and when held', async () => {
    const lock = new ReadWriteLock();
    const reader = await lock.acquire('shared');
    const waiting = await lock.acquire('upgradable');
    const upgrade = waiting.upgrade();
    waiting.release();
    await expect(upgrade).rejects.toMatchObject({ code: 'closed' });
    reader.release();

    const granted = await lock.acquire('upgradable');
    const justGranted = granted.upgrade();
    granted.release();
    (await justGranted).release();
    expect(lock.state).toEqual(idle);

    const held = await lock.acquire('upgradable');
    const alone = await held.upgrade();
    held.release();
    expect(lock.state).toEqual(idle);
    alone.release();
    expect(lock.state).toEqual(idle);
  });

  it('is refused where there is nothing to upgrade', async () => {
    const place = await new ReadWriteLock().acquire('upgradable');
    const alone = await place.upgrade();
    await expect(place.upgrade()).rejects.toMatchObject({ code: 'conflict' });
    alone.release();
    place.release();
    await expect(place.upgrade()).rejects.toMatchObject({ code: 'conflict' });
  });
});
