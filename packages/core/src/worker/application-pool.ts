/**
 * Read-only applications in worker threads, in parallel with one another and with the writer. A thread that throws,
 * exits, runs out of memory or does not end in time is ended and reported by name; the inventory is untouched.
 */
import { Worker } from 'node:worker_threads';
import { abortedError, throwIfAborted } from '../errors/aborted-error.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import { inputError } from '../errors/input-error.ts';
import { type EventSource, TypedEvents } from '../events/typed-events.ts';
import type { DraftOutcome } from '../inventory/draft-ledger.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Updated } from '../inventory/inventory-options.ts';
import type { InventoryView } from '../inventory/view.ts';
import type { Answer, ApplicationRequest, FromWorker, ToWorker } from './application.ts';
import { ImageSender } from './image-transfer.ts';
import { type Frame, PieceCollector, takeApart } from './in-pieces.ts';

export interface ApplicationPoolOptions {
  /** Worker threads at the most, 1 to 64. */
  readonly threads: number;
  /**
   * Of each thread, the JavaScript heap in MiB; shared pages do not count. It is looked at several times a second and
   * the thread ended above it. The engine's own limit is set far above: an allocation that meets that one can end the
   * whole process.
   */
  readonly heapLimitMiB?: number;
  /** How long an application may take to end after its signal was aborted, in ms, before its thread is terminated. */
  readonly graceMs?: number;
  readonly onListenerError?: (error: unknown, eventName: string) => void;
}

export interface ApplicationEvents {
  readonly log: { readonly name: string; readonly message: string };
  /** A thread had to be ended. */
  readonly ended: { readonly name: string; readonly why: string };
}

type Ending = { readonly healthy: boolean } & (Answer | { readonly error: unknown });

interface Thread {
  readonly worker: Worker;
  readonly sender: ImageSender;
}

const GRACE_MS = 1000;
const HEAP_LIMIT_MIB = 2048;
const HEAP_HEADROOM_MIB = 512;
const HEAP_WATCH_MS = 100;

export class ApplicationPool implements AsyncDisposable {
  readonly #inventory: Inventory;
  readonly #options: ApplicationPoolOptions;
  readonly #events: TypedEvents<ApplicationEvents>;
  readonly #idle: Thread[] = [];
  readonly #all = new Set<Thread>();
  readonly #waiting = new Set<(thread: Thread | undefined) => void>();
  #closed = false;

  constructor(inventory: Inventory, options: ApplicationPoolOptions) {
    const { threads } = options;
    if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
      throw inputError({ what: `threads is ${threads}`, hint: 'a whole number from 1 to 64' });
    }
    this.#inventory = inventory;
    this.#options = options;
    this.#events = new TypedEvents({ onListenerError: options.onListenerError ?? (() => {}) });
  }

  get #heapLimitMiB(): number {
    return this.#options.heapLimitMiB ?? HEAP_LIMIT_MIB;
  }

  get events(): EventSource<ApplicationEvents> {
    return this.#events;
  }

  /**
   * Runs an application on the current version, or on a view of an earlier one (`Inventory.viewAt`), which it closes.
   * Rejects with what it throws (its code, if it has one of ours), `deadline` past its time limit, `aborted`, or
   * `unavailable` when its thread died.
   */
  async run(request: ApplicationRequest, earlier?: InventoryView): Promise<unknown> {
    const open = (): InventoryView => earlier ?? this.#inventory.view({ name: request.name });
    return (await this.#onThread(request, open, null)).result;
  }

  /** Runs an application that writes, as the one writer, and commits what it did when it ends well. */
  update(request: ApplicationRequest, user: string): Promise<Updated<unknown>> {
    const author = { application: request.name, user };
    const work = async (view: InventoryView, now: number): Promise<{ result: unknown; outcome: DraftOutcome }> => {
      const { result, outcome } = await this.#onThread(request, () => view, now);
      if (outcome === null) throw new DynamoError('internal', `${request.name} returned no draft`);
      return { result, outcome };
    };
    return this.#inventory.updateFrom(author, work, request.signal === undefined ? {} : { signal: request.signal });
  }

  /** Ends all threads. Applications still running are rejected with `unavailable`. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const grant of this.#waiting) grant(undefined);
    this.#waiting.clear();
    await Promise.all([...this.#all].map(({ worker }) => worker.terminate()));
    this.#all.clear();
    this.#idle.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #onThread(request: ApplicationRequest, open: () => InventoryView, writesAt: number | null): Promise<Answer> {
    throwIfAborted(request.name, request.signal);
    const thread = await this.#take(request);
    let healthy = false;
    try {
      using view = open();
      const image = await thread.sender.send(this.#inventory.imageOf(view), (delivery) =>
        post(thread, { kind: 'pages', delivery }),
      );
      const message = {
        kind: 'run',
        module: String(request.module),
        arguments: await sendArguments(thread, request.arguments),
        version: view.version,
        writesAt,
        image,
      } as const;
      if (this.#closed) throw closedError();
      const ending = await this.#runIn(thread, request, view.ended, message);
      healthy = ending.healthy;
      if ('error' in ending) throw ending.error;
      return ending;
    } finally {
      await this.#give(thread, healthy);
    }
  }

  async #take({ name, signal }: ApplicationRequest): Promise<Thread> {
    if (this.#closed) throw closedError();
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#all.size < this.#options.threads) return this.#start();
    const { promise, resolve, reject } = Promise.withResolvers<Thread | undefined>();
    const onAbort = (): void => {
      this.#waiting.delete(resolve);
      reject(abortedError(name, signal as AbortSignal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#waiting.add(resolve);
    const thread = await promise.finally(() => signal?.removeEventListener('abort', onAbort));
    if (thread === undefined) throw closedError();
    return thread;
  }

  /** The thread goes to who has waited longest. One that is not healthy is replaced. */
  async #give(thread: Thread, healthy: boolean): Promise<void> {
    if (this.#closed) return;
    if (!healthy) {
      this.#all.delete(thread);
      await thread.worker.terminate();
    }
    const [next] = this.#waiting;
    if (next !== undefined) {
      this.#waiting.delete(next);
      next(healthy ? thread : this.#start());
    } else if (healthy) {
      this.#idle.push(thread);
    }
  }

  #start(): Thread {
    const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
    const worker = new Worker(new URL(`./application-worker${extension}`, import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 2 * this.#heapLimitMiB + HEAP_HEADROOM_MIB },
    });
    worker.unref();
    worker.setMaxListeners(0);
    worker.on('error', () => {});
    const thread = { worker, sender: new ImageSender() };
    this.#all.add(thread);
    return thread;
  }

  #runIn(
    thread: Thread,
    { name, signal, timeLimitMs }: ApplicationRequest,
    viewEnded: AbortSignal,
    message: ToWorker,
  ): Promise<Ending> {
    const { worker } = thread;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    let stopping: DynamoError | undefined;
    let graceTimer: NodeJS.Timeout | undefined;
    const stop = (error: DynamoError): void => {
      if (stopping !== undefined) return;
      stopping = error;
      post(thread, { kind: 'abort', reason: error.message });
      graceTimer = setTimeout(() => end(error.message, error), this.#options.graceMs ?? GRACE_MS);
    };
    const end = (why: string, error: unknown): void => {
      this.#events.emit('ended', { name, why });
      resolve({ healthy: false, error });
    };
    const collected = new PieceCollector();
    const onMessage = (answer: FromWorker): void => {
      if (answer.kind === 'log') this.#events.emit('log', { name, message: answer.message });
      else if (answer.kind === 'piece') {
        // Of one that is being stopped nobody wants them; it comes to its end so.
        if (stopping === undefined) collected.take(answer.piece);
        post(thread, { kind: 'next' });
      } else if (stopping !== undefined) resolve({ healthy: true, error: stopping });
      else if (answer.kind === 'result') resolve({ healthy: true, ...(collected.finish(answer.frame) as Answer) });
      else resolve({ healthy: true, error: applicationError(name, answer) });
    };
    const onError = (error: Error): void => {
      end(
        error.message,
        new DynamoError('unavailable', `the thread of ${name} died: ${error.message}`, { cause: error }),
      );
    };
    const onExit = (code: number): void => {
      end(
        `exit ${code}`,
        new DynamoError('unavailable', `the thread of ${name} ended before its work did (exit ${code})`),
      );
    };
    const given = signal === undefined ? [viewEnded] : [viewEnded, signal];
    const stopped = AbortSignal.any(given);
    const onAbort = (): void => stop(abortedError(name, stopped));
    const timer =
      timeLimitMs === undefined
        ? undefined
        : setTimeout(
            () => stop(new DynamoError('deadline', `${name} took longer than its ${timeLimitMs} ms`)),
            timeLimitMs,
          );
    const watch = setInterval(() => {
      void worker.getHeapStatistics().then(
        ({ used_heap_size: used }) => {
          if (used <= this.#heapLimitMiB * 2 ** 20) return;
          const why = `it used ${Math.round(used / 2 ** 20)} MiB of heap, more than its ${this.#heapLimitMiB}`;
          end(why, new DynamoError('unavailable', `${name} was ended: ${why}`));
        },
        () => {},
      );
    }, HEAP_WATCH_MS);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    stopped.addEventListener('abort', onAbort, { once: true });
    post(thread, message);
    if (stopped.aborted) onAbort();
    return promise.finally(() => {
      clearInterval(watch);
      clearTimeout(timer);
      clearTimeout(graceTimer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      stopped.removeEventListener('abort', onAbort);
    });
  }
}

function post(thread: Thread, message: ToWorker): void {
  thread.worker.postMessage(message);
}

/** Posts what is long in them, a little at a time, and returns the rest. */
async function sendArguments(thread: Thread, given: unknown): Promise<Frame> {
  const { frame, pieces } = takeApart(given);
  for (const piece of pieces) {
    post(thread, { kind: 'piece', piece });
    await new Promise((resolve) => setImmediate(resolve));
  }
  return frame;
}

function closedError(): DynamoError {
  return new DynamoError('closed', 'the pool of applications is closed');
}

function applicationError(name: string, { message, stack, code }: Extract<FromWorker, { kind: 'error' }>): DynamoError {
  const known = (code ?? 'internal') as DynamoError['code'];
  return new DynamoError(known, `${name}: ${message}`, { data: { stack } });
}
