import {
  type DumpSource,
  DynamoError,
  type InventoryRecord,
  type InventoryStore,
  type RuleRecord,
  readDump,
} from '@dynamo/core';

export interface DumpStoreOptions {
  /** What messages call the dump. */
  readonly file: string;
  /** What becomes of the records on their way in. Default: they stay as they are. */
  readonly edit?:
    | ((records: AsyncIterable<readonly InventoryRecord[]>) => AsyncIterable<readonly InventoryRecord[]>)
    | undefined;
  /** Told the rules of users that the dump has, each time it is loaded. */
  readonly onRules?: (rules: readonly RuleRecord[]) => void;
}

/** A dump as a store that is loaded from, and no more: nothing of it stays in memory but the inventory. */
export function dumpInventoryStore(
  source: DumpSource,
  { file, edit = (records) => records, onRules = () => {} }: DumpStoreOptions,
): InventoryStore {
  const refuse = async (): Promise<never> => {
    throw new DynamoError('refused', `${file} is a dump, which cannot be written to: load it into a store first`);
  };
  return {
    async load({ signal } = {}) {
      const { head, records, rules } = await readDump(source, { file, signal });
      onRules(rules);
      return { head, commit: null, records: edit(records) };
    },
    follow: async (from) => ({ kind: 'too-old', oldest: from }),
    commit: refuse,
    baseline: refuse,
  };
}
