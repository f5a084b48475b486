import { type Clock, DynamoError, isDynamoError } from '@dynamo/core';
import type { CycleEnd, CycleHealth } from '../services/health.ts';
import type { Cycle } from './cycle.ts';

export interface CycleLoopOptions {
  readonly clock: Clock;
  /** Told of every run that did something or failed. Must not throw. */
  readonly onEnd: (cycle: Cycle, end: CycleEnd, error: unknown) => void;
}

/**
 * Runs one cycle over and over, at once and then after each interval, until it is stopped.
 *
 * 1. A run begins only after the one before has ended, however long that took.
 * 2. A run that fails is reported; the next one comes all the same.
 * 3. Woken, it runs without waiting for the interval; woken while it runs, once more after that.
 */
export class CycleLoop {
  readonly #cycle: Cycle;
  readonly #options: CycleLoopOptions;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #pause = new AbortController();
  #isWoken = false;
  #isRunning = false;
  #nextAt: number | null = null;
  #runs = 0;
  #failures = 0;
  #last: CycleEnd | null = null;

  constructor(cycle: Cycle, options: CycleLoopOptions) {
    this.#cycle = cycle;
    this.#options = options;
    this.#ended = this.#loop();
  }

  get health(): CycleHealth {
    const { name, intervalSeconds } = this.#cycle;
    const [running, runs, failures] = [this.#isRunning, this.#runs, this.#failures];
    return { name, intervalSeconds, running, runs, failures, last: this.#last, nextAt: this.#nextAt };
  }

  wake(): void {
    this.#isWoken = true;
    this.#pause.abort();
  }

  /** Begins nothing more, asks a run that is at work to end, and resolves when it has. */
  async stop(): Promise<void> {
    this.#stop.abort(new DynamoError('closed', `${this.#cycle.name}: the server is stopping`));
    this.#pause.abort();
    await this.#ended;
  }

  async #loop(): Promise<void> {
    // The constructor returns first: nobody is told of a run by something that is not there yet.
    await null;
    while (!this.#stop.signal.aborted) {
      this.#isWoken = false;
      await this.#once();
      if (!this.#stop.signal.aborted && !this.#isWoken) await this.#wait();
    }
    this.#nextAt = null;
  }

  async #once(): Promise<void> {
    const { clock, onEnd } = this.#options;
    const [startedAt, startedMs] = [clock.nowSeconds(), clock.monotonicMs()];
    let [outcome, summary, fault]: [CycleEnd['outcome'], string | null, unknown] = ['done', null, undefined];
    this.#isRunning = true;
    this.#nextAt = null;
    try {
      summary = await this.#cycle.run(this.#stop.signal);
    } catch (error) {
      const isStopped =
        this.#stop.signal.aborted && (isDynamoError(error, 'aborted') || isDynamoError(error, 'closed'));
      outcome = isStopped ? 'aborted' : 'failed';
      summary = error instanceof Error ? error.message : String(error);
      fault = error;
    } finally {
      this.#isRunning = false;
    }
    this.#runs += 1;
    if (outcome === 'failed') this.#failures += 1;
    const seconds = (clock.monotonicMs() - startedMs) / 1000;
    // A run without anything to do does not hide what the last real one said, unless that one failed.
    if (summary === null && this.#last?.outcome === 'done') return;
    this.#last = { startedAt, seconds, outcome, summary: summary ?? 'nothing to do' };
    if (summary !== null) onEnd(this.#cycle, this.#last, fault);
  }

  async #wait(): Promise<void> {
    const { clock } = this.#options;
    const { intervalSeconds } = this.#cycle;
    this.#pause = new AbortController();
    this.#nextAt = clock.nowSeconds() + intervalSeconds;
    await clock.sleep(intervalSeconds * 1000, { signal: this.#pause.signal }).catch(() => undefined);
  }
}
