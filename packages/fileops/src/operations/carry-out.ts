/** The shell around the transition function: performs its effects for one claim, and tells it what came of them. */
import type { Attempt, Clock, OperationStore, RandomSource } from '@dynamo/core';
import type { OperationEffect, OperationEnd, OperationEvent, TaskOf } from '../state/events-and-effects.ts';
import { beginOperation, type Transition, transition } from '../state/transition.ts';
import { type BackoffOptions, backoffSeconds } from './backoff.ts';
import type { CompletionBatches } from './completion-batches.ts';
import type { InventoryReader } from './context.ts';
import type { HeldClaim } from './held-claim.ts';
import type { FileOperationEvent } from './operation-event.ts';
import { lostFilesSince } from './replica-watch.ts';
import { runBatch, type TaskOutcome } from './run-batch.ts';
import type { Expansion, Work } from './work.ts';

export interface CarryOutContext {
  readonly operations: Pick<OperationStore, 'settle'>;
  readonly inventory: InventoryReader;
  readonly completions: CompletionBatches;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly backoff: BackoffOptions;
  readonly maxAttempts: number;
  /** How long one attempt at an operation may take before it is given back. */
  readonly attemptMs: number;
  readonly expand: (claim: HeldClaim) => Promise<Expansion>;
  readonly notify: (event: FileOperationEvent) => void;
}

/** Resolves when the claim has ended, one way or another, and nothing of it is under way any more. Never rejects. */
export async function carryOutClaim(held: HeldClaim, context: CarryOutContext): Promise<void> {
  const { clock, notify } = context;
  const { operation, token } = held.claim;
  const over = Promise.withResolvers<void>();
  const background = new Set<Promise<void>>();
  const tasksAbort = new AbortController();
  const timerAbort = new AbortController();
  const attempts: Attempt[] = [];
  const troubled = new Set<number>();
  let work: Work | undefined;
  let { state, effects } = beginOperation({ attemptsLeft: context.maxAttempts - operation.attempts });

  const tell = (event: OperationEvent): void => step(transition(state, event));
  const step = (next: Transition): void => {
    ({ state, effects } = next);
    for (const effect of effects) perform(effect);
    if (state.phase === 'over') over.resolve();
  };
  const inBackground = (promise: Promise<void>): void => {
    const watched = promise
      .catch((error: unknown) => {
        // Nothing is settled then: the claim runs out, and the operation is begun again.
        notify({ type: 'trouble', operation, error });
        tasksAbort.abort();
        over.resolve();
      })
      .finally(() => background.delete(watched));
    background.add(watched);
  };

  const perform = (effect: OperationEffect): void => {
    if (effect.type === 'expand') inBackground(expand());
    else if (effect.type === 'attempt') inBackground(attempt(effect.tasks));
    else if (effect.type === 'record') inBackground(record(effect));
    else if (effect.type === 'settle') inBackground(settle(effect.end));
    else tasksAbort.abort(effect.type satisfies 'stop-tasks');
  };

  const expand = async (): Promise<void> => {
    try {
      const expansion = await context.expand(held);
      if (!expansion.ok) return tell({ type: 'refused', ...expansion });
      work = expansion.work;
      tell({ type: 'expanded', subscriptions: work.subscriptions });
    } catch (error) {
      tell({ type: 'refused', error: `the files could not be looked up: ${messageOf(error)}`, hold: false });
    }
  };

  const attempt = async (tasks: readonly TaskOf[]): Promise<void> => {
    const { isWanted, run } = work as Work;
    const stillMine = (): boolean => held.mayAct() && !tasksAbort.signal.aborted && isWanted();
    const deliver = (results: readonly TaskOutcome[]): void => {
      for (const result of results) note(result);
      tell({ type: 'results', results });
    };
    const batches = run(tasks, { stillMine, signal: tasksAbort.signal });
    await Promise.all(batches.map((batch) => runBatch(batch, clock, deliver)));
  };

  /** Every failure is an attempt to be remembered, and so is the success that came after one. */
  const note = (result: TaskOutcome): void => {
    const { subject, site } = (work as Work).describe(result.task);
    if (!result.ok) troubled.add(result.subject);
    if (!troubled.has(result.subject)) return;
    const detail = result.ok ? `${site}: done` : `${site}: ${result.detail}`;
    attempts.push({ operation: operation.id, subject, time: clock.nowSeconds(), ok: result.ok, detail });
    if (result.ok || (result.fault !== 'source-missing' && result.fault !== 'source-corrupt')) return;
    notify({ type: 'source-fault', operation, site, lfn: subject, fault: result.fault, detail: result.detail });
  };

  const record = async ({ subjects, close }: Extract<OperationEffect, { type: 'record' }>): Promise<void> => {
    const { files: known, isWholeBlock, detail, version } = work as Work;
    const files = subjects.flatMap((subject) => known.get(subject) ?? []);
    try {
      const outcome = await context.completions.add({
        operation,
        files,
        close,
        isWholeBlock,
        detail,
        isCurrent: () => held.mayRecord(),
        lostFiles: () => lostFilesSince(context.inventory, version),
      });
      if (outcome === 'expired') {
        return tell({ type: 'not-recorded', subjects, error: 'the claim ended before what was done was recorded' });
      }
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      if (files.length > 0) notify({ type: 'recorded', operation, files: files.length, bytes });
      if (outcome === 'closed') notify({ type: 'closed', operation, detail });
      tell({ type: 'recorded', subjects, closed: outcome === 'closed' });
    } catch (error) {
      tell({ type: 'not-recorded', subjects, error: `what was done could not be recorded: ${messageOf(error)}` });
    }
  };

  const settle = async ({ state: to, error }: OperationEnd): Promise<void> => {
    const failures = operation.attempts + 1;
    // Untried: what stood in the way is in memory or another process, and a moment settles it.
    const wait =
      error === '' ? (work === undefined ? 1 : 0) : backoffSeconds(failures, context.backoff, context.random);
    const notBefore = clock.nowSeconds() + wait;
    await context.operations.settle(attempts.splice(0), [
      { token, operation: operation.id, to: to === 'held' ? { state: to, error } : { state: to, notBefore, error } },
    ]);
    notify(to === 'held' ? { type: 'held', operation, error } : { type: 'queued', operation, error, notBefore });
  };

  const stop = (): void => {
    if (held.signal.reason === 'claim-lost') notify({ type: 'claim-lost', operation });
    tell({ type: 'stop', why: held.signal.reason === 'shutdown' ? 'shutdown' : 'claim-lost' });
  };
  held.signal.addEventListener('abort', stop);
  clock.sleep(context.attemptMs, { signal: timerAbort.signal }).then(
    () => tell({ type: 'stop', why: 'deadline' }),
    () => undefined,
  );

  step({ state, effects });
  if (held.signal.aborted) stop();
  await over.promise;
  timerAbort.abort();
  held.signal.removeEventListener('abort', stop);
  while (background.size > 0) await Promise.all(background);
  if (attempts.length > 0)
    await context.operations
      .settle(attempts, [])
      .catch((error: unknown) => notify({ type: 'trouble', operation, error }));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
