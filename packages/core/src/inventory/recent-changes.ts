import type { CommittedChange, Version } from '../seams/commit.ts';
import type { ChangesSince } from './inventory-options.ts';

/** Of all commits that are remembered together, but the last one is always there. */
const MOST_CHANGES = 200_000;

/** The last commits, for those who ask what has changed since a version. */
export class RecentChanges {
  readonly #limit: number;
  readonly #commits: CommittedChange[] = [];
  #changes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(committed: CommittedChange): void {
    this.#commits.push(committed);
    this.#changes += committed.changes.changes.length;
    while (this.#commits.length > this.#limit || (this.#changes > MOST_CHANGES && this.#commits.length > 1)) {
      this.#changes -= this.#commits.shift()?.changes.changes.length ?? 0;
    }
  }

  clear(): void {
    this.#commits.length = 0;
    this.#changes = 0;
  }

  since(version: Version, present: Version): ChangesSince {
    const oldest = (this.#commits[0]?.version ?? present + 1) - 1;
    if (version < oldest) return { kind: 'too-old', oldest: oldest as Version };
    return { kind: 'changes', changes: this.#commits.filter((change) => change.version > version) };
  }
}
