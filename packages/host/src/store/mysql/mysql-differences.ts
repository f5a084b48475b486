import { sql } from 'kysely';
import type { DatabaseFault, DialectDifferences } from '../dialect-differences.ts';
import { loadData } from './load-data.ts';
import { SILENT_CODE } from './watched-connection.ts';

/** The default character set of a server may be latin1, and its default collation takes A and a for the same. */
const TABLE_OPTIONS = 'engine = InnoDB default character set = utf8mb4 collate = utf8mb4_bin';

/** MySQL 8 and MariaDB 10.11 alike. */
export const mysqlDifferences: DialectDifferences = {
  name: 'mysql',
  quote: '`',
  maxParameters: 8000,
  columns: {
    integer: 'bigint',
    flag: sql`tinyint`,
    digest: sql`binary(16)`,
    text: (characters) => `varchar(${characters})`,
    longText: sql`mediumtext`,
    bytes: sql`mediumblob`,
  },
  tableOptions: TABLE_OPTIONS,
  // InnoDB keeps every table in the order of its primary key.
  clusteredOptions: TABLE_OPTIONS,
  onDuplicate: (_keys, columns) =>
    `on duplicate key update ${columns.map((column) => `\`${column}\` = values(\`${column}\`)`).join(', ')}`,
  baselineInOneTransaction: false,
  emptyTable: 'truncate table',
  snapshotsHidePresent: true,
  fill: loadData,
  faultOf: mysqlFault,
};

/** By the server's error numbers, which MySQL and MariaDB share, and by Node's codes for sockets. */
function mysqlFault(error: unknown): DatabaseFault {
  if (!(error instanceof Error)) return 'other';
  // The driver has no code for it.
  if (error.message.includes('connection is in closed state')) return 'disconnected';
  // A COMMIT on a node that has lost its cluster.
  if (error.message.includes('Not connected to Primary Component')) return 'disconnected';
  const { errno, code } = error as Error & { readonly errno?: unknown; readonly code?: unknown };
  if (OF_THE_SYSTEM.includes(Number(errno))) return FAULTS_OF_THE_SYSTEM.get(systemErrorIn(error.message)) ?? 'io';
  return FAULTS_BY_NUMBER.get(Number(errno)) ?? FAULTS_BY_CODE.get(String(code)) ?? 'other';
}

/** A file or a table cannot be made, read, written or renamed: the message has the error of the operating system in it. */
const OF_THE_SYSTEM: readonly number[] = [1004, 1005, 1024, 1025, 1026, 1030];

/** `errno: 28 "No space left on device"`, `Got error 28 from storage engine`. */
function systemErrorIn(message: string): number {
  return Number(/(?:errno: |error )(\d+)/i.exec(message)?.[1]);
}

/** EFBIG, ENOSPC, EROFS, EDQUOT; 135: a table has reached its largest size. */
const FAULTS_OF_THE_SYSTEM: ReadonlyMap<number, DatabaseFault> = new Map([
  [27, 'full'],
  [28, 'full'],
  [30, 'read-only'],
  [122, 'full'],
  [135, 'full'],
]);

const FAULTS_BY_NUMBER: ReadonlyMap<number, DatabaseFault> = new Map([
  [1062, 'duplicate'],
  [1451, 'dangling'],
  [1452, 'dangling'],
  [1021, 'full'],
  [1114, 'full'],
  [1290, 'read-only'],
  [1792, 'read-only'],
  [1836, 'read-only'],
  [1040, 'crowded'],
  [1203, 'crowded'],
  [1226, 'crowded'],
  // Lock wait timeout; deadlock, or refused by the certification of a cluster.
  [1205, 'retry'],
  [1213, 'retry'],
  [1044, 'access-denied'],
  [1045, 'access-denied'],
  [1142, 'access-denied'],
  [1698, 'access-denied'],
  [1049, 'missing-database'],
  [1054, 'missing-table'],
  [1146, 'missing-table'],
  [1932, 'missing-table'],
  [1033, 'corrupt'],
  [1034, 'corrupt'],
  [1153, 'too-large'],
  [1406, 'too-large'],
  // A node without the majority of its cluster; shut down; killed; left idle for too long.
  [1047, 'disconnected'],
  [1053, 'disconnected'],
  [1927, 'disconnected'],
  [4031, 'disconnected'],
]);

const FAULTS_BY_CODE: ReadonlyMap<string, DatabaseFault> = new Map([
  [SILENT_CODE, 'silent'],
  ['PROTOCOL_CONNECTION_LOST', 'disconnected'],
  ['ECONNRESET', 'disconnected'],
  ['EPIPE', 'disconnected'],
  ['HANDSHAKE_NO_SSL_SUPPORT', 'untrusted'],
  ['HANDSHAKE_SSL_ERROR', 'untrusted'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'untrusted'],
  ['CERT_HAS_EXPIRED', 'untrusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'untrusted'],
  ['ECONNREFUSED', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
]);
