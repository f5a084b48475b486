const DAY_SECONDS = 86_400;

/** The last day that a log may name: a later one is a slip of the pen, or a clock that is wrong. */
const LAST_DAY = dayOf(Date.UTC(2199, 11, 31) / 1000);

/** Days since 1970-01-01 in UTC, of seconds since then. */
export function dayOf(seconds: number): number {
  return Math.floor(seconds / DAY_SECONDS);
}

/** Seconds since 1970 at which a day begins. */
export function beginOfDay(day: number): number {
  return day * DAY_SECONDS;
}

/** The day of `2026-01-31`, or of seconds since 1970; undefined for anything else. */
export function readAccessDay(written: unknown): number | undefined {
  if (typeof written === 'number') return inRange(dayOf(written));
  if (typeof written !== 'string') return undefined;
  if (/^\d{1,12}$/.test(written)) return inRange(dayOf(Number(written)));
  if (!/^\d{4}-\d\d-\d\d$/.test(written)) return undefined;
  const ms = Date.parse(`${written}T00:00:00Z`);
  // 2026-02-30 is taken for March by some readers of dates.
  if (!Number.isFinite(ms) || new Date(ms).toISOString().slice(0, 10) !== written) return undefined;
  return inRange(dayOf(ms / 1000));
}

function inRange(day: number): number | undefined {
  return day >= 0 && day <= LAST_DAY ? day : undefined;
}
