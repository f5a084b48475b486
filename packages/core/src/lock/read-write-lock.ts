import { abortedError, throwIfAborted } from '../errors/aborted-error.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import type { LockHolds, LockMode, LockState, UpgradableHold, WaitOptions } from './lock-hold.ts';

/**
 * An asynchronous reader/writer lock for one event loop. Which holds may be beside one another:
 *
 *                  shared  upgradable  exclusive
 *     shared         yes      yes         no         readers, any number
 *     upgradable     yes      no          no         the one place of a writer beside the readers
 *     exclusive      no       no          no         alone
 *
 * 1. No two holds conflict.
 * 2. Fair: a request is granted as soon as it conflicts with no hold and with no request before it. So nobody is
 *    overtaken by a request that could delay him, nobody starves, and readers pass a writer that waits for another.
 * 3. Hand-over: whoever releases grants to the next in the same step; who comes along in between cannot barge in.
 * 4. An aborted request is gone at once, those that it held up go on, and nothing stays behind on its signal.
 * 5. No caller's code runs while the state changes: a grant settles a promise, and its owner goes on in a microtask.
 *
 * A step may look at every waiting writer; whoever lets thousands wait bounds them first, as the scheduler does.
 */
export class ReadWriteLock {
  readonly #held: Record<LockMode, number> = { shared: 0, upgradable: 0, exclusive: 0 };
  /** In the order of arrival, but an upgrade comes first: the others wait for its own place. */
  #requests = new Set<Request>();

  /** Rejects with 'aborted' if the signal is aborted before the lock is granted. */
  async acquire<Mode extends LockMode>(mode: Mode, { signal }: WaitOptions = {}): Promise<LockHolds[Mode]> {
    const place: Place = { mode: undefined };
    const request = this.#createRequest(place, mode, signal);
    this.#requests.add(request);
    this.#handOver();
    await request.granted;
    return this.#createHold(place);
  }

  /** Lends the lock to `work`, and takes it back when that has ended, well or not. */
  async run<Mode extends LockMode, Result>(
    mode: Mode,
    work: (hold: LockHolds[Mode]) => Result | PromiseLike<Result>,
    options: WaitOptions = {},
  ): Promise<Result> {
    using hold = await this.acquire(mode, options);
    throwIfAborted(describe(mode), options.signal);
    return await work(hold);
  }

  /** How many hold the lock in each mode, and how many wait. */
  get state(): LockState {
    return { ...this.#held, waiting: this.#requests.size };
  }

  #handOver(): void {
    for (const request of this.#requests) {
      if (this.#isFree(request)) {
        this.#requests.delete(request);
        this.#move(request.place, request.mode);
        request.grant();
      } else if (request.mode !== 'upgradable') {
        // Behind who waits to be alone everybody waits; and while readers are kept out, so is everybody else.
        return;
      }
    }
  }

  #isFree({ mode, place }: Request): boolean {
    const { shared, upgradable, exclusive } = this.#held;
    if (exclusive > 0) return false;
    if (mode === 'shared') return true;
    const othersUpgradable = upgradable - (place.mode === 'upgradable' ? 1 : 0);
    return othersUpgradable === 0 && (mode === 'upgradable' || shared === 0);
  }

  #move(place: Place, to: LockMode | undefined): void {
    if (place.mode !== undefined) this.#held[place.mode] -= 1;
    if (to !== undefined) this.#held[to] += 1;
    place.mode = to;
  }

  #createRequest(place: Place, mode: LockMode, signal: AbortSignal | undefined): Request {
    throwIfAborted(describe(mode), signal);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const request: Request = {
      place,
      mode,
      granted: promise,
      grant: () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      },
      drop: (error) => {
        signal?.removeEventListener('abort', abort);
        this.#requests.delete(request);
        reject(error);
        this.#handOver();
      },
    };
    const abort = (event: Event): void => request.drop(abortedError(describe(mode), event.target as AbortSignal));
    signal?.addEventListener('abort', abort);
    return request;
  }

  #createHold(place: Place): UpgradableHold {
    let upgrading: Request | undefined;

    const release = (): void => {
      upgrading?.drop(new DynamoError('closed', 'the lock was released before its upgrade was granted'));
      this.#move(place, undefined);
      this.#handOver();
    };
    const downgrade = (): void => {
      if (place.mode !== 'exclusive') return;
      this.#move(place, 'upgradable');
      this.#handOver();
    };
    const upgrade = async ({ signal }: WaitOptions = {}): ReturnType<UpgradableHold['upgrade']> => {
      if (place.mode !== 'upgradable' || upgrading !== undefined) {
        throw new DynamoError(
          'conflict',
          'only an upgradable hold that is neither released nor upgraded can be upgraded',
        );
      }
      upgrading = this.#createRequest(place, 'exclusive', signal);
      this.#requests = new Set([upgrading, ...this.#requests]);
      this.#handOver();
      try {
        await upgrading.granted;
      } finally {
        upgrading = undefined;
      }
      return { release: downgrade, [Symbol.dispose]: downgrade };
    };
    return { release, upgrade, [Symbol.dispose]: release };
  }
}

/** Where a holder, or who wants to be one, stands. It is changed by the lock alone. */
interface Place {
  mode: LockMode | undefined;
}

interface Request {
  readonly place: Place;
  /** What the place is to become. */
  readonly mode: LockMode;
  readonly granted: Promise<void>;
  readonly grant: () => void;
  readonly drop: (error: DynamoError) => void;
}

function describe(mode: LockMode): string {
  return `waiting for the ${mode} lock`;
}
