/**
 * Completions go into the inventory in batches: a second's worth, or 50,000 files, or as soon as no more come. One that
 * the store or the inventory refuses is found by halving, so that it keeps none of the others from being recorded.
 */
import { type Clock, type InventoryDraft, isDynamoError } from '@dynamo/core';
import { type Completion, type CompletionOutcome, recordCompletion } from './completions.ts';

/** Commits what `apply` writes into a draft; applies it again, or not at all, where the first attempt fails. */
export type CommitDraft = (apply: (draft: InventoryDraft) => void) => Promise<void>;

export interface CompletionBatches {
  /** Resolves when the commit holds; rejects with what it says. */
  add(completion: Completion): Promise<CompletionOutcome>;
}

export interface BatchLimits {
  readonly files: number;
  readonly longestMs: number;
  /** A batch goes when nothing was added for so long. */
  readonly quietMs: number;
}

const BATCH_LIMITS: BatchLimits = { files: 50_000, longestMs: 1000, quietMs: 25 };

export function createCompletionBatches(
  commit: CommitDraft,
  clock: Clock,
  limits: BatchLimits = BATCH_LIMITS,
): CompletionBatches {
  let waiting: Pending[] = [];
  let lastAddedMs = 0;
  let isRunning = false;

  const drain = async (): Promise<void> => {
    isRunning = true;
    while (waiting.length > 0) {
      const firstMs = clock.monotonicMs();
      while (!isDue(waiting, firstMs, lastAddedMs, clock.monotonicMs(), limits)) await clock.sleep(limits.quietMs);
      const batch = waiting;
      waiting = [];
      await commitBatch(commit, batch);
    }
    isRunning = false;
  };

  return {
    add(completion) {
      const { promise, resolve, reject } = Promise.withResolvers<CompletionOutcome>();
      waiting.push({ completion, resolve, reject });
      lastAddedMs = clock.monotonicMs();
      // Never rejects: each failure goes to those whom it concerns.
      if (!isRunning) void drain();
      return promise;
    },
  };
}

interface Pending {
  readonly completion: Completion;
  readonly resolve: (outcome: CompletionOutcome) => void;
  readonly reject: (error: unknown) => void;
}

function isDue(
  waiting: readonly Pending[],
  firstMs: number,
  lastAddedMs: number,
  nowMs: number,
  { files, longestMs, quietMs }: BatchLimits,
): boolean {
  if (nowMs - lastAddedMs >= quietMs || nowMs - firstMs >= longestMs) return true;
  return waiting.reduce((sum, { completion }) => sum + completion.files.length, 0) >= files;
}

async function commitBatch(commit: CommitDraft, batch: readonly Pending[]): Promise<void> {
  let outcomes: readonly CompletionOutcome[] = [];
  try {
    await commit((draft) => {
      outcomes = batch.map(({ completion }) => recordCompletion(draft, completion));
    });
  } catch (error) {
    if (batch.length === 1 || !isAboutContents(error)) {
      for (const { reject } of batch) reject(error);
      return;
    }
    const middle = batch.length >> 1;
    await commitBatch(commit, batch.slice(0, middle));
    await commitBatch(commit, batch.slice(middle));
    return;
  }
  batch.forEach(({ resolve }, index) => {
    resolve(outcomes[index] as CompletionOutcome);
  });
}

/** Whether a part of the batch may do where the whole does not: not where the store cannot be reached, or is not ours. */
function isAboutContents(error: unknown): boolean {
  return ['conflict', 'not-found', 'invalid-input', 'refused', 'internal'].some(
    (code) => isDynamoError(error) && error.code === code,
  );
}
