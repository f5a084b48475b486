/** `shared`: beside others. `upgradable`: the one place beside the shared ones. `exclusive`: alone. */
export type LockMode = 'shared' | 'upgradable' | 'exclusive';

/** What one holds of a lock. Hold it with `using`, or release it; doing both, or one twice, is harmless. */
export interface LockHold extends Disposable {
  release(): void;
}

export interface UpgradableHold extends LockHold {
  /**
   * Waits until the shared holds are gone, then holds the lock alone, until the returned hold is released: that leads
   * back to upgradable. An aborted upgrade leaves the upgradable hold as it was.
   */
  upgrade(options?: WaitOptions): Promise<LockHold>;
}

export interface LockHolds {
  readonly shared: LockHold;
  readonly upgradable: UpgradableHold;
  readonly exclusive: LockHold;
}

export interface LockState {
  readonly shared: number;
  readonly upgradable: number;
  readonly exclusive: number;
  readonly waiting: number;
}

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
}
