import { type AccessRecord, type InputPlace, inputError, nearestName } from '@dynamo/core';
import { readAccessDay } from './access-day.ts';

/** As in a line of a log; numbers may be texts, as in a table. */
export type WrittenAccess = Readonly<Record<string, unknown>>;

export const ACCESS_KEYS = ['dataset', 'site', 'day', 'accesses', 'requests'] as const;

const MAX_NAME_LENGTH = 512;
const MAX_SITE_LENGTH = 64;

/** What a line of an access log says. Throws `invalid-input` with the place of its fault. */
export function checkAccess(written: unknown, where: InputPlace): AccessRecord {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    throw inputError({ what: 'an access is an object', where, hint: `with ${ACCESS_KEYS.join(', ')}` });
  }
  for (const key of Object.keys(written)) checkKey(key, where);
  const { dataset, site = '', day, accesses, requests } = written as WrittenAccess;
  if (typeof dataset !== 'string' || dataset === '' || dataset.length > MAX_NAME_LENGTH) {
    throw inputError({ what: `dataset: a name of 1 to ${MAX_NAME_LENGTH} characters belongs here`, where });
  }
  if (typeof site !== 'string' || site.length > MAX_SITE_LENGTH) {
    throw inputError({ what: 'site: a name belongs here', where, hint: 'leave it out where it is about no site' });
  }
  const readDay = readAccessDay(day);
  if (readDay === undefined) {
    const what = `day: ${day === undefined ? 'it is missing' : `${JSON.stringify(day)} is none`}`;
    throw inputError({ what, where, hint: 'a date such as 2026-01-31, in UTC, or seconds since 1970' });
  }
  if (isAbsent(accesses) && isAbsent(requests)) {
    throw inputError({ what: 'neither accesses nor requests are given', where });
  }
  return {
    ...{ dataset, site, day: readDay },
    accesses: countOf(accesses, 'accesses', where),
    requests: countOf(requests, 'requests', where),
  };
}

export function checkKey(key: string, where: InputPlace): void {
  if ((ACCESS_KEYS as readonly string[]).includes(key)) return;
  const near = nearestName(key, ACCESS_KEYS);
  const hint = near === undefined ? `known: ${ACCESS_KEYS.join(', ')}` : `did you mean ${near}?`;
  throw inputError({ what: `unknown key ${JSON.stringify(key)}`, where, hint });
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === '';
}

function countOf(value: unknown, key: string, where: InputPlace): number {
  if (isAbsent(value)) return 0;
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
  throw inputError({ what: `${key}: ${JSON.stringify(value)} is no count`, where, hint: 'a whole number, 0 or more' });
}
