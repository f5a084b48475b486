/** Something that the server does again and again: a Detox run, a Dealer run, what file operations are due. */
export interface Cycle {
  /** For people: in the log, in health, on the status page. */
  readonly name: string;
  /** From the end of one run to the start of the next. */
  readonly intervalSeconds: number;
  /**
   * One run. Says what it did, or null where there was nothing to do. An aborted signal asks it to end in good order;
   * what it has begun to commit, it commits.
   */
  run(signal: AbortSignal): Promise<string | null>;
}
