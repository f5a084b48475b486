import { type InventoryRecord, memoryStore, readDump, type Version } from '@dynamo/core';
import { type SimulatedDay, type SimulationOptions, type SimulationReport, simulate } from '@dynamo/policies';
import type { ServiceOptions } from './application.ts';
import { readDealerConfiguration } from './dealer.ts';
import { dumpInput } from './dump-input.ts';
import { readDetoxPolicy } from './planners/detox-planner.ts';
import type { PolicyText } from './policy-text.ts';

export interface SimulationRun extends Omit<SimulationOptions, 'policies' | 'dealer' | 'onDay' | 'signal'> {
  /** What it begins with. */
  readonly dump: string;
  readonly policies: readonly PolicyText[];
  /** The Dealer's configuration; null: its defaults. */
  readonly dealer: string | null;
}

/** Lives through days on a copy of a dump, in memory. Rejects with `invalid-input` for a policy or a dump that is wrong. */
export async function simulateDump(
  { dump, policies, dealer, ...options }: SimulationRun,
  { signal, onDay }: ServiceOptions & { readonly onDay?: (day: SimulatedDay) => void } = {},
): Promise<SimulationReport> {
  const configuration = await readDealerConfiguration(dealer);
  // Before anything long: a policy that is wrong is wrong today.
  for (const policy of policies) await readDetoxPolicy(policy, { now: options.start, variables: [] });
  const { source } = await dumpInput(dump);
  const { head, records } = await readDump(source, { file: dump, ...(signal === undefined ? {} : { signal }) });
  await using store = memoryStore();
  await store.inventory.baseline({ ...head, version: Math.max(1, head.version) as Version }, atRest(records));
  return await simulate(store, {
    ...options,
    policies: policies.map((policy) => (now: number) => readDetoxPolicy(policy, { now, variables: [] })),
    dealer: configuration,
    ...(signal === undefined ? {} : { signal }),
    ...(onDay === undefined ? {} : { onDay }),
  });
}

/** Files are not asked for, and what was open at the time of the dump is not carried out: nothing is open. */
async function* atRest(records: AsyncIterable<readonly InventoryRecord[]>): AsyncGenerator<readonly InventoryRecord[]> {
  for await (const batch of records) {
    yield batch.flatMap((item): InventoryRecord[] => {
      if (item.entity === 'file') return [];
      if (item.entity !== 'blockReplica' || item.record.operation === 'none') return [item];
      return [{ entity: 'blockReplica', record: { ...item.record, operation: 'none' } }];
    });
  }
}
