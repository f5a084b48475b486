import { describe, expect, it } from 'vitest';
import { createManualClock } from './manual-clock.ts';
import { systemClock } from './system-clock.ts';

describe('the system clock', () => {
  it('sleeps at least as long as asked, and its monotonic time moves on', async () => {
    const beforeMs = systemClock.monotonicMs();
    await systemClock.sleep(20);
    expect(systemClock.monotonicMs() - beforeMs).toBeGreaterThan(18);
    expect(Number.isInteger(systemClock.nowSeconds())).toBe(true);
  });

  it('wakes an aborted sleeper at once, also from a sleep longer than a timer can be', async () => {
    const controller = new AbortController();
    const asleep = systemClock.sleep(2 ** 40, { signal: controller.signal });
    controller.abort('enough');
    await expect(asleep).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
    await expect(systemClock.sleep(0, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a manual clock', () => {
  it('stands still until it is advanced', async () => {
    const clock = createManualClock({ startSeconds: 100 });
    expect([clock.nowSeconds(), clock.monotonicMs()]).toEqual([100, 0]);
    await clock.advance(1999);
    expect([clock.nowSeconds(), clock.monotonicMs()]).toEqual([101, 1999]);
  });

  it('wakes sleepers in the order of their due times, each at its own time, and those that they start', async () => {
    const clock = createManualClock();
    const woken: [string, number][] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push([name, clock.monotonicMs()]);
    };
    const all = [sleeper('late', 30), sleeper('early', 10).then(() => sleeper('again', 5)), sleeper('also late', 30)];
    await clock.advance(29);
    expect(woken).toEqual([
      ['early', 10],
      ['again', 15],
    ]);
    await clock.advance(1);
    await Promise.all(all);
    expect(woken.slice(2)).toEqual([
      ['late', 30],
      ['also late', 30],
    ]);
  });

  it('forgets an aborted sleeper', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    const asleep = clock.sleep(10, { signal: controller.signal });
    expect(clock.sleeperCount).toBe(1);
    controller.abort();
    await expect(asleep).rejects.toMatchObject({ code: 'aborted' });
    expect(clock.sleeperCount).toBe(0);
  });
});
