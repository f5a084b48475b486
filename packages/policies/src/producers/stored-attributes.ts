import { type AttributeProducer, type AttributeStore, DynamoError, type VariableDefinition } from '@dynamo/core';

/** Supplies what others have sent to the store. Fails where nobody ever has: everything would look unused. */
export function storedAttributes(
  store: AttributeStore,
  variables: readonly VariableDefinition[],
  options: {
    /** Values that were sent longer ago are refused; default: however old. */
    readonly maxAgeSeconds?: number;
  } = {},
): AttributeProducer {
  const { maxAgeSeconds = Number.POSITIVE_INFINITY } = options;
  return {
    name: 'stored attributes',
    provides: variables,
    async load(_view, { now }) {
      const columns = new Map();
      for (const { name } of variables) {
        const stored = await store.read(name);
        if (stored === null) throw new DynamoError('unavailable', `nobody has sent values of ${name} yet`);
        if (now - stored.time > maxAgeSeconds) {
          const sent = new Date(stored.time * 1000).toISOString();
          throw new DynamoError('unavailable', `values of ${name} were last sent at ${sent}: too long ago`);
        }
        columns.set(name, stored.values);
      }
      return columns;
    },
  };
}
