import { DynamoError } from '@dynamo/core';
import { createManualClock } from '@dynamo/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { CycleEnd } from '../services/health.ts';
import type { Cycle } from './cycle.ts';
import { CycleLoop } from './cycle-loop.ts';

const loops: CycleLoop[] = [];
afterEach(() => Promise.all(loops.splice(0).map((loop) => loop.stop())));

function setUp(run: Cycle['run'], intervalSeconds = 10) {
  const clock = createManualClock();
  const ends: CycleEnd[] = [];
  const onEnd = (_cycle: Cycle, end: CycleEnd): void => {
    ends.push(end);
  };
  const loop = new CycleLoop({ name: 'detox', intervalSeconds, run }, { clock, onEnd });
  loops.push(loop);
  return { clock, loop, ends };
}

describe('a cycle', () => {
  it('runs at once, and an interval after each end', async () => {
    let runs = 0;
    const { clock, loop } = setUp(async () => {
      runs += 1;
      return `run ${runs}`;
    });
    await clock.advance(0);
    expect(runs).toBe(1);
    await clock.advance(9999);
    expect(runs).toBe(1);
    expect(loop.health).toMatchObject({ running: false, runs: 1, last: { summary: 'run 1', outcome: 'done' } });
    await clock.advance(1);
    expect(runs).toBe(2);
  });

  it('never runs beside itself, however slow it is and however often it is woken', async () => {
    let [inside, most, runs] = [0, 0, 0];
    const { clock, loop } = setUp(async () => {
      inside += 1;
      runs += 1;
      most = Math.max(most, inside);
      await clock.sleep(25_000);
      inside -= 1;
      return null;
    });
    await clock.advance(0);
    for (let i = 0; i < 20; i += 1) {
      loop.wake();
      await clock.advance(10_000);
    }
    expect(most).toBe(1);
    expect(runs).toBe(9);
    loop.stop().catch(() => undefined);
    await clock.advance(25_000);
  });

  it('goes on after a failure, and tells of it', async () => {
    let runs = 0;
    const { clock, loop, ends } = setUp(() => {
      runs += 1;
      if (runs === 1) throw new Error('at once');
      if (runs === 2) return Promise.reject(new DynamoError('unavailable', 'no database'));
      return Promise.resolve(null);
    });
    await clock.advance(0);
    expect(loop.health).toMatchObject({ failures: 1, last: { outcome: 'failed', summary: 'at once' } });
    await clock.advance(10_000);
    expect(loop.health.last).toMatchObject({ outcome: 'failed', summary: 'no database' });
    await clock.advance(10_000);
    expect(loop.health).toMatchObject({ runs: 3, failures: 2, last: { outcome: 'done', summary: 'nothing to do' } });
    expect(ends.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
  });

  it('runs when it is woken, and once more if it was woken at work', async () => {
    let runs = 0;
    const { clock, loop } = setUp(async () => {
      runs += 1;
      await clock.sleep(1000);
      return null;
    });
    await clock.advance(0);
    loop.wake();
    loop.wake();
    await clock.advance(1000);
    expect(runs).toBe(2);
    await clock.advance(1000);
    expect(loop.health.running).toBe(false);
    loop.wake();
    await clock.advance(0);
    expect(runs).toBe(3);
    loop.stop().catch(() => undefined);
    await clock.advance(1000);
  });

  it('is asked to end when it is stopped, and waited for', async () => {
    const end = Promise.withResolvers<string>();
    let told = false;
    const { clock, loop, ends } = setUp((signal) => {
      signal.addEventListener('abort', () => {
        told = true;
      });
      return end.promise;
    });
    await clock.advance(0);
    let isStopped = false;
    const stopping = loop.stop().then(() => {
      isStopped = true;
    });
    await clock.advance(100_000);
    expect([told, isStopped]).toEqual([true, false]);
    end.resolve('committed');
    await stopping;
    expect(ends).toMatchObject([{ outcome: 'done', summary: 'committed' }]);
    expect(loop.health).toMatchObject({ running: false, nextAt: null });
    expect(clock.sleeperCount).toBe(0);
  });

  it('that ends because it was stopped has not failed', async () => {
    const { clock, loop, ends } = setUp(async (signal) => {
      await clock.sleep(1e6, { signal });
      return null;
    });
    await clock.advance(0);
    await loop.stop();
    expect(ends).toMatchObject([{ outcome: 'aborted' }]);
    expect(loop.health.failures).toBe(0);
  });
});
