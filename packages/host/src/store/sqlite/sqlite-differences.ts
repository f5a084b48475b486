import type { DatabaseFault, DialectDifferences } from '../dialect-differences.ts';

export const sqliteDifferences: DialectDifferences = {
  name: 'sqlite',
  quote: '"',
  // SQLITE_MAX_VARIABLE_NUMBER is 32766; a statement is quicker to prepare when it is shorter.
  maxParameters: 8000,
  columns: {
    integer: 'integer',
    flag: 'integer',
    digest: 'blob',
    text: () => 'text',
    longText: 'text',
    bytes: 'blob',
  },
  tableOptions: '',
  clusteredOptions: 'without rowid',
  onDuplicate: (keys, columns) =>
    `on conflict (${keys.join(', ')}) do update set ${columns.map((c) => `${c} = excluded.${c}`).join(', ')}`,
  baselineInOneTransaction: true,
  emptyTable: 'delete from',
  // It has the database for itself.
  snapshotsHidePresent: false,
  fill: undefined,
  faultOf: sqliteFault,
};

/** By the result codes of https://sqlite.org/rescode.html, the primary code in the low byte. */
function sqliteFault(error: unknown): DatabaseFault {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return 'other';
  const { errcode, message } = error;
  if (errcode === SQLITE_CONSTRAINT_FOREIGNKEY) return 'dangling';
  if (DUPLICATES.has(errcode)) return 'duplicate';
  if (message.startsWith('no such table') || message.startsWith('no such column')) return 'missing-table';
  return FAULTS.get(errcode & 0xff) ?? 'other';
}

const SQLITE_CONSTRAINT_FOREIGNKEY = 787;
/** SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_ROWID. */
const DUPLICATES: ReadonlySet<number> = new Set([1555, 2067, 2579]);

const FAULTS: ReadonlyMap<number, DatabaseFault> = new Map([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'read-only'],
  [10, 'io'],
  [11, 'corrupt'],
  [13, 'full'],
  [14, 'unreachable'],
  [18, 'too-large'],
  [23, 'access-denied'],
  [26, 'corrupt'],
]);
