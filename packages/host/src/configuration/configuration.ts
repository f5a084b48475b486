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
  /** Variables of the experiment's own, which producers may supply and policies use. */
  readonly variables: readonly VariableConfiguration[];
  /** Who supplies which variables; where two supply the same one, the later counts. */
  readonly producers: readonly ProducerConfiguration[];
  readonly accesses: AccessesConfiguration;
  readonly guard: GuardConfiguration;
  readonly retention: RetentionConfiguration;
  readonly warmStart: WarmStartConfiguration;
  readonly fileCache: FileCacheConfiguration;
  readonly detox: DetoxConfiguration;
  readonly dealer: DealerCycleConfiguration;
  readonly fileOperations: FileOperationsConfiguration;
  readonly consistency: ConsistencyConfiguration;
}

export type DatabaseConfiguration = SqliteConfiguration | MysqlConfiguration;

export interface SqliteConfiguration {
  readonly kind: 'sqlite';
  readonly file: string;
}

/** MySQL 8, MariaDB 10.11, or a Galera cluster. */
export interface MysqlConfiguration {
  readonly kind: 'mysql';
  /** One server, or the nodes of one cluster, of which the first that answers is used. */
  readonly addresses: readonly DatabaseAddress[];
  /** It has to exist; the tables are made at the first start. */
  readonly database: string;
  readonly user: string;
  /** Readable by its owner only; null: no password. */
  readonly passwordFile: string | null;
  /** Null: in the clear. The server's name is checked; `caFile` null: against the system's authorities. */
  readonly tls: { readonly caFile: string | null } | null;
  /** At the same time, at most. */
  readonly connections: number;
  /** A writer that has not been heard of for this long is replaced by another one that wants to write. */
  readonly leaseSilenceSeconds: number;
  /** After which an address that does not answer counts as not to be reached. */
  readonly connectTimeoutSeconds: number;
  /** After which a statement or a COMMIT that is answered by nothing is given up, and its connection with it. */
  readonly answerTimeoutSeconds: number;
}

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
}

export interface ServerConfiguration {
  /** A loopback address: the server speaks plain HTTP. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Made at the first start, readable by its owner only. */
  readonly tokenFile: string;
  /** People with tokens of their own, by whose names nobody else can act; null: callers say who they are. */
  readonly peopleFile: string | null;
  /** Names, besides the loopback's, that requests may call the server by: those of a proxy in front of it. */
  readonly hosts: readonly string[];
  /** There may be others on the same database (MySQL): one leads, the others follow it. */
  readonly several: boolean;
  /** Of several: it takes the lead when the leader has gone silent. */
  readonly takeOver: boolean;
  /** Of several: how clients reach this one; null: at its own address. */
  readonly url: string | null;
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

export interface VariableConfiguration {
  /** `dataset.my_rank`, or `replica.my_mark`. */
  readonly name: string;
  readonly type: 'number' | 'time' | 'boolean' | 'text';
  readonly description: string;
}

/** How accesses become variables. */
interface AccessRanking {
  /** What is older is not counted. */
  readonly horizonDays: number;
  /** After which a request weighs half. */
  readonly halfLifeDays: number;
}

export type ProducerConfiguration =
  /** Values in a file, JSON or CSV. */
  | { readonly kind: 'file'; readonly file: string }
  /** Accesses in a file, NDJSON or CSV. */
  | ({ readonly kind: 'access-log'; readonly file: string } & AccessRanking)
  /** Accesses that were reported to Dynamo. */
  | ({ readonly kind: 'accesses' } & AccessRanking)
  /** Values that were sent to Dynamo. */
  | { readonly kind: 'stored'; readonly variables: readonly string[]; readonly maxAgeSeconds: number | null }
  | EndpointConfiguration
  /** Names or globs of the sites that are protected. */
  | { readonly kind: 'protected-sites'; readonly sites: readonly string[] }
  /** Requests for copies that are not handled yet. */
  | { readonly kind: 'copy-requests' }
  /** What the enforcer's rules and those of users protect. */
  | { readonly kind: 'enforcer' };

export interface EndpointConfiguration {
  readonly kind: 'http';
  readonly url: string;
  readonly variables: readonly string[];
  /** Sent as `Authorization: Bearer ..`; read anew for each request. */
  readonly tokenFile: string | null;
  readonly timeoutSeconds: number;
}

/** What is refused on top of the built-in rules, whatever a policy or a person says. Null: no limit. */
export interface GuardConfiguration {
  /** A copy stays for so long after the last file of it came. */
  readonly minimumAgeSeconds: number;
  /** Of one commit, which for Detox is one cycle of one partition: bytes and block replicas at all sites together. */
  readonly cycle: { readonly bytes: number | null; readonly replicas: number | null };
  /** Of one commit at each site; `fraction` of all bytes there. */
  readonly site: { readonly bytes: number | null; readonly replicas: number | null; readonly fraction: number | null };
  /** Of any 24 hours at all sites together; `fraction` of all bytes everywhere. */
  readonly day: { readonly bytes: number | null; readonly fraction: number | null };
  /** A site that changed so much since the last cycle of a partition is left alone for a cycle. */
  readonly suspicious: {
    /** Lost more than this part of its block replicas. */
    readonly replicasLost: number | null;
    /** Holds more, or less, by more than this part of its quota. */
    readonly occupancyJump: number | null;
  };
  /** A commit that deletes more than that waits for a second person; nulls: none does. */
  readonly approval: {
    readonly bytes: number | null;
    readonly replicas: number | null;
    /** Who may approve, by the names that they call themselves; empty: anybody but the one who made the plan. */
    readonly approvers: readonly string[];
    readonly expireSeconds: number;
  };
}

/** How long what is over is kept, in days. */
export interface RetentionConfiguration {
  /** Commits: earlier versions can be seen, and followed from, for so long. */
  readonly logDays: number;
  readonly operationDays: number;
  readonly historyDays: number;
}

export interface WarmStartConfiguration {
  /** Null: none is read or written. */
  readonly file: string | null;
  readonly intervalSeconds: number;
}

export interface FileCacheConfiguration {
  /** Of memory, for the files of blocks that were asked for lately; 0: none. */
  readonly bytes: number;
}

export interface AccessesConfiguration {
  /** Accesses that were reported are forgotten after that. */
  readonly keepDays: number;
}

export interface PolicyFileConfiguration {
  readonly file: string;
  /**
   * The digest that the administrator has authorised (`dynamo policy check` prints it): a file that has another is not
   * used. Required for a policy in TypeScript, which is a program; null: a text may change.
   */
  readonly sha256: string | null;
  /** Its cycles are tests: kept in the history, and not carried out. Default: false. */
  readonly test?: boolean;
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
