/** Accesses to data that others report: kept by day, and read by the producer of the kind `accesses`. */
import { type AccessRecord, inputError } from '@dynamo/core';
import { beginOfDay, dayOf } from '@dynamo/policies';
import type { Application } from './application.ts';

export interface AccessReport {
  /** Of a dataset at a site on a day. */
  readonly records: number;
  readonly accesses: number;
  readonly requests: number;
  /** Days that it is about, as dates. */
  readonly from: string;
  readonly to: string;
  /** Records that were older than they are kept, and have been forgotten. */
  readonly forgotten: number;
}

/**
 * Each replaces what was known of its dataset, site and day; several of one in the same report are added up. So to send
 * a report again is harmless, and one of half a day is replaced by that of the whole. Throws `invalid-input` for an
 * empty report, and for days to come.
 */
export async function reportAccesses(
  { store, configuration, clock }: Pick<Application, 'store' | 'configuration' | 'clock'>,
  reported: readonly AccessRecord[],
  { file }: { readonly file: string },
): Promise<AccessReport> {
  const records = addUp(reported);
  const first = records[0];
  if (first === undefined) throw inputError({ what: 'there is no access in it', where: { file } });
  const days = { from: first.day, to: first.day };
  const sums = { accesses: 0, requests: 0 };
  for (const { day, accesses, requests } of records) {
    days.from = Math.min(days.from, day);
    days.to = Math.max(days.to, day);
    sums.accesses += accesses;
    sums.requests += requests;
  }
  const today = dayOf(clock.nowSeconds());
  // Somebody east of here may already have tomorrow.
  if (days.to > today + 1) {
    throw inputError({ what: `${dateOf(days.to)} is still to come`, where: { file } });
  }
  await store.accesses.put(records);
  const forgotten = await store.accesses.purge(today - configuration.accesses.keepDays);
  return { records: records.length, ...sums, from: dateOf(days.from), to: dateOf(days.to), forgotten };
}

function addUp(reported: readonly AccessRecord[]): readonly AccessRecord[] {
  const sums = new Map<string, AccessRecord>();
  for (const record of reported) {
    const key = JSON.stringify([record.dataset, record.site, record.day]);
    const known = sums.get(key);
    const accesses = record.accesses + (known?.accesses ?? 0);
    const requests = record.requests + (known?.requests ?? 0);
    sums.set(key, known === undefined ? record : { ...known, accesses, requests });
  }
  return [...sums.values()];
}

function dateOf(day: number): string {
  return new Date(beginOfDay(day) * 1000).toISOString().slice(0, 10);
}
