/**
 * An application that runs in a worker thread: a module that exports `run`. It is code that the host or the embedder
 * trusts: it shares memory with the inventory.
 */
import type { InventoryDraft } from '../inventory/draft.ts';
import type { DraftOutcome } from '../inventory/draft-ledger.ts';
import type { InventoryView } from '../inventory/view.ts';
import type { ImageReference, PageDelivery } from './image-transfer.ts';

export interface ApplicationContext {
  /** Only for an application that was started by `update`: what it writes is committed when it ends well. */
  readonly draft: InventoryDraft | null;
  /** A consistent picture, read without a copy; closed when `run` ends. */
  readonly view: InventoryView;
  /** What was given to `runApplication`, cloned. */
  readonly arguments: unknown;
  /** Aborted when nobody waits for the result any more. A thread that does not end soon after is terminated. */
  readonly signal: AbortSignal;
  /** Goes to the listener of `log` in the main thread. */
  readonly log: (message: string) => void;
}

/**
 * What the module exports as `run`. The result is cloned back; long arrays in it, or in plain objects of it, come in pieces,
 * so that the main thread does not stand still for them: an object that two of their items have may come twice.
 */
export type ApplicationRun = (context: ApplicationContext) => unknown;

export interface ApplicationRequest {
  /** Who it is, in messages and events. */
  readonly name: string;
  /** URL of the module. */
  readonly module: string | URL;
  readonly arguments?: unknown;
  readonly timeLimitMs?: number;
  readonly signal?: AbortSignal;
}

/** What an application comes to; `outcome`: of one that writes. */
export interface Answer {
  readonly result: unknown;
  readonly outcome: DraftOutcome | null;
}

/** From the main thread to the worker. */
export type ToWorker =
  | { readonly kind: 'pages'; readonly delivery: PageDelivery }
  | {
      readonly kind: 'run';
      readonly module: string;
      readonly arguments: unknown;
      readonly version: number;
      /** For a writer: the time that new records carry, in seconds since 1970. */
      readonly writesAt: number | null;
      readonly image: ImageReference;
    }
  | { readonly kind: 'abort'; readonly reason: string }
  /** The piece has arrived: the next one may come. */
  | { readonly kind: 'next' };

/** From the worker to the main thread. */
export type FromWorker =
  | { readonly kind: 'log'; readonly message: string }
  /** Some items of a long list of the answer; the worker waits for `next`. */
  | { readonly kind: 'piece'; readonly list: number; readonly items: readonly unknown[] }
  /** An `Answer` without its long lists, and where each of them belongs. */
  | { readonly kind: 'result'; readonly frame: unknown; readonly paths: readonly (readonly string[])[] }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly stack: string | undefined;
      readonly code: string | undefined;
    };
