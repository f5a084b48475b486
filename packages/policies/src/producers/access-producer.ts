/** What a log of accesses says about datasets: last access, counts, ranks, and the weight of requests. */
import {
  type AccessRecord,
  type AttributeColumn,
  type AttributeProducer,
  type InventoryView,
  NO_ROW,
  TimeSlice,
  throwIfAborted,
  type VariableDefinition,
} from '@dynamo/core';
import { REQUEST_WEIGHT } from '../dealer/request-weight.ts';
import { beginOfDay, dayOf } from './access-day.ts';
import { DatasetAccesses } from './access-totals.ts';
import { standardVariable } from './standard-variable.ts';
import { RankDatasets } from './usage-ranks.ts';

export interface AccessProducerOptions {
  /** Where accesses come from, for messages. */
  readonly name: string;
  /** Called for each run; those before `fromDay` (days since 1970) may be left out. */
  readonly read: (options: {
    readonly fromDay: number;
    readonly signal?: AbortSignal;
  }) => AsyncIterable<readonly AccessRecord[]>;
  /** What is older is not counted; default: 730 days, as in CMS. */
  readonly horizonDays?: number;
  /** After which a request weighs half; default: 30 days. */
  readonly halfLifeDays?: number;
}

interface AccessVariables {
  readonly lastAccess: VariableDefinition;
  readonly numAccess: VariableDefinition;
  readonly usageRank: VariableDefinition;
  readonly demandRank: VariableDefinition;
}

/**
 * Supplies `dataset.last_access`, `dataset.usage_rank`, `dataset.demand_rank`, `dataset.request_weight` and
 * `replica.num_access`. Accesses of datasets that the inventory does not know are left out. Where no access at all is
 * known, nothing has a usage rank, and without a request no demand rank: everything would look unused.
 */
export function accessProducer(options: AccessProducerOptions): AttributeProducer {
  const { name, read, horizonDays = 730, halfLifeDays = 30 } = options;
  const variables: AccessVariables = {
    lastAccess: standardVariable('dataset.last_access'),
    numAccess: standardVariable('replica.num_access'),
    usageRank: standardVariable('dataset.usage_rank'),
    demandRank: standardVariable('dataset.demand_rank'),
  };
  return {
    name,
    provides: [...Object.values(variables), REQUEST_WEIGHT],
    async load(view, { now, signal }) {
      const today = dayOf(now);
      const logs = await readLogs(view, read, { fromDay: today - horizonDays, today, ...(signal ? { signal } : {}) });
      return columnsOf(view, logs, { now, halfLifeDays, variables, ...(signal ? { signal } : {}) });
    },
  };
}

async function readLogs(
  { tables }: InventoryView,
  read: AccessProducerOptions['read'],
  { fromDay, today, signal }: { readonly fromDay: number; readonly today: number; readonly signal?: AbortSignal },
): Promise<ReadonlyMap<string, DatasetAccesses>> {
  const logs = new Map<string, DatasetAccesses>();
  for await (const batch of read({ fromDay, ...(signal ? { signal } : {}) })) {
    for (const record of batch) {
      // What is to come belongs to a clock that is wrong, or to a run in the past.
      if (record.day < fromDay || record.day > today) continue;
      let log = logs.get(record.dataset);
      if (log === undefined) {
        if (tables.datasets.find(record.dataset) === NO_ROW) continue;
        log = new DatasetAccesses();
        logs.set(record.dataset, log);
      }
      log.add(record);
    }
  }
  return logs;
}

async function columnsOf(
  { tables }: InventoryView,
  logs: ReadonlyMap<string, DatasetAccesses>,
  options: {
    readonly now: number;
    readonly halfLifeDays: number;
    readonly variables: AccessVariables;
    readonly signal?: AbortSignal;
  },
): Promise<ReadonlyMap<string, AttributeColumn>> {
  const { now, halfLifeDays, variables, signal } = options;
  const lastAccess = new Map<string, number>();
  const numAccess = new Map<string, number>();
  const usageRank = new Map<string, number>();
  const demandRank = new Map<string, number>();
  const requestWeight = new Map<string, number>();
  for (const [dataset, log] of logs) {
    const accesses = log.accesses();
    if (accesses !== undefined) {
      lastAccess.set(dataset, beginOfDay(accesses.lastDay));
      numAccess.set(dataset, accesses.count);
    }
    const weight = log.requestWeight(dayOf(now), halfLifeDays);
    if (weight > 0) requestWeight.set(dataset, weight);
  }
  if (logs.size > 0) {
    const ranks = new RankDatasets(tables, now);
    const slice = new TimeSlice();
    for (let row = 0; row < tables.datasets.rows; row++) {
      if (slice.isOver) {
        throwIfAborted('reading accesses', signal);
        await slice.next();
      }
      if (!tables.datasets.isLive(row)) continue;
      const name = tables.datasets.name.get(row) ?? '';
      const ranked = ranks.rank(row, logs.get(name));
      if (ranked === undefined) continue;
      if (numAccess.size > 0) usageRank.set(name, ranked.usage);
      if (requestWeight.size > 0) demandRank.set(name, ranked.demand);
    }
  }
  return new Map<string, AttributeColumn>([
    [variables.lastAccess.name, lastAccess],
    [variables.numAccess.name, numAccess],
    [variables.usageRank.name, usageRank],
    [variables.demandRank.name, demandRank],
    [REQUEST_WEIGHT.name, requestWeight],
  ]);
}
