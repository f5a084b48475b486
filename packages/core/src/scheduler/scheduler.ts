import PQueue from 'p-queue';
import type { Clock } from '../clock/clock.ts';
import { startTimer } from '../clock/start-timer.ts';
import { abortedError, throwIfAborted } from '../errors/aborted-error.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import { type EventSource, TypedEvents } from '../events/typed-events.ts';
import type { LockMode } from '../lock/lock-hold.ts';
import { ReadWriteLock } from '../lock/read-write-lock.ts';
import { createCounters, type MutableCounters, type SchedulerCounters } from './scheduler-counters.ts';
import type { SchedulerEvents } from './scheduler-events.ts';
import {
  type Access,
  parseSchedulerLimits,
  parseTaskOptions,
  type SchedulerLimits,
  type SchedulerOptions,
  type TaskOptions,
} from './scheduler-options.ts';
import { Task } from './task.ts';

export interface TaskContext {
  /** Aborted when the task is to stop: by its caller, its time limit, or the closing scheduler. */
  readonly signal: AbortSignal;
}

export interface CloseOptions {
  /** How long running tasks may go on before they are told to stop. Default 30,000. */
  readonly drainMs?: number | undefined;
  /** Ends that time early. */
  readonly signal?: AbortSignal | undefined;
}

export interface CloseReport {
  /** Names of the tasks that did not end although they were told to stop. */
  readonly overdue: readonly string[];
}

/**
 * Decides who may work on something now: read tasks side by side up to a bound, one write task beside them, and exclusive
 * tasks alone. What they work on is the caller's business.
 *
 * 1. Order. Within an access, a task of priority p counts as having come p * agingMs before it did; who came first goes
 *    first. So a task is overtaken only by those that come less than (difference of priorities) * agingMs after it, and
 *    nobody starves. Between the accesses, the firsts of each take turns at a fair lock, in the order in which they got there.
 * 2. Bounds. At most maxWaiting tasks of each access wait; the next is refused at once with 'queue-full'.
 * 3. Stopping. A waiting task that is aborted, or has waited for its waitLimitMs, is gone at once. A running one is told by
 *    its signal. A reader's caller is answered then, and its place is free: what it reads cannot change. A writer's place is
 *    free only when the writer has really ended; its caller gets what came of it, or after graceMs the reason of the stop.
 *    Whatever still runs after graceMs is reported as overdue, by name.
 * 4. Closing. New tasks are refused and waiting ones cancelled with 'closed'; running ones get drainMs, then are told to stop.
 *
 * A task must not wait for another one that cannot run beside it: both would wait until a limit ends them.
 */
export class Scheduler implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #limits: SchedulerLimits;
  readonly #lock = new ReadWriteLock();
  readonly #lanes: Readonly<Record<Access, PQueue>>;
  readonly #events: TypedEvents<SchedulerEvents>;
  readonly #counters: Readonly<Record<Access, MutableCounters>> = {
    read: createCounters(),
    write: createCounters(),
    exclusive: createCounters(),
  };
  /** All that have not ended. */
  readonly #tasks = new Set<Task>();
  #lastId = 0;
  #closing: Promise<CloseReport> | undefined;

  constructor(options: SchedulerOptions) {
    this.#limits = parseSchedulerLimits(options);
    this.#clock = options.clock;
    this.#events = new TypedEvents({ onListenerError: options.onListenerError });
    this.#lanes = {
      read: new PQueue({ concurrency: this.#limits.maxParallelReads }),
      write: new PQueue({ concurrency: 1 }),
      exclusive: new PQueue({ concurrency: 1 }),
    };
  }

  get events(): EventSource<SchedulerEvents> {
    return this.#events;
  }

  /** A copy of the figures as they are now. */
  get counters(): SchedulerCounters {
    const { read, write, exclusive } = this.#counters;
    return { read: { ...read }, write: { ...write }, exclusive: { ...exclusive } };
  }

  /**
   * Runs `work` when its turn comes, and gives what it returns or throws. Rejects with 'queue-full' or 'closed' if it is not
   * taken, with 'aborted', 'deadline' or 'closed' if it is stopped.
   */
  async run<Result>(
    options: TaskOptions,
    work: (context: TaskContext) => Result | PromiseLike<Result>,
  ): Promise<Result> {
    const task = this.#admit(options);
    const { access, priority } = task.options;
    const stopWatching = this.#watch(task);
    try {
      const result = await this.#lanes[access].add(() => this.#carryOut(task, work), {
        priority: priority * this.#limits.agingMs - task.queuedMs,
        signal: task.withdrawn,
      });
      this.#answer(task, 'finished');
      return result;
    } catch (error) {
      const isCancelled = task.abortReason !== undefined && task.abortReason.code !== 'deadline';
      this.#answer(task, isCancelled ? 'cancelled' : 'failed', error);
      throw error;
    } finally {
      stopWatching();
    }
  }

  /** Later calls get the report of the first. */
  close({ drainMs = 30_000, signal }: CloseOptions = {}): Promise<CloseReport> {
    this.#closing ??= this.#drain(drainMs, signal);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #admit(options: TaskOptions): Task {
    const task = new Task(this.#lastId + 1, parseTaskOptions(options), this.#clock);
    const counters = this.#counters[task.options.access];
    const { maxWaiting } = this.#limits;
    throwIfAborted(task.title, options.signal);
    if (this.#closing !== undefined) {
      counters.refused += 1;
      throw new DynamoError('closed', `${task.title} was refused: the scheduler is closed`);
    }
    if (counters.waiting >= maxWaiting) {
      counters.refused += 1;
      const message = `${task.title} was refused: ${maxWaiting} tasks of its kind are waiting; try again later`;
      throw new DynamoError('queue-full', message, {
        data: { name: options.name, access: options.access, maxWaiting },
      });
    }
    this.#lastId += 1;
    counters.queued += 1;
    counters.waiting += 1;
    this.#tasks.add(task);
    this.#events.emit('queued', task.report());
    return task;
  }

  /** Passes the caller's abort on, and keeps the limit on waiting, until the returned function is called. */
  #watch(task: Task): () => void {
    const { signal, waitLimitMs } = task.options;
    const abort = (): void => {
      if (signal !== undefined) task.abort(abortedError(task.title, signal));
    };
    signal?.addEventListener('abort', abort);
    const stopTimer = this.#startLimit(waitLimitMs, () => {
      if (!task.hasStarted) task.abort(deadlineError(task, `was not started within ${waitLimitMs} ms`));
    });
    return () => {
      signal?.removeEventListener('abort', abort);
      stopTimer();
    };
  }

  async #carryOut<Result>(task: Task, work: (context: TaskContext) => Result | PromiseLike<Result>): Promise<Result> {
    const { access, timeLimitMs } = task.options;
    const hold = await this.#lock.acquire(lockModes[access], { signal: task.withdrawn });
    if (task.withdrawn.aborted) {
      hold.release();
      throw task.abortReason;
    }
    this.#start(task);
    const { promise: answer, resolve, reject } = Promise.withResolvers<Result>();
    const stopTimer = this.#startLimit(timeLimitMs, () =>
      task.abort(deadlineError(task, `did not end within its time limit of ${timeLimitMs} ms`)),
    );
    let stopGrace = (): void => undefined;
    const onStop = (): void => {
      if (access === 'read') {
        hold.release();
        reject(task.abortReason);
      }
      stopGrace = startTimer(this.#clock, this.#limits.graceMs, () => {
        reject(task.abortReason);
        this.#markOverdue(task);
      });
    };
    task.stopped.addEventListener('abort', onStop);
    // Apart from the answer: the lock goes back when the work has ended, whoever still waits for it.
    void (async () => work({ signal: task.stopped }))()
      .then(resolve, (error: unknown) => reject(task.explain(error)))
      .then(() => {
        task.stopped.removeEventListener('abort', onStop);
        stopTimer();
        stopGrace();
        hold.release();
        this.#end(task);
      });
    return answer;
  }

  #start(task: Task): void {
    const counters = this.#counters[task.options.access];
    task.start();
    counters.waiting -= 1;
    counters.running += 1;
    counters.started += 1;
    this.#events.emit('started', task.report());
  }

  #answer(task: Task, outcome: 'finished' | 'failed' | 'cancelled', error?: unknown): void {
    const counters = this.#counters[task.options.access];
    const report = task.report(error);
    counters[task.hasStarted ? 'running' : 'waiting'] -= 1;
    counters[outcome] += 1;
    counters.waitedMs += report.waitedMs;
    counters.ranMs += report.ranMs;
    this.#events.emit(outcome, report);
    if (!task.hasStarted) this.#forget(task);
  }

  #markOverdue(task: Task): void {
    task.isOverdue = true;
    this.#counters[task.options.access].overdue += 1;
    this.#events.emit('overdue', task.report(task.abortReason));
  }

  #end(task: Task): void {
    if (task.isOverdue) {
      this.#counters[task.options.access].overdue -= 1;
      this.#events.emit('ended', task.report(task.abortReason));
    }
    this.#forget(task);
  }

  #forget(task: Task): void {
    this.#tasks.delete(task);
    task.markEnded();
  }

  async #drain(drainMs: number, signal: AbortSignal | undefined): Promise<CloseReport> {
    for (const task of this.#tasks) if (!task.hasStarted) task.abort(closedError(task));
    await this.#untilIdle(drainMs, signal);
    for (const task of this.#tasks) task.abort(closedError(task));
    await this.#untilIdle(this.#limits.graceMs, undefined);
    return { overdue: [...this.#tasks].map((task) => task.options.name) };
  }

  /** Waits until no task is left, `limitMs` have passed, or the signal is aborted. */
  async #untilIdle(limitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopTimer = startTimer(this.#clock, limitMs, resolve);
    const stop = (): void => resolve();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    await Promise.race([promise, Promise.all([...this.#tasks].map((task) => task.ended))]);
    stopTimer();
    signal?.removeEventListener('abort', stop);
  }

  #startLimit(limitMs: number | undefined, onElapsed: () => void): () => void {
    return limitMs === undefined ? () => undefined : startTimer(this.#clock, limitMs, onElapsed);
  }
}

const lockModes: Readonly<Record<Access, LockMode>> = { read: 'shared', write: 'upgradable', exclusive: 'exclusive' };

function deadlineError(task: Task, what: string): DynamoError {
  const { name, access, waitLimitMs, timeLimitMs } = task.options;
  return new DynamoError('deadline', `${task.title} ${what}`, { data: { name, access, waitLimitMs, timeLimitMs } });
}

function closedError(task: Task): DynamoError {
  return new DynamoError('closed', `${task.title} was stopped: the scheduler is closing`, {
    data: { name: task.options.name, access: task.options.access },
  });
}
