/**
 * Times as conditions write them, all in UTC: `90 days ago`, `2018-06-01`, `2018-06-01T12:00:00Z`, `January 1`
 * (of the run's year), and seconds since 1970.
 */
import { capitalisedMonth, daysInMonth, monthOf, secondsOfDate, secondsOfValidDate } from './calendar.ts';

export const TIME_UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

export type TimeSyntax =
  | { readonly kind: 'instant'; readonly seconds: number }
  | { readonly kind: 'ago'; readonly count: number; readonly unit: TimeUnit }
  /** `month` counts from 0, as in `Date`. */
  | { readonly kind: 'day-of-year'; readonly month: number; readonly day: number };

export type TimeReading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

const SECONDS: Readonly<Record<Exclude<TimeUnit, 'month' | 'year'>, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
};

/** What a `Date` can hold, in seconds. */
const MAX_SECONDS = 8_640_000_000_000;

const FORMS = 'write `90 days ago`, `2018-06-01`, `January 1`, or seconds since 1970';

/** Reads a time without a clock. */
export function parseTime(text: string): TimeReading<TimeSyntax> {
  return parseAgo(text) ?? parseIso(text) ?? parseDayOfYear(text) ?? parseEpoch(text) ?? notATime(text);
}

/** True for a time that is another one in every run. */
export function dependsOnClock(time: TimeSyntax): boolean {
  return time.kind !== 'instant';
}

/** Seconds since 1970. Going back by months or years keeps the day of the month, clamped to the month's end. */
export function resolveTime(time: TimeSyntax, nowSeconds: number): TimeReading<number> {
  switch (time.kind) {
    case 'instant':
      return { ok: true, value: time.seconds };
    case 'ago': {
      const seconds = secondsAgo(time.count, time.unit, nowSeconds);
      if (Number.isFinite(seconds) && Math.abs(seconds) <= MAX_SECONDS) return { ok: true, value: seconds };
      return { ok: false, message: `${time.count} ${time.unit}s ago is before the calendar begins` };
    }
    case 'day-of-year': {
      const year = new Date(nowSeconds * 1000).getUTCFullYear();
      if (time.day <= daysInMonth(year, time.month)) {
        return { ok: true, value: secondsOfDate(year, time.month, time.day) };
      }
      return { ok: false, message: `the run's year, ${year}, has no ${capitalisedMonth(time.month)} ${time.day}` };
    }
    default:
      return time satisfies never;
  }
}

/** `2018-06-07T21:13:28Z`; a time outside the calendar as plain seconds. */
export function formatTime(seconds: number): string {
  if (!(Math.abs(seconds) <= MAX_SECONDS)) return `${seconds}`;
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

function parseAgo(text: string): TimeReading<TimeSyntax> | undefined {
  const match = /^(\S+) (\S+) ago$/i.exec(text);
  if (match === null) return undefined;
  const [, count = '', word = ''] = match;
  const unit = TIME_UNITS.find((known) => word.toLowerCase() === known || word.toLowerCase() === `${known}s`);
  if (unit === undefined) {
    return { ok: false, message: `unknown unit of time \`${word}\``, hint: `one of ${TIME_UNITS.join(', ')}` };
  }
  if (!/^\d{1,15}$/.test(count)) {
    return { ok: false, message: `\`${count}\` is not a whole number of ${unit}s` };
  }
  return { ok: true, value: { kind: 'ago', count: Number(count), unit } };
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:?\d{2})?)?$/i;

function parseIso(text: string): TimeReading<TimeSyntax> | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', zone = 'Z'] = match;
  const date = secondsOfValidDate(Number(year), Number(month) - 1, Number(day));
  if (date === undefined) return { ok: false, message: `the calendar has no day \`${text.slice(0, 10)}\`` };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return { ok: false, message: `a day has no time \`${text.slice(11)}\`` };
  }
  const offset = zoneSeconds(zone);
  if (offset === undefined) return { ok: false, message: `there is no time zone \`${zone}\`` };
  const seconds = date + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  return { ok: true, value: { kind: 'instant', seconds } };
}

function zoneSeconds(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

function parseDayOfYear(text: string): TimeReading<TimeSyntax> | undefined {
  const match = /^([a-z]{3,9})\.? (\d{1,2})(?:,? (\d{4}))?$/i.exec(text);
  if (match === null) return undefined;
  const [, word = '', dayText, year] = match;
  const month = monthOf(word);
  if (month < 0) return { ok: false, message: `there is no month \`${word}\`` };
  const day = Number(dayText);
  if (year !== undefined) {
    const seconds = secondsOfValidDate(Number(year), month, day);
    if (seconds === undefined) return { ok: false, message: `the calendar has no day \`${text}\`` };
    return { ok: true, value: { kind: 'instant', seconds } };
  }
  // 2000 was a leap year: whether the run's year is one is seen when it is known.
  if (day < 1 || day > daysInMonth(2000, month)) return { ok: false, message: `the calendar has no day \`${text}\`` };
  return { ok: true, value: { kind: 'day-of-year', month, day } };
}

/** `@` in front, as `date -d` takes it, says that it is not a date without its dashes. */
function parseEpoch(text: string): TimeReading<TimeSyntax> | undefined {
  const match = /^(@?)(-?\d{1,13})$/.exec(text);
  if (match === null) return undefined;
  const [, mark, digits = ''] = match;
  const seconds = Number(digits) + 0;
  if (Math.abs(seconds) > MAX_SECONDS) {
    return { ok: false, message: `\`${text}\` is beyond the calendar`, hint: 'times are seconds since 1970' };
  }
  const dashed = digits.replace(/^((?:19|20|21)\d\d)(\d\d)(\d\d)$/, '$1-$2-$3');
  if (mark === '' && dashed !== digits && parseIso(dashed)?.ok) {
    const hint = `write ${dashed} for the day, @${digits} for seconds since 1970`;
    return { ok: false, message: `\`${text}\` may be a day or seconds since 1970`, hint };
  }
  return { ok: true, value: { kind: 'instant', seconds } };
}

function notATime(text: string): TimeReading<never> {
  return { ok: false, message: `\`${text}\` is not a time`, hint: FORMS };
}

function secondsAgo(count: number, unit: TimeUnit, nowSeconds: number): number {
  if (unit !== 'month' && unit !== 'year') return nowSeconds - count * SECONDS[unit];
  const now = new Date(nowSeconds * 1000);
  const months = now.getUTCFullYear() * 12 + now.getUTCMonth() - count * (unit === 'year' ? 12 : 1);
  const year = Math.floor(months / 12);
  const month = months - year * 12;
  const day = Math.min(now.getUTCDate(), daysInMonth(year, month));
  const timeOfDay = nowSeconds - Math.floor(nowSeconds / 86_400) * 86_400;
  return secondsOfDate(year, month, day) + timeOfDay;
}
