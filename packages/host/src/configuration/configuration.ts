/** What the host is told by its one configuration file. Every path in it is absolute here. */
export interface Configuration {
  /** The file it was read from; null: there was none, and all of this is default. */
  readonly file: string | null;
  /** Everything that the host writes by itself is below it. */
  readonly dataDirectory: string;
  readonly database: DatabaseConfiguration;
  readonly server: ServerConfiguration;
  readonly log: LogConfiguration;
  readonly scheduler: SchedulerConfiguration;
  /** Files with values of dataset attributes, as JSON: variable -> dataset -> value. */
  readonly producers: readonly ProducerConfiguration[];
  readonly detox: DetoxConfiguration;
  readonly dealer: DealerCycleConfiguration;
  readonly fileOperations: FileOperationsConfiguration;
  readonly consistency: ConsistencyConfiguration;
}

export interface DatabaseConfiguration {
  readonly kind: 'sqlite';
  readonly file: string;
}

export interface ServerConfiguration {
  /** A loopback address: the server speaks plain HTTP. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Made at the first start, readable by its owner only. */
  readonly tokenFile: string;
  /** Names, besides the loopback's, that requests may call the server by: those of a proxy in front of it. */
  readonly hosts: readonly string[];
}

export interface LogConfiguration {
  /** `debug` has a line for each query too. */
  readonly level: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Null: standard error. */
  readonly file: string | null;
}

export interface SchedulerConfiguration {
  readonly maxParallelReads: number;
  readonly maxWaiting: number;
}

export interface ProducerConfiguration {
  readonly kind: 'file';
  readonly file: string;
}

export interface PolicyFileConfiguration {
  readonly file: string;
  /**
   * The digest that the administrator has authorised (`dynamo policy check` prints it): a file that has another is not
   * used. Required for a policy in TypeScript, which is a program; null: a text may change.
   */
  readonly sha256: string | null;
}

export interface DetoxConfiguration {
  /** Run one after the other; none: no cycles. */
  readonly policies: readonly PolicyFileConfiguration[];
  readonly intervalSeconds: number;
  /** The part of a site's quota that dismissals may delete before everything is evaluated anew. */
  readonly deletionPerIteration: number;
}

export interface DealerCycleConfiguration {
  /** The dealer's own configuration file; null: copy requests are served with its defaults. */
  readonly file: string | null;
  readonly intervalSeconds: number;
  readonly seed: number;
}

export interface FileOperationsConfiguration {
  readonly intervalSeconds: number;
  /** Block replicas claimed at a time. */
  readonly claimed: number;
  /** Files moved at the same time. */
  readonly parallel: number;
  /** Attempts at an operation before it is held for a person. */
  readonly attempts: number;
  readonly retryDelaySeconds: number;
  readonly leaseSeconds: number;
}

export interface ConsistencyConfiguration {
  /** Sites checked by cycles; none: only when asked for. */
  readonly sites: readonly string[];
  readonly intervalSeconds: number;
  /** Files and catalogue entries younger than this are left alone. */
  readonly graceSeconds: number;
  /** A round that would declare more than this part of a site missing or orphaned is not acted upon. */
  readonly safetyFraction: number;
  /** Whether cycles act on what two rounds have seen, or only report it. */
  readonly act: boolean;
}
