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

/** What the module exports as `run`. The result is cloned back. */
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
  | { readonly kind: 'abort'; readonly reason: string };

/** From the worker to the main thread. */
export type FromWorker =
  | { readonly kind: 'log'; readonly message: string }
  | { readonly kind: 'result'; readonly result: unknown; readonly outcome: DraftOutcome | null }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly stack: string | undefined;
      readonly code: string | undefined;
    };
