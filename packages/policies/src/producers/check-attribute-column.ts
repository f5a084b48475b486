import { type AttributeColumn, DynamoError, type VariableDefinition } from '@dynamo/core';
import { EXPECTED_VALUE } from './check-attribute-value.ts';

/**
 * A producer is a plug-in, and may be wrong: NaN and infinity have no place in an order, and a text in place of a
 * number compares as nobody expects. Throws `unavailable` for the first value that is none of the variable's type.
 */
export function checkAttributeColumn(producer: string, variable: VariableDefinition, column: AttributeColumn): void {
  for (const [dataset, value] of column) {
    if (isValue(value, variable)) continue;
    const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
    throw new DynamoError(
      'unavailable',
      `producer ${producer} supplied ${shown} as ${variable.name} of ${dataset}: ${EXPECTED_VALUE[variable.type.kind]}`,
    );
  }
}

function isValue(value: unknown, { type, level }: VariableDefinition): boolean {
  switch (type.kind) {
    case 'number':
    case 'time':
      return Number.isFinite(value);
    case 'boolean':
      if (typeof value === 'boolean') return true;
      return level !== 'dataset' && Array.isArray(value) && value.every((site) => typeof site === 'string');
    case 'text':
      return typeof value === 'string';
    case 'enum':
      return typeof value === 'string' && type.values.includes(value);
    default:
      return type satisfies never;
  }
}
