/** The Detox plan as docs/formats.md has it: what `dynamo detox --json` prints and the history keeps. Sizes in bytes. */
export interface DetoxDocument {
  readonly partition: string;
  readonly policy_sha256: string;
  readonly inventory_version: number;
  readonly now: number;
  readonly iterations: number;
  readonly lines: readonly { readonly line: number; readonly text: string; readonly matches: number }[];
  readonly sites: readonly DetoxSite[];
  readonly decisions: readonly DetoxDecision[];
  readonly handed_over: readonly {
    readonly dataset: string;
    readonly site: string;
    readonly blocks: readonly string[];
    readonly to: string;
  }[];
}

export interface DetoxSite {
  readonly site: string;
  readonly quota: number | null;
  readonly before: number;
  readonly protected: number;
  readonly deleted: number;
  readonly kept: number;
  readonly triggered: boolean;
  readonly reached_stop: boolean;
}

export interface DetoxDecision {
  readonly dataset: string;
  readonly site: string;
  readonly decision: 'delete' | 'keep' | 'protect';
  /** 0: the default decision. */
  readonly line?: number;
  /** Instead of a line where the guard decided. */
  readonly rule?: string;
  readonly size: number;
  readonly blocks?: readonly string[];
}
