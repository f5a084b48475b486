import { formatTime } from './time.ts';
import type { VariableType, VariableValue } from './variable.ts';

/** A value as an explanation shows it: times as dates, 0 and 1 of a true-or-false variable as words. */
export function describeValue(type: VariableType, value: VariableValue): string {
  switch (type.kind) {
    case 'boolean':
      return value === true || (typeof value === 'number' && value !== 0) ? 'true' : 'false';
    case 'time':
      return typeof value === 'number' ? formatTime(value) : `${value}`;
    case 'enum':
      return `${value}`.toUpperCase();
    case 'number':
    case 'text':
      return `${value}`;
    default:
      return type satisfies never;
  }
}
