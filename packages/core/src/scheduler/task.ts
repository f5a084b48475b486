import type { Clock } from '../clock/clock.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import type { TaskReport } from './scheduler-events.ts';
import type { ParsedTaskOptions } from './scheduler-options.ts';

/** One task on its way: its times, and how it is told to go. It knows nothing of queues and locks. */
export class Task {
  readonly id: number;
  readonly options: ParsedTaskOptions;
  /** On the clock's monotonic time. */
  readonly queuedMs: number;
  /** Resolves when nothing of the task runs any more. */
  readonly ended: Promise<void>;
  readonly markEnded: () => void;
  /** Set once it is told to go. */
  abortReason: DynamoError | undefined;
  isOverdue = false;

  readonly #clock: Clock;
  readonly #withdrawal = new AbortController();
  readonly #stop = new AbortController();
  #startedMs: number | undefined;

  constructor(id: number, options: ParsedTaskOptions, clock: Clock) {
    this.id = id;
    this.options = options;
    this.queuedMs = clock.monotonicMs();
    this.#clock = clock;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.markEnded = resolve;
  }

  /** Aborted if the task is told to go while it waits. */
  get withdrawn(): AbortSignal {
    return this.#withdrawal.signal;
  }

  /** What the work gets; aborted if the task is told to go while it runs. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  get hasStarted(): boolean {
    return this.#startedMs !== undefined;
  }

  get title(): string {
    return `${this.options.access} task ${JSON.stringify(this.options.name)}`;
  }

  start(): void {
    this.#startedMs = this.#clock.monotonicMs();
  }

  /** The first reason counts. */
  abort(reason: DynamoError): void {
    if (this.abortReason !== undefined) return;
    this.abortReason = reason;
    (this.hasStarted ? this.#stop : this.#withdrawal).abort(reason);
  }

  /** What the caller is told of an error of the work: why it was told to stop, if it was, and what came of that. */
  explain(error: unknown): unknown {
    const reason = this.abortReason;
    if (reason === undefined || error === reason || (error instanceof Error && error.cause === reason)) {
      return reason ?? error;
    }
    return new DynamoError(reason.code, `${reason.message}, and failed then`, { data: reason.data, cause: error });
  }

  report(error?: unknown): TaskReport {
    const { name, access, priority } = this.options;
    const nowMs = this.#clock.monotonicMs();
    const waitedMs = (this.#startedMs ?? nowMs) - this.queuedMs;
    const ranMs = nowMs - (this.#startedMs ?? nowMs);
    return { id: this.id, name, access, priority, waitedMs, ranMs, ...(error === undefined ? {} : { error }) };
  }
}
