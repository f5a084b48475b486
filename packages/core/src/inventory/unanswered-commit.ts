/** A commit to which the store gave no answer, as when the connection broke: it happened, or did not, or still may. */
import { isDynamoError } from '../errors/dynamo-error.ts';
import type { ErrorCode } from '../errors/error-code.ts';
import type { Commit, Version } from '../seams/commit.ts';
import type { InventoryStore } from '../seams/inventory-store.ts';
import type { InventoryState } from './inventory-state.ts';
import { StateDraft } from './state-draft.ts';

/** With these the store says that nothing was written. */
const ANSWERS: readonly ErrorCode[] = ['conflict', 'lost-lease', 'refused', 'invalid-input', 'closed'];

export function isAnswered(error: unknown): boolean {
  return ANSWERS.some((code) => isDynamoError(error, code));
}

/** The version that it made, by the log, which alone knows; null where it has not happened. */
export async function findInLog(store: InventoryStore, { id, base }: Commit): Promise<Version | null> {
  const followed = await store.follow(base);
  if (followed.kind !== 'changes') return null;
  for await (const committed of followed.changes) return committed.id === id ? committed.version : null;
  return null;
}

/** A commit, and what it leads to. */
export interface MadeCommit {
  readonly commit: Commit;
  readonly state: InventoryState;
}

/** Commits on `state`, and on each other. */
export async function redoAll(state: InventoryState, commits: readonly Commit[]): Promise<readonly MadeCommit[]> {
  const made: MadeCommit[] = [];
  let last = state;
  for (const commit of commits) {
    last = last.fork();
    await redo(last, commit);
    made.push({ commit, state: last });
  }
  return made;
}

/** `state`, which is of the commit's base, becomes what the commit leads to. */
export async function redo(state: InventoryState, commit: Commit): Promise<void> {
  using draft = new StateDraft(state, commit.base, commit.authorship.time);
  await draft.adopt({ ...commit, intents: [] });
}
