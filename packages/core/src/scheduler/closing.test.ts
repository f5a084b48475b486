import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createWork, read, setUp, write } from './fixtures/scheduler-world.ts';

describe('closing', () => {
  it('refuses what comes, cancels what waits, and lets what runs end', async () => {
    const { scheduler, clock, log } = setUp();
    const running = createWork('done');
    const run = scheduler.run({ ...write, name: 'running' }, running.work);
    const waiting = scheduler.run({ ...write, name: 'waiting' }, () => 1);
    await turn();
    const closing = scheduler.close({ drainMs: 1000 });
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(scheduler.run(read, () => 1)).rejects.toMatchObject({ code: 'closed' });
    await clock.advance(999);
    expect(running.isStopped).toBe(false);
    running.end();
    expect(await run).toBe('done');
    expect(await closing).toEqual({ overdue: [] });
    expect(log).toContain('cancelled waiting');
    expect(scheduler.counters.read.refused).toBe(1);
    expect(clock.sleeperCount).toBe(0);
  });

  it('tells what runs to stop when the drain has ended, and names what does not', async () => {
    const { scheduler, clock } = setUp({ graceMs: 100 });
    const stuck = createWork(1);
    const run = scheduler.run({ ...write, name: 'stuck' }, stuck.work);
    const good = scheduler.run({ ...read, name: 'good' }, async ({ signal }) => {
      await clock.sleep(1_000_000, { signal });
    });
    for (const promise of [run, good]) promise.catch(() => undefined);
    await turn();
    const closing = scheduler.close({ drainMs: 1000 });
    await clock.advance(1000);
    expect(stuck.isStopped).toBe(true);
    await expect(good).rejects.toMatchObject({ code: 'closed' });
    await clock.advance(100);
    expect(await closing).toEqual({ overdue: ['stuck'] });
    await expect(run).rejects.toMatchObject({ code: 'closed' });
    stuck.end();
    await turn();
    expect(clock.sleeperCount).toBe(0);
  });

  it('does not wait for the drain once its signal is aborted, and closes once', async () => {
    const { scheduler } = setUp();
    const run = scheduler.run(
      read,
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    run.catch(() => undefined);
    await turn();
    const closing = scheduler.close({ signal: AbortSignal.abort() });
    expect(scheduler.close()).toBe(closing);
    expect(await closing).toEqual({ overdue: [] });
    await expect(run).rejects.toMatchObject({ code: 'closed' });
    await scheduler[Symbol.asyncDispose]();
  });
});
