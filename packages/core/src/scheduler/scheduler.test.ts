import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { alone, createWork, read, setUp, write } from './fixtures/scheduler-world.ts';
import type { SchedulerOptions, TaskOptions } from './scheduler-options.ts';

describe('a scheduler', () => {
  it('gives what the work returns or throws, and frees the place either way', async () => {
    const { scheduler } = setUp();
    expect(await scheduler.run(read, () => 1)).toBe(1);
    for (const options of [read, write, alone]) {
      await expect(scheduler.run(options, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      await expect(
        scheduler.run(options, () => {
          throw new Error('at once');
        }),
      ).rejects.toThrow('at once');
      expect(await scheduler.run(options, async () => 2)).toBe(2);
    }
  });

  it('runs readers side by side up to the bound, with one writer beside them', async () => {
    const { scheduler } = setUp({ maxParallelReads: 2 });
    const readers = [createWork(1), createWork(2), createWork(3)];
    const writers = [createWork(4), createWork(5)];
    const all = [
      ...readers.map(({ work }) => scheduler.run(read, work)),
      ...writers.map(({ work }) => scheduler.run(write, work)),
    ];
    await turn();
    const started = (): boolean[] => [...readers, ...writers].map(({ hasStarted }) => hasStarted);
    expect(started()).toEqual([true, true, false, true, false]);
    readers[0]?.end();
    writers[0]?.end();
    await turn();
    expect(started()).toEqual([true, true, true, true, true]);
    for (const { end } of [...readers, ...writers]) end();
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5]);
  });

  it('runs an exclusive task alone, and keeps those out that came after it', async () => {
    const { scheduler } = setUp();
    const [reader, loner, late] = [createWork(1), createWork(2), createWork(3)];
    const all = [scheduler.run(read, reader.work), scheduler.run(alone, loner.work)];
    await turn();
    all.push(scheduler.run(read, late.work));
    await turn();
    expect([loner.hasStarted, late.hasStarted]).toEqual([false, false]);
    reader.end();
    await turn();
    expect([loner.hasStarted, late.hasStarted]).toEqual([true, false]);
    loner.end();
    await turn();
    expect(late.hasStarted).toBe(true);
    late.end();
    await Promise.all(all);
  });

  it('refuses with queue-full when too many of the access wait, and takes tasks again when there is room', async () => {
    const { scheduler } = setUp({ maxWaiting: 2 });
    const first = createWork(0);
    const all = [scheduler.run(write, first.work)];
    await turn();
    all.push(
      scheduler.run(write, () => 1),
      scheduler.run(write, () => 2),
    );
    await expect(scheduler.run(write, () => 3)).rejects.toMatchObject({
      code: 'queue-full',
      data: { name: 'writer', access: 'write', maxWaiting: 2 },
    });
    expect(await scheduler.run(read, () => 4)).toBe(4);
    first.end();
    await Promise.all(all);
    expect(await scheduler.run(write, () => 5)).toBe(5);
    expect(scheduler.counters.write).toMatchObject({ queued: 4, finished: 4, refused: 1, waiting: 0, running: 0 });
  });

  it('lets priority go first, but not before those who have waited long enough', async () => {
    const { scheduler, clock } = setUp({ agingMs: 1000 });
    const order: string[] = [];
    const first = createWork(0);
    const all: Promise<unknown>[] = [scheduler.run(write, first.work)];
    const add = (name: string, priority: number): void => {
      all.push(scheduler.run({ name, access: 'write', priority }, () => order.push(name)));
    };
    await turn();
    add('old', 0);
    await clock.advance(1999);
    add('urgent, soon', 2);
    add('urgent too', 2);
    await clock.advance(2);
    add('urgent, late', 2);
    add('later', 0);
    first.end();
    await Promise.all(all);
    expect(order).toEqual(['urgent, soon', 'urgent too', 'old', 'urgent, late', 'later']);
  });

  it('tells what happened, after the fact and with the times', async () => {
    const { scheduler, clock, log, reports } = setUp();
    const [first, second] = [createWork(1), createWork(2)];
    const error = new Error('no');
    const all = [
      scheduler.run({ ...write, name: 'a' }, first.work),
      scheduler.run({ ...write, name: 'b', priority: 3 }, second.work),
    ];
    await clock.advance(30);
    first.end();
    await clock.advance(12);
    second.fail(error);
    await Promise.allSettled(all);
    await turn();
    expect(log).toEqual(['queued a', 'queued b', 'started a', 'finished a', 'started b', 'failed b']);
    expect(reports.slice(3)).toEqual([
      { id: 1, name: 'a', access: 'write', priority: 0, waitedMs: 0, ranMs: 30 },
      { id: 2, name: 'b', access: 'write', priority: 3, waitedMs: 30, ranMs: 0 },
      { id: 2, name: 'b', access: 'write', priority: 3, waitedMs: 30, ranMs: 12, error },
    ]);
    expect(scheduler.counters.write).toEqual({
      waiting: 0,
      running: 0,
      overdue: 0,
      queued: 2,
      started: 2,
      finished: 1,
      failed: 1,
      cancelled: 0,
      refused: 0,
      waitedMs: 30,
      ranMs: 42,
    });
  });

  it.each([
    [{ name: '', access: 'read' }, 'task.name'],
    [{ name: 'a', access: 'update' }, 'task.access: expected read, write, exclusive, got "update"'],
    [{ name: 'a', access: 'read', priority: 1.5 }, 'task.priority'],
    [{ name: 'a', access: 'read', timeLimitMs: -1 }, 'task.timeLimitMs'],
    [{ name: 'a', access: 'read', waitLimitMs: Number.NaN }, 'task.waitLimitMs'],
    [{ name: 'a', access: 'read', timeoutMs: 1 }, 'task.timeoutMs: unknown option'],
  ])('refuses a task like %j', async (options, message) => {
    await expect(setUp().scheduler.run(options as TaskOptions, () => 1)).rejects.toThrow(message);
  });

  it.each([
    [{ maxParallelReads: 0 }, 'scheduler.maxParallelReads: expected an integer from 1 to 1000000, got 0'],
    [{ maxWaiting: 0.5 }, 'scheduler.maxWaiting'],
    [{ graceMs: -1 }, 'scheduler.graceMs'],
    [{ agingMs: Number.POSITIVE_INFINITY }, 'scheduler.agingMs'],
    [{ concurrency: 3 }, 'scheduler.concurrency: unknown option'],
  ])('refuses options like %j', (options, message) => {
    expect(() => setUp(options as Partial<SchedulerOptions>)).toThrow(message);
  });
});

describe('stopping', () => {
  it('takes a waiting task out at once, by its signal or its limit, and tells which', async () => {
    const { scheduler, clock, log } = setUp();
    const first = createWork(0);
    const running = scheduler.run(write, first.work);
    const controller = new AbortController();
    const aborted = scheduler.run({ ...write, name: 'a', signal: controller.signal }, () => 1);
    const late = scheduler.run({ ...write, name: 'b', waitLimitMs: 50 }, () => 1);
    const lone = scheduler.run({ ...alone, name: 'c', waitLimitMs: 60 }, () => 1);
    for (const promise of [aborted, late, lone]) promise.catch(() => undefined);
    await turn();
    controller.abort('changed my mind');
    await expect(aborted).rejects.toMatchObject({ code: 'aborted', cause: 'changed my mind' });
    await clock.advance(50);
    await expect(late).rejects.toMatchObject({
      code: 'deadline',
      message: 'write task "b" was not started within 50 ms',
    });
    await clock.advance(10);
    await expect(lone).rejects.toMatchObject({ code: 'deadline' });
    first.end();
    await running;
    expect(await scheduler.run(alone, () => 2)).toBe(2);
    await turn();
    expect(log).toContain('cancelled a');
    expect(log).toContain('failed b');
    expect(log).toContain('failed c');
    expect(scheduler.counters.write).toMatchObject({ waiting: 0, started: 1, cancelled: 1, failed: 1 });
    expect(clock.sleeperCount).toBe(0);
  });

  it.each([read, write, alone])(
    'leaves the figures and the clock in order at whatever moment it comes: %j',
    async (options) => {
      for (let microtasks = 0; microtasks < 24; microtasks += 1) {
        const { scheduler, clock } = setUp({ graceMs: 10 });
        const controller = new AbortController();
        const begun: boolean[] = [];
        const run = scheduler.run({ ...options, signal: controller.signal }, async () =>
          begun.push(!controller.signal.aborted),
        );
        run.catch(() => undefined);
        for (let passed = 0; passed < microtasks; passed += 1) await Promise.resolve();
        controller.abort();
        await Promise.allSettled([run]);
        await clock.advance(100);
        const { waiting, running, overdue, queued, finished, cancelled } = scheduler.counters[options.access];
        expect({ waiting, running, overdue, queued }).toEqual({ waiting: 0, running: 0, overdue: 0, queued: 1 });
        expect(finished + cancelled).toBe(1);
        expect(begun).not.toContain(false);
        expect(clock.sleeperCount).toBe(0);
        expect(await scheduler.run(alone, () => 2)).toBe(2);
      }
    },
  );

  it('leaves no timer of a limit that was kept', async () => {
    const { scheduler, clock } = setUp();
    expect(await scheduler.run({ ...read, waitLimitMs: 1000, timeLimitMs: 1000 }, () => clock.sleeperCount)).toBe(2);
    expect(clock.sleeperCount).toBe(0);
  });

  it('does not take a task whose signal is aborted already', async () => {
    const { scheduler } = setUp();
    await expect(scheduler.run({ ...read, signal: AbortSignal.abort() }, () => 1)).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(scheduler.counters.read.queued).toBe(0);
  });

  it('answers for a reader at its time limit and frees its place, and names it if it goes on all the same', async () => {
    const { scheduler, clock, log } = setUp({ maxParallelReads: 1, graceMs: 100 });
    const stuck = createWork(1);
    const run = scheduler.run({ ...read, name: 'stuck', timeLimitMs: 1000 }, stuck.work);
    run.catch(() => undefined);
    await clock.advance(999);
    expect(stuck.isStopped).toBe(false);
    await clock.advance(1);
    expect(stuck.isStopped).toBe(true);
    await expect(run).rejects.toMatchObject({
      code: 'deadline',
      message: 'read task "stuck" did not end within its time limit of 1000 ms',
      data: { name: 'stuck', timeLimitMs: 1000 },
    });
    expect(await scheduler.run(read, () => 2)).toBe(2);
    expect(await scheduler.run(alone, () => 3)).toBe(3);
    await clock.advance(100);
    expect(scheduler.counters.read).toMatchObject({ running: 0, overdue: 1, failed: 1 });
    stuck.end();
    await turn();
    await turn();
    expect(scheduler.counters.read.overdue).toBe(0);
    expect(log.filter((line) => line.endsWith('stuck'))).toEqual([
      'queued stuck',
      'started stuck',
      'failed stuck',
      'overdue stuck',
      'ended stuck',
    ]);
  });

  it('answers for a writer after the grace, and keeps its place until it has really ended', async () => {
    const { scheduler, clock } = setUp({ graceMs: 100 });
    const stuck = createWork(1);
    const run = scheduler.run({ ...write, name: 'stuck', timeLimitMs: 1000 }, stuck.work);
    const next = createWork(2);
    const nextRun = scheduler.run(write, next.work);
    run.catch(() => undefined);
    await clock.advance(1100);
    await expect(run).rejects.toMatchObject({ code: 'deadline' });
    expect(scheduler.counters.write).toMatchObject({ running: 0, overdue: 1, waiting: 1 });
    expect(next.hasStarted).toBe(false);
    stuck.fail(new Error('nobody asks any more'));
    await turn();
    expect(next.hasStarted).toBe(true);
    next.end();
    expect(await nextRun).toBe(2);
    expect(clock.sleeperCount).toBe(0);
  });

  it('tells what came of a writer that ends within the grace', async () => {
    const { scheduler, clock, log } = setUp();
    const stop = async (end: (signal: AbortSignal) => unknown): Promise<unknown> => {
      const controller = new AbortController();
      const run = scheduler.run({ ...write, signal: controller.signal }, async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return end(signal);
      });
      await turn();
      controller.abort('stop');
      return run;
    };
    expect(await stop(() => 'was committed')).toBe('was committed');
    await expect(stop((signal) => signal.throwIfAborted())).rejects.toMatchObject({ code: 'aborted', cause: 'stop' });
    const failed = stop(() => {
      throw new Error('no disk');
    });
    await expect(failed).rejects.toMatchObject({
      code: 'aborted',
      message: 'write task "writer" was aborted, and failed then',
      cause: new Error('no disk'),
    });
    await turn();
    expect(log.filter((line) => /finished|cancelled|overdue|failed/.test(line))).toEqual([
      'finished writer',
      'cancelled writer',
      'cancelled writer',
    ]);
    expect(clock.sleeperCount).toBe(0);
  });
});
