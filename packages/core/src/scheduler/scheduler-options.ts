import type { Clock } from '../clock/clock.ts';
import { type InputFault, inputError } from '../errors/input-error.ts';
import type { ListenerErrorHandler } from '../events/typed-events.ts';

/** `read`: any number, on views. `write`: one at a time, beside the readers. `exclusive`: alone. */
export type Access = 'read' | 'write' | 'exclusive';
export const accesses: readonly Access[] = ['read', 'write', 'exclusive'];

export interface SchedulerOptions {
  readonly clock: Clock;
  /** Told of what listeners of the scheduler's events throw. */
  readonly onListenerError: ListenerErrorHandler;
  /** How many read tasks may run at the same time. Default 8. */
  readonly maxParallelReads?: number | undefined;
  /** How many tasks of each access may wait; the next is refused with 'queue-full'. Default 1000. */
  readonly maxWaiting?: number | undefined;
  /** How much earlier than it did a task counts as having come, for each step of priority. Default 10,000. */
  readonly agingMs?: number | undefined;
  /** How long a writer that was told to stop may take to end by itself, before its caller is answered. Default 5,000. */
  readonly graceMs?: number | undefined;
}

export interface TaskOptions {
  /** Who it is: for events, errors, and the operator. */
  readonly name: string;
  readonly access: Access;
  /** An integer from -100 to 100; more goes first. Default 0. */
  readonly priority?: number | undefined;
  /** How long it may wait for its turn. Default: for ever. */
  readonly waitLimitMs?: number | undefined;
  /** How long it may run. Default: for ever. */
  readonly timeLimitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SchedulerLimits {
  readonly maxParallelReads: number;
  readonly maxWaiting: number;
  readonly agingMs: number;
  readonly graceMs: number;
}

export function parseSchedulerLimits(options: SchedulerOptions): SchedulerLimits {
  const { clock: _clock, onListenerError: _handler, ...limits } = options;
  refuseUnknownKeys('scheduler', limits, ['maxParallelReads', 'maxWaiting', 'agingMs', 'graceMs']);
  return {
    maxParallelReads: integer('scheduler.maxParallelReads', limits.maxParallelReads ?? 8, 1, 1_000_000),
    maxWaiting: integer('scheduler.maxWaiting', limits.maxWaiting ?? 1000, 1, 1_000_000),
    agingMs: duration('scheduler.agingMs', limits.agingMs ?? 10_000),
    graceMs: duration('scheduler.graceMs', limits.graceMs ?? 5000),
  };
}

export interface ParsedTaskOptions extends TaskOptions {
  readonly priority: number;
}

export function parseTaskOptions(options: TaskOptions): ParsedTaskOptions {
  refuseUnknownKeys('task', options, ['name', 'access', 'priority', 'waitLimitMs', 'timeLimitMs', 'signal']);
  const { name, access, priority = 0, waitLimitMs, timeLimitMs } = options;
  if (typeof name !== 'string' || name === '') throw fault('task.name', name, 'a string that is not empty');
  if (!accesses.includes(access)) throw fault('task.access', access, accesses.join(', '));
  integer('task.priority', priority, -100, 100);
  if (waitLimitMs !== undefined) duration('task.waitLimitMs', waitLimitMs);
  if (timeLimitMs !== undefined) duration('task.timeLimitMs', timeLimitMs);
  return { ...options, priority };
}

function integer(path: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw fault(path, value, `an integer from ${min} to ${max}`);
}

function duration(path: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw fault(path, value, 'a number of milliseconds, 0 or more');
}

function refuseUnknownKeys(path: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw inputError({
        what: 'unknown option',
        where: { path: `${path}.${key}` },
        hint: `known: ${known.join(', ')}`,
      });
    }
  }
}

function fault(path: string, value: unknown, expected: InputFault['what']): Error {
  return inputError({ what: `expected ${expected}, got ${JSON.stringify(value) ?? String(value)}`, where: { path } });
}
