/** Several writers in one transaction of the store: each with a version, a log entry and an answer of its own. */
import { EMPTY_CHANGE_SET } from '../change-set/change-set.ts';
import { isDynamoError } from '../errors/dynamo-error.ts';
import type { Commit, CommitReceipt, Version } from '../seams/commit.ts';
import type { InventoryDraft } from './draft.ts';
import type { Author, Updated } from './inventory-options.ts';
import type { DraftBase, Prepared } from './prepared.ts';
import { isAnswered } from './unanswered-commit.ts';

export interface Writer<T> {
  readonly author: Author;
  /** Called again where the transaction was refused: it must not change anything but the draft. */
  write(draft: InventoryDraft): T | Promise<T>;
  readonly signal?: AbortSignal | undefined;
}

/** What an inventory does for it, under its lock. */
export interface TogetherSteps<T> {
  present(): DraftBase;
  /** Null: its draft deletes something, which the guard judges on what is committed. Rejects with what `write` throws. */
  prepare(writer: Writer<T>, on: DraftBase): Promise<Prepared<T> | null>;
  /** All of them, in memory too. */
  commit(prepared: readonly (Prepared<T> & { readonly commit: Commit })[]): Promise<readonly CommitReceipt[]>;
  /** One writer, as if there were no others. */
  alone(writer: Writer<T>): Promise<Updated<T>>;
}

type Result<T> = PromiseSettledResult<Updated<T>>;

/**
 * 1. The writers take effect in their order; each sees what those before it wrote.
 * 2. Whoever throws, deletes, or is refused is written alone, after those before it: nobody else is touched by it.
 * 3. Without an answer of the store, and without the lease, those of the transaction and all after them are told so.
 */
export async function updateTogether<T>(
  writers: readonly Writer<T>[],
  steps: TogetherSteps<T>,
): Promise<readonly Result<T>[]> {
  const results: Result<T>[] = [];
  while (results.length < writers.length) {
    const rest = writers.slice(results.length);
    const group = await prepareGroup(rest, steps);
    // One that cannot be grouped, or has nobody to be grouped with.
    if (group.length < 2) {
      results.push(await settle(steps.alone(rest[0] as Writer<T>)));
      continue;
    }
    try {
      results.push(...(await commitGroup(group, steps)));
    } catch (reason) {
      if (!isAnswered(reason) || isDynamoError(reason, 'lost-lease')) {
        results.push(...rest.map((): Result<T> => ({ status: 'rejected', reason })));
      } else {
        for (const writer of rest.slice(0, group.length)) results.push(await settle(steps.alone(writer)));
      }
    }
  }
  return results;
}

/** Of the first writers, until one that cannot go with them. */
async function prepareGroup<T>(
  writers: readonly Writer<T>[],
  steps: TogetherSteps<T>,
): Promise<readonly Prepared<T>[]> {
  if (writers.length < 2) return [];
  const group: Prepared<T>[] = [];
  let on = steps.present();
  for (const writer of writers) {
    const prepared = await steps.prepare(writer, on).catch(() => null);
    if (prepared === null) break;
    group.push(prepared);
    if (prepared.commit !== null) on = { state: prepared.state, version: (on.version + 1) as Version };
  }
  return group;
}

async function commitGroup<T>(group: readonly Prepared<T>[], steps: TogetherSteps<T>): Promise<readonly Result<T>[]> {
  const changing = group.filter((each): each is Prepared<T> & { readonly commit: Commit } => each.commit !== null);
  let { version } = steps.present();
  const receipts = changing.length === 0 ? [] : await steps.commit(changing);
  let next = 0;
  return group.map(({ result, commit }): Result<T> => {
    if (commit === null)
      return { status: 'fulfilled', value: { result, version, cycle: null, changes: EMPTY_CHANGE_SET } };
    const receipt = receipts[next] as CommitReceipt;
    next += 1;
    version = receipt.version;
    return { status: 'fulfilled', value: { result, ...receipt, changes: commit.changes } };
  });
}

async function settle<T>(promise: Promise<Updated<T>>): Promise<Result<T>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}
