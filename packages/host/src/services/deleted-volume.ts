import {
  type BlockReplicaRecord,
  type CommittedChange,
  type InventoryStore,
  type InventoryView,
  joinKey,
  type Version,
} from '@dynamo/core';

interface Ordered {
  readonly time: number;
  /** As it was before. */
  readonly replica: BlockReplicaRecord;
}

/** What was ordered to be deleted lately, out of the store's log: no restart and no other server makes it forget. */
export class DeletedVolume {
  readonly #store: InventoryStore;
  #version: number | undefined;
  /** One after the other: what two read at once would count twice. */
  #catchingUp: Promise<void> = Promise.resolve();
  #deleted: { readonly time: number; readonly bytes: number }[] = [];

  constructor(store: InventoryStore) {
    this.#store = store;
  }

  /**
   * Bytes of the block replicas whose deletion was ordered from `since` (seconds since 1970) to the version of the view;
   * of what the log does not reach back to, nothing.
   */
  async since(since: number, view: InventoryView): Promise<number> {
    const caughtUp = this.#catchingUp.then(() => this.#catchUp(since, view));
    this.#catchingUp = caughtUp.catch(() => undefined);
    await caughtUp;
    this.#deleted = this.#deleted.filter(({ time }) => time >= since);
    return this.#deleted.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async #catchUp(since: number, view: InventoryView): Promise<void> {
    this.#version ??= await versionAt(this.#store, view.version, since);
    if (this.#version === view.version) return;
    const followed = await this.#store.follow(this.#version as Version);
    if (followed.kind === 'too-old') {
      // The log was cut while nobody looked: what is left of it counts.
      this.#version = followed.oldest - 1;
      return this.#catchUp(since, view);
    }
    const ordered: Ordered[] = [];
    const sizes = new Map<string, number>();
    let last = this.#version;
    for await (const change of followed.changes) {
      if (change.version > view.version) break;
      collect(change, ordered, sizes);
      last = change.version;
    }
    for (const { time, replica } of ordered) this.#deleted.push({ time, bytes: sizeOf(replica, view, sizes) });
    this.#version = last;
  }
}

/** `sizes`: of blocks that were removed, and are in no view any more. */
function collect({ authorship, changes }: CommittedChange, ordered: Ordered[], sizes: Map<string, number>): void {
  for (const change of changes.changes) {
    if (change.entity === 'block' && change.after === null && change.before !== null) {
      sizes.set(change.key, change.before.size);
    }
    if (change.entity !== 'blockReplica' || change.before === null || change.after === null) continue;
    if (change.before.operation === 'delete' || change.after.operation !== 'delete') continue;
    ordered.push({ time: authorship.time, replica: change.before });
  }
}

function sizeOf(
  { dataset, block, partial }: BlockReplicaRecord,
  view: InventoryView,
  sizes: ReadonlyMap<string, number>,
): number {
  const key = joinKey(dataset, block);
  return partial?.size ?? view.record('block', key)?.size ?? sizes.get(key) ?? 0;
}

/** The last version that was committed before `since`; commits carry ascending times, but for clocks that were set. */
async function versionAt(store: InventoryStore, head: number, since: number): Promise<number> {
  let [low, high] = [0, head];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const next = await firstAfter(store, middle);
    if (next.kind === 'too-old') low = Math.max(next.oldest - 1, middle + 1);
    else if (next.kind === 'none' || next.time >= since) high = middle;
    else low = middle + 1;
  }
  return low;
}

async function firstAfter(
  store: InventoryStore,
  version: number,
): Promise<{ kind: 'too-old'; oldest: number } | { kind: 'none' } | { kind: 'commit'; time: number }> {
  const followed = await store.follow(version as Version);
  if (followed.kind === 'too-old') return followed;
  for await (const { authorship } of followed.changes) return { kind: 'commit', time: authorship.time };
  return { kind: 'none' };
}
