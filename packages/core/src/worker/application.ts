/**
 * An application that runs in a worker thread: a module that exports `run`. It is code that the host or the embedder
 * trusts: it shares memory with the inventory.
 */
import type { InventoryDraft } from '../inventory/draft.ts';
import type { DraftOutcome } from '../inventory/draft-ledger.ts';
import type { InventoryView } from '../inventory/view.ts';
import type { ImageReference, PageDelivery } from './image-transfer.ts';
import type { Frame, Piece } from './in-pieces.ts';

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
 * What the module exports as `run`. The result is cloned back, as the arguments were; long arrays and maps in it, or in plain
 * objects of it, come in pieces, so that the main thread does not stand still for them: an object that two of their items have
 * may come twice.
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
  | { readonly kind: 'piece'; readonly piece: Piece }
  | { readonly kind: 'pages'; readonly delivery: PageDelivery }
  | {
      readonly kind: 'run';
      readonly module: string;
      /** Without what came in pieces before. */
      readonly arguments: Frame;
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
  /** The worker waits for `next`. */
  | { readonly kind: 'piece'; readonly piece: Piece }
  /** Of an `Answer`. */
  | { readonly kind: 'result'; readonly frame: Frame }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly stack: string | undefined;
      readonly code: string | undefined;
    };
