/** The Gregorian calendar in UTC, for years that `Date.UTC` would move (0 to 99). Months count from 0, as in `Date`. */

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

/** Its English name or the first three letters of it, in any case; -1 if there is none. */
export function monthOf(word: string): number {
  const name = word.toLowerCase();
  return MONTHS.findIndex((known) => name === known || name === known.slice(0, 3));
}

export function secondsOfValidDate(year: number, month: number, day: number): number | undefined {
  if (month < 0 || month > 11 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return secondsOfDate(year, month, day);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 1) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31;
}

/** NaN beyond what a `Date` can hold. */
export function secondsOfDate(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day) / 1000;
}

export function capitalisedMonth(month: number): string {
  const name = MONTHS[month] ?? '';
  return name.charAt(0).toUpperCase() + name.slice(1);
}
