import type { Migration } from 'kysely/migration';
import type { DialectDifferences } from '../dialect-differences.ts';
import { first } from './0001-first.ts';
import { plans } from './0004-plans.ts';
import { reports } from './0006-reports.ts';
import { servers } from './0007-servers.ts';
import { cycleRecords } from './0008-cycle-records.ts';
import { probe } from './0009-probe.ts';

/** In the order of their names, which are written down in the database. None is ever changed once released. */
export function migrationsFor(differences: DialectDifferences): Readonly<Record<string, Migration>> {
  return {
    '0001-first': first(differences),
    '0004-plans': plans(differences),
    '0006-reports': reports(differences),
    '0007-servers': servers(differences),
    '0008-cycle-records': cycleRecords(differences),
    '0009-probe': probe(differences),
  };
}
