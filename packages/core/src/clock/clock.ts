/** Time is an argument, so that planners can be replayed and tests need not wait. */
export interface Clock {
  /** Whole seconds since 1970-01-01 UTC: what records and policies speak of. May jump when the machine's clock is set. */
  nowSeconds(): number;
  /** Milliseconds since some fixed moment; never goes back. For durations and deadlines. */
  monotonicMs(): number;
  /** Resolves after at least `durationMs`; rejects with 'aborted' as soon as the signal is, and leaves nothing behind. */
  sleep(durationMs: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}
