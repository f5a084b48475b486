import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/manual-clock.ts';
import { isDynamoError } from '../errors/dynamo-error.ts';
import { Scheduler } from './scheduler.ts';
import { type Access, accesses } from './scheduler-options.ts';

const task = fc.record({
  access: fc.constantFrom(...accesses),
  priority: fc.integer({ min: -3, max: 3 }),
  steps: fc.integer({ min: 0, max: 3 }),
  ending: fc.constantFrom('returns', 'throws'),
  isAborted: fc.boolean(),
  isObedient: fc.boolean(),
});

describe('under any interleaving', () => {
  it('access is kept, every caller is answered, the figures add up, and nothing is left behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(task, { minLength: 1, maxLength: 10 }),
        fc.boolean(),
        async (s, tasks, closesEarly) => {
          const clock = createManualClock();
          const scheduler = new Scheduler({
            clock,
            onListenerError: () => undefined,
            maxParallelReads: 2,
            maxWaiting: 4,
          });
          const inside: Record<Access, number> = { read: 0, write: 0, exclusive: 0 };
          const enter = (access: Access): void => {
            inside[access] += 1;
            expect(inside.write).toBeLessThanOrEqual(1);
            expect(inside.exclusive === 0 || inside.read + inside.write + inside.exclusive === 1).toBe(true);
            expect(inside.read).toBeLessThanOrEqual(2);
          };
          const controllers = tasks.map(() => new AbortController());
          let answers = 0;

          const lives = tasks.map(async ({ access, priority, steps, ending, isObedient }, id) => {
            const { signal } = controllers[id] as AbortController;
            await s.schedule(Promise.resolve(), `${id} comes`);
            try {
              const result = await scheduler.run({ name: `${id}`, access, priority, signal }, async (context) => {
                enter(access);
                // A reader's place is free as soon as it is told to stop, however long it goes on.
                let isInside = true;
                const leave = (): void => {
                  if (isInside) inside[access] -= 1;
                  isInside = false;
                };
                if (access === 'read') context.signal.addEventListener('abort', leave);
                try {
                  for (let step = 0; step < steps; step += 1) {
                    await s.schedule(Promise.resolve(), `${id} works`);
                    if (isObedient) context.signal.throwIfAborted();
                  }
                  if (ending === 'throws') throw new Error(`${id} throws`);
                  return id;
                } finally {
                  leave();
                }
              });
              expect(result).toBe(id);
            } catch (error) {
              if (isDynamoError(error, 'aborted')) expect(signal.aborted).toBe(true);
              else if (isDynamoError(error, 'closed')) expect(closesEarly).toBe(true);
              else if (!isDynamoError(error, 'queue-full')) expect(error).toEqual(new Error(`${id} throws`));
            }
            answers += 1;
          });
          const aborts = tasks.map(async ({ isAborted }, id) => {
            if (!isAborted) return;
            await s.schedule(Promise.resolve(), `${id} is aborted`);
            controllers[id]?.abort();
          });
          const close = async (): Promise<void> => {
            if (!closesEarly) return;
            await s.schedule(Promise.resolve(), 'close');
            await scheduler.close();
          };
          await s.waitFor(Promise.all([...lives, ...aborts, close()]));
          await s.waitFor(scheduler.close());

          expect(answers).toBe(tasks.length);
          for (const access of accesses) {
            const { waiting, running, overdue, queued, finished, failed, cancelled, refused } =
              scheduler.counters[access];
            expect({ waiting, running, overdue }).toEqual({ waiting: 0, running: 0, overdue: 0 });
            expect(queued).toBe(finished + failed + cancelled);
            expect(queued + refused).toBeLessThanOrEqual(tasks.filter((one) => one.access === access).length);
          }
          expect(clock.sleeperCount).toBe(0);
          for (const { signal } of controllers) expect(getEventListeners(signal, 'abort')).toHaveLength(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('order within an access', () => {
  const arrival = fc.record({ afterMs: fc.nat({ max: 3000 }), priority: fc.integer({ min: -2, max: 2 }) });

  it('is that of arrival, each step of priority counting for agingMs of waiting', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...accesses),
        fc.array(arrival, { minLength: 2, maxLength: 12 }),
        async (access, arrivals) => {
          const agingMs = 1000;
          const clock = createManualClock();
          const scheduler = new Scheduler({ clock, onListenerError: () => undefined, agingMs, maxParallelReads: 1 });
          const first = Promise.withResolvers<void>();
          const all: Promise<unknown>[] = [scheduler.run({ name: 'first', access }, () => first.promise)];
          await clock.advance(0);
          const started: number[] = [];
          const cameMs: number[] = [];
          for (const [id, { afterMs, priority }] of arrivals.entries()) {
            await clock.advance(afterMs);
            cameMs.push(clock.monotonicMs());
            all.push(scheduler.run({ name: `${id}`, access, priority }, () => started.push(id)));
          }
          first.resolve();
          await Promise.all(all);
          const rank = (id: number): number => (cameMs[id] ?? 0) - (arrivals[id]?.priority ?? 0) * agingMs;
          expect(started).toEqual([...arrivals.keys()].sort((a, b) => rank(a) - rank(b) || a - b));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('starves nobody: a flood of urgent tasks holds up one that is not for a bounded number of turns', async () => {
    const clock = createManualClock();
    const scheduler = new Scheduler({ clock, onListenerError: () => undefined, agingMs: 100 });
    let isFlooding = true;
    let turns = 0;
    const flood = async (): Promise<void> => {
      while (isFlooding) {
        await scheduler.run({ name: 'urgent', access: 'write', priority: 100 }, () => clock.sleep(10));
        turns += 1;
      }
    };
    const floods = [flood(), flood(), flood()];
    const modest = scheduler.run({ name: 'modest', access: 'write', priority: -100 }, () => turns);
    void modest.then(() => {
      isFlooding = false;
    });
    for (let step = 0; step < 3000 && isFlooding; step += 1) await clock.advance(10);
    // 200 steps of priority at 100 ms each are 20 s, in which 2000 urgent tasks of 10 ms find a place.
    expect(isFlooding).toBe(false);
    expect(await modest).toBeGreaterThan(1900);
    expect(await modest).toBeLessThan(2100);
    await clock.advance(100);
    await Promise.all(floods);
  });
});
