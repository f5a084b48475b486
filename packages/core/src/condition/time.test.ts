import { describe, expect, it } from 'vitest';
import { formatTime, parseTime, resolveTime } from './time.ts';

function resolve(text: string, now = '2026-03-31T10:20:30Z'): string {
  const time = parseTime(text);
  if (!time.ok) return time.message;
  const resolved = resolveTime(time.value, Date.parse(now) / 1000);
  return resolved.ok ? formatTime(resolved.value) : resolved.message;
}

describe('times', () => {
  it.each([
    ['0 seconds ago', '2026-03-31T10:20:30Z'],
    ['90 days ago', '2025-12-31T10:20:30Z'],
    ['1 week ago', '2026-03-24T10:20:30Z'],
    ['36 hours ago', '2026-03-29T22:20:30Z'],
    ['1 month ago', '2026-02-28T10:20:30Z'],
    ['4 months ago', '2025-11-30T10:20:30Z'],
    ['25 months ago', '2024-02-29T10:20:30Z'],
    ['2 Years ago', '2024-03-31T10:20:30Z'],
    ['January 1', '2026-01-01T00:00:00Z'],
    ['Dec 31', '2026-12-31T00:00:00Z'],
    ['February 29 2024', '2024-02-29T00:00:00Z'],
    ['2018-06-01', '2018-06-01T00:00:00Z'],
    ['2018-06-01 12:30', '2018-06-01T12:30:00Z'],
    ['2018-06-01T12:30:05Z', '2018-06-01T12:30:05Z'],
    ['2018-06-01T12:30:05+02:00', '2018-06-01T10:30:05Z'],
    ['0001-01-01', '0001-01-01T00:00:00Z'],
    ['1528406008', '2018-06-07T21:13:28Z'],
    ['@20180601', '1970-08-22T13:43:21Z'],
    ['-1', '1969-12-31T23:59:59Z'],
    ['0', '1970-01-01T00:00:00Z'],
  ])('%s', (text, expected) => {
    expect(resolve(text)).toBe(expected);
  });

  it('clamps by the month that it arrives in', () => {
    expect(resolve('1 year ago', '2024-02-29T23:59:59Z')).toBe('2023-02-28T23:59:59Z');
    expect(resolve('1 month ago', '1970-01-31T00:00:00Z')).toBe('1969-12-31T00:00:00Z');
    expect(resolve('12 months ago', '2100-02-28T00:00:00Z')).toBe('2099-02-28T00:00:00Z');
  });

  it.each([
    ['tomorrow', '`tomorrow` is not a time'],
    ['1.5 days ago', '`1.5` is not a whole number of days'],
    ['-3 days ago', '`-3` is not a whole number of days'],
    ['3 fortnights ago', 'unknown unit of time `fortnights`'],
    ['2018-02-29', 'the calendar has no day `2018-02-29`'],
    ['2018-13-01', 'the calendar has no day `2018-13-01`'],
    ['2018-06-01T24:00', 'a day has no time `24:00`'],
    ['2018-06-01T12:00+19:00', 'there is no time zone `+19:00`'],
    ['Februar 1', 'there is no month `Februar`'],
    ['February 30', 'the calendar has no day `February 30`'],
    ['February 29', "the run's year, 2026, has no February 29"],
    ['20180601', '`20180601` may be a day or seconds since 1970'],
    ['9999999999999', '`9999999999999` is beyond the calendar'],
    ['300000 years ago', '300000 years ago is before the calendar begins'],
    ['999999999999999 weeks ago', '999999999999999 weeks ago is before the calendar begins'],
    ['', '`` is not a time'],
  ])('%s is no time', (text, message) => {
    expect(resolve(text)).toBe(message);
  });
});
