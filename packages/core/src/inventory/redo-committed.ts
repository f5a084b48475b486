import { DynamoError, isDynamoError } from '../errors/dynamo-error.ts';
import type { Commit, CommittedChange, Version } from '../seams/commit.ts';
import type { InventoryState } from './inventory-state.ts';
import { redo } from './unanswered-commit.ts';

/**
 * The next state after what another has committed. Rejects with `corrupt` where the log does not go on from `version`, or
 * was not written on this state.
 */
export async function redoCommitted(
  present: InventoryState,
  version: Version,
  committed: CommittedChange,
): Promise<{ readonly commit: Commit; readonly state: InventoryState }> {
  if (committed.version !== version + 1) {
    throw new DynamoError('corrupt', `the log goes from version ${version} to ${committed.version}`);
  }
  const commit: Commit = { ...committed, base: version, operations: [], requests: [], history: null };
  const state = present.fork();
  try {
    await redo(state, commit);
  } catch (cause) {
    if (!isDynamoError(cause, 'conflict')) throw cause;
    const what = `version ${committed.version} of the log does not fit memory: ${cause.message}`;
    throw new DynamoError('corrupt', what, { cause });
  }
  return { commit, state };
}
