import type { ErrorCode } from '@dynamo/core';
import type { DatabaseFault } from './dialect-differences.ts';

interface KnownFault {
  readonly code: ErrorCode;
  /** What it is, and what to do. */
  readonly what: string;
}

/** Whether the database does not work, for whatever is asked of it next; else it is about this one thing. */
export function isTrouble(fault: DatabaseFault): boolean {
  return describeFault(fault) !== undefined && fault !== 'retry' && fault !== 'too-large';
}

/** Undefined: none of the database's doing, or a bug of ours. */
export function describeFault(fault: DatabaseFault): KnownFault | undefined {
  return FAULTS[fault];
}

const FAULTS: Readonly<Record<DatabaseFault, KnownFault | undefined>> = {
  full: { code: 'unavailable', what: 'the disk is full; nothing was written: make room and try again' },
  'read-only': {
    code: 'unavailable',
    what: 'the database may only be read: check its permissions and the file system (SQLite), read_only and the role of the server (MySQL)',
  },
  io: {
    code: 'unavailable',
    what: 'the disk or the file system under the database fails: look at the log of the system; nothing was written',
  },
  busy: { code: 'unavailable', what: 'another process keeps the database locked: try again later' },
  crowded: {
    code: 'unavailable',
    what: 'the database takes no more connections: raise its max_connections, or lower database.connections',
  },
  retry: { code: 'unavailable', what: 'other transactions kept getting in the way: try again later' },
  disconnected: { code: 'unavailable', what: 'the connection to the database broke: try again later' },
  silent: {
    code: 'unavailable',
    what: 'the database takes what is asked and gives no answer (database.answerTimeoutSeconds): look whether its server hangs, or its cluster; what was asked may still be done',
  },
  unreachable: { code: 'unavailable', what: 'the database cannot be opened: check that it is there and may be read' },
  'access-denied': {
    code: 'unavailable',
    what: 'the database refuses the user or the password: check the configuration, and what the user may do there',
  },
  untrusted: {
    code: 'refused',
    what: 'the server offers no TLS, or a certificate that is not trusted: check database.tls and the name of the server',
  },
  'missing-database': { code: 'not-found', what: 'there is no such database: create it, or correct the configuration' },
  'missing-table': {
    code: 'corrupt',
    what: 'a table or column that belongs to the store is missing: restore the store from a dump or a backup',
  },
  corrupt: { code: 'corrupt', what: 'the database is damaged or not a database: restore it from a dump or a backup' },
  'too-large': { code: 'refused', what: 'a value is larger than the database takes' },
  duplicate: undefined,
  dangling: undefined,
  other: undefined,
};
