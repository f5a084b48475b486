/**
 * The file operation manager: drains the outbox of the inventory to storage back-ends and brings the results back. It
 * keeps nothing of its own: what a crash interrupts is claimed again when the claim has run out, and done again.
 */
import { setImmediate as turn } from 'node:timers/promises';
import {
  type Claim,
  type Clock,
  type DeletionBackend,
  type FileCatalogue,
  inputError,
  type OperationStore,
  type RandomSource,
  type TransferBackend,
} from '@dynamo/core';
import type { BackoffOptions } from './operations/backoff.ts';
import { type CarryOutContext, carryOutClaim } from './operations/carry-out.ts';
import { type CommitDraft, createCompletionBatches } from './operations/completion-batches.ts';
import type { ExpansionContext, InventoryReader, JudgeDeletion } from './operations/context.ts';
import { expandCopy } from './operations/expand-copy.ts';
import { expandDeletion } from './operations/expand-deletion.ts';
import { expandPathDeletion } from './operations/expand-path-deletion.ts';
import { type HeldClaim, holdClaim } from './operations/held-claim.ts';
import type { FileOperationEvent } from './operations/operation-event.ts';
import { createPathLookup } from './operations/path-lookup.ts';
import type { Expansion } from './operations/work.ts';
import { createSiteNaming } from './site-naming.ts';

export interface FileOperationLimits extends BackoffOptions {
  /** Operations carried out at once. */
  readonly operations: number;
  /** Attempts that end with an error before an operation is held. */
  readonly maxAttempts: number;
  readonly attemptSeconds: number;
  readonly leaseSeconds: number;
  /** How often `run` looks for new operations. */
  readonly pollMs: number;
}

export interface FileOperationManagerOptions {
  /** Who claims: a name for this process, for people. */
  readonly owner: string;
  readonly inventory: InventoryReader;
  readonly operations: OperationStore;
  readonly files: FileCatalogue;
  readonly commit: CommitDraft;
  readonly judgeDeletion: JudgeDeletion;
  /** The first that accepts the sites is asked. */
  readonly transfers: readonly TransferBackend[];
  readonly deletions: readonly DeletionBackend[];
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Must not throw. */
  readonly onEvent?: (event: FileOperationEvent) => void;
  readonly limits?: Partial<FileOperationLimits>;
}

export interface FileOperationManager {
  /**
   * Carries out what is due now, and what becomes due by that; resolves when nothing is. With a signal that aborts,
   * stops in good order: tasks are stopped, what was done is recorded, the rest is given back.
   */
  runUntilIdle(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Waits for what is not due yet too: for retries, and for the claims of processes that have died. Resolves when no
   * operation is open but those that are held.
   */
  runUntilDone(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** The same over and over until the signal aborts. Trouble with the store is reported and outlived. */
  run(options: { readonly signal: AbortSignal }): Promise<void>;
}

export const FILE_OPERATION_LIMITS: FileOperationLimits = {
  operations: 256,
  maxAttempts: 8,
  attemptSeconds: 6 * 3600,
  leaseSeconds: 60,
  firstSeconds: 30,
  longestSeconds: 3600,
  pollMs: 1000,
};

export function createFileOperationManager(options: FileOperationManagerOptions): FileOperationManager {
  const { inventory, operations, clock } = options;
  const limits = validated({ ...FILE_OPERATION_LIMITS, ...options.limits });
  const notify = options.onEvent ?? (() => undefined);
  const expansion: ExpansionContext = {
    ...options,
    naming: createSiteNaming(),
    nowSeconds: () => clock.nowSeconds(),
  };
  const lookup = createPathLookup(expansion);
  const context: CarryOutContext = {
    operations,
    inventory,
    completions: createCompletionBatches(options.commit, clock),
    clock,
    random: options.random,
    backoff: limits,
    maxAttempts: limits.maxAttempts,
    attemptMs: limits.attemptSeconds * 1000,
    notify,
    expand({ claim, signal }): Promise<Expansion> {
      const { target } = claim.operation;
      if (target.kind === 'copy') return expandCopy(target, expansion, signal);
      if (target.kind === 'delete') return expandDeletion(target, expansion, signal);
      return expandPathDeletion(target, expansion, lookup);
    },
  };

  const runUntilIdle: FileOperationManager['runUntilIdle'] = async ({ signal } = {}) => {
    const active = new Map<HeldClaim, Promise<void>>();
    const begin = (claim: Claim, askedMs: number): void => {
      const held = holdClaim(claim, limits.leaseSeconds, askedMs, clock);
      const done = carryOutClaim(held, context).finally(() => active.delete(held));
      active.set(held, done);
    };
    const stop = (): void => {
      for (const held of active.keys()) held.end('shutdown');
    };
    const renewalEnd = new AbortController();
    const renewal = renewClaims(active.keys.bind(active), renewalEnd.signal);
    signal?.addEventListener('abort', stop);
    try {
      while (signal?.aborted !== true) {
        const room = limits.operations - active.size;
        const askedMs = clock.monotonicMs();
        const claims = await operations.claim({
          owner: options.owner,
          limit: room,
          now: clock.nowSeconds(),
          leaseSeconds: limits.leaseSeconds,
        });
        for (const claim of claims) begin(claim, askedMs);
        if (active.size === 0) break;
        if (claims.length < room || active.size >= limits.operations) {
          await Promise.race(active.values());
          // Those recorded by the same commit end together: ask for the next ones once.
          await turn();
        }
      }
    } finally {
      if (signal?.aborted === true) stop();
      await Promise.all(active.values());
      signal?.removeEventListener('abort', stop);
      renewalEnd.abort();
      await renewal;
    }
  };

  /** Until aborted, every third of a lease. A claim that is not renewed is lost. */
  const renewClaims = async (heldClaims: () => Iterable<HeldClaim>, signal: AbortSignal): Promise<void> => {
    while (await slept((limits.leaseSeconds * 1000) / 3, signal)) {
      const held = [...heldClaims()];
      if (held.length === 0) continue;
      const askedMs = clock.monotonicMs();
      try {
        const tokens = held.map(({ claim }) => claim.token);
        const renewed = await operations.renew(tokens, clock.nowSeconds(), limits.leaseSeconds);
        const kept = new Set(renewed.map(({ token }) => token));
        for (const one of held) {
          if (kept.has(one.claim.token)) one.renewed(askedMs);
          else one.end('claim-lost');
        }
      } catch (error) {
        // The deadlines stand: past them nothing is done any more.
        notify({ type: 'trouble', operation: null, error });
      }
    }
  };

  const slept = (durationMs: number, signal: AbortSignal): Promise<boolean> =>
    clock.sleep(durationMs, { signal }).then(
      () => true,
      () => false,
    );

  const isDone = async (): Promise<boolean> => {
    for (const state of ['queued', 'claimed'] as const) {
      if ((await operations.list({ state, limit: 1 })).length > 0) return false;
    }
    return true;
  };

  return {
    runUntilIdle,
    async runUntilDone({ signal } = {}) {
      const never = new AbortController().signal;
      for (;;) {
        await runUntilIdle(signal === undefined ? {} : { signal });
        if (signal?.aborted === true || (await isDone())) return;
        await slept(limits.pollMs, signal ?? never);
      }
    },
    async run({ signal }) {
      while (!signal.aborted) {
        try {
          await runUntilIdle({ signal });
        } catch (error) {
          notify({ type: 'trouble', operation: null, error });
        }
        await slept(limits.pollMs, signal);
      }
    },
  };
}

function validated(limits: FileOperationLimits): FileOperationLimits {
  for (const [name, value] of Object.entries(limits)) {
    if (!(name in FILE_OPERATION_LIMITS)) throw inputError({ what: `file operations have no limit "${name}"` });
    if (!Number.isFinite(value) || value <= 0) {
      throw inputError({ what: `the limit ${name} of file operations is ${value}: a positive number is needed` });
    }
  }
  return limits;
}
