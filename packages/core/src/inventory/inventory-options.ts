/** What an inventory is opened with, and what it says. */
import type { ChangeSet } from '../change-set/change-set.ts';
import type { Clock } from '../clock/clock.ts';
import type { DeletionLimits } from '../guard/deletion-limits.ts';
import type { GuardRule } from '../guard/guard.ts';
import type { OperationChange } from '../model/operation.ts';
import type { CommittedChange, Version } from '../seams/commit.ts';
import type { WarmStartOptions } from './load-state.ts';
import type { OpenView } from './open-views.ts';
import type { InventoryView } from './view.ts';

export interface InventoryOptions extends WarmStartOptions {
  readonly clock?: Clock;
  /** On top of the built-in guard: they can only refuse more. */
  readonly guardRules?: readonly GuardRule[];
  /** How much may go in one commit, asked for by each that deletes; whole drafts are refused, plans are cut. */
  readonly deletionLimits?: (view: InventoryView, now: number) => DeletionLimits | Promise<DeletionLimits>;
  /** How many commits `changesSince` can look back on, at the most: large ones crowd out others. */
  readonly historyLimit?: number;
  /** Where listeners' errors go; they never reach a commit. */
  readonly onListenerError?: (error: unknown, eventName: string) => void;
  /** What one view may keep of older versions, in bytes, before it is ended. */
  readonly pinnedLimitBytes?: number;
  readonly signal?: AbortSignal;
}

export interface InventoryEvents {
  readonly committed: CommittedEvent;
  readonly viewOpened: { readonly version: Version; readonly open: number };
  readonly viewClosed: { readonly version: Version; readonly open: number };
  /** A view was closed because it kept too much. */
  readonly viewEnded: OpenView;
}

export interface CommittedEvent extends CommittedChange {
  readonly operations: readonly OperationChange[];
}

export interface Author {
  readonly application: string;
  readonly user: string;
}

export interface Updated<T> {
  readonly result: T;
  /** The version after the commit; that of the draft's base where nothing changed and nothing was committed. */
  readonly version: Version;
  readonly cycle: number | null;
  readonly changes: ChangeSet;
}

export type ChangesSince =
  | { readonly kind: 'changes'; readonly changes: readonly CommittedChange[] }
  | { readonly kind: 'too-old'; readonly oldest: Version };
