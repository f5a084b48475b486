import { parseTime, resolveTime } from '@dynamo/core';
import { InvalidArgumentError } from 'commander';

/** Parsers of option values: what they refuse is reported as wrong usage, with the option's name. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('expected a whole number.');
}

export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number from 0 to 1.');
}

export function onOrOff(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new InvalidArgumentError('expected on or off.');
}

export function oneOf<W extends string>(words: readonly W[]): (text: string) => W {
  return (text) => {
    const word = words.find((each) => each === text);
    if (word !== undefined) return word;
    throw new InvalidArgumentError(`expected one of ${words.join(', ')}.`);
  };
}

/** Collects an option that may be given several times. */
export function collected(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Seconds since 1970, an ISO date, or `3 days ago`, counted from the present. */
export function timeFrom(nowSeconds: number): (text: string) => number {
  return (text) => {
    const syntax = parseTime(text);
    const time = syntax.ok ? resolveTime(syntax.value, nowSeconds) : syntax;
    if (time.ok) return Math.floor(time.value);
    throw new InvalidArgumentError(`${time.message}${time.hint === undefined ? '' : ` (${time.hint})`}.`);
  };
}
