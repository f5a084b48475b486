import type { Change, ChangeSet } from '../change-set/change-set.ts';
import { PackedChanges } from '../change-set/packed-changes.ts';
import type { Entity } from '../model/records.ts';
import type { CommittedChange, Version } from '../seams/commit.ts';
import { TimeSlice } from '../slices/time-slice.ts';
import type { ChangesSince } from './inventory-options.ts';

/** Of all commits that are remembered together, but the last one is always there. */
const MOST_CHANGES = 200_000;
/** Commits with fewer changes stay as they are. */
const FEW_CHANGES = 128;

/** A commit that is remembered: as it came, until it has been packed. */
interface Remembered {
  readonly committed: Omit<CommittedChange, 'changes'>;
  readonly count: number;
  changes: ChangeSet | PackedChanges;
  /** Unpacked for somebody lately. */
  unpacked: WeakRef<ChangeSet> | undefined;
}

/** The last commits, for those who ask what has changed since a version. */
export class RecentChanges {
  readonly #limit: number;
  readonly #commits: Remembered[] = [];
  #changes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add({ changes, ...committed }: CommittedChange): void {
    const count = changes.changes.length;
    this.#commits.push({ committed, count, changes, unpacked: undefined });
    this.#changes += count;
    while (this.#commits.length > this.#limit || (this.#changes > MOST_CHANGES && this.#commits.length > 1)) {
      this.#changes -= this.#commits.shift()?.count ?? 0;
    }
  }

  /** Packs the last commit, a slice at a time, if it is a large one. */
  async pack(): Promise<void> {
    const last = this.#commits.at(-1);
    if (last === undefined || last.count < FEW_CHANGES || last.changes instanceof PackedChanges) return;
    const slice = new TimeSlice();
    // Who has committed goes on first.
    await slice.next();
    last.changes = await slice.take(PackedChanges.of(last.changes.changes, slice));
  }

  clear(): void {
    this.#commits.length = 0;
    this.#changes = 0;
  }

  since(version: Version, present: Version, only?: readonly Entity[]): ChangesSince {
    const oldest = (this.#commits[0]?.committed.version ?? present + 1) - 1;
    if (version < oldest) return { kind: 'too-old', oldest: oldest as Version };
    const later = this.#commits.filter(({ committed }) => committed.version > version);
    return { kind: 'changes', changes: later.map((each) => answer(each, only)) };
  }
}

/** The change set is unpacked when it is asked for. */
function answer(remembered: Remembered, only: readonly Entity[] | undefined): CommittedChange {
  const { committed } = remembered;
  return {
    ...committed,
    get changes() {
      return only === undefined ? changesOf(remembered) : { changes: changesAmong(remembered, new Set(only)) };
    },
  };
}

function changesOf(remembered: Remembered): ChangeSet {
  const { changes } = remembered;
  if (!(changes instanceof PackedChanges)) return changes;
  const before = remembered.unpacked?.deref();
  if (before !== undefined) return before;
  const unpacked = { changes: changes.unpack() };
  remembered.unpacked = new WeakRef(unpacked);
  return unpacked;
}

function changesAmong(remembered: Remembered, entities: ReadonlySet<Entity>): readonly Change[] {
  const { changes } = remembered;
  if (changes instanceof PackedChanges && !entities.has('blockReplica'))
    return changes.unpack((entity) => entities.has(entity));
  return changesOf(remembered).changes.filter(({ entity }) => entities.has(entity));
}
