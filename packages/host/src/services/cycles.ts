import { type CycleFilter, type CycleRecord, type CycleSummary, DynamoError } from '@dynamo/core';
import type { Application } from './application.ts';
import { readDetoxRecord, readPacked, wholePlan } from './whole-plan.ts';

/** A past cycle with the report of its planner: every decision with its reason. */
export interface CycleReport extends CycleSummary {
  readonly document: unknown;
  /** SHA-256 of what the history keeps for it beside that: its policy, what the producers said. */
  readonly contents: CycleRecord['contents'];
}

/** Past cycles, newest first. */
export function listCycles(
  { store }: Pick<Application, 'store'>,
  filter: CycleFilter = {},
): Promise<readonly CycleSummary[]> {
  return store.history.cycles(filter);
}

export async function showCycle(
  { store, inventory }: Pick<Application, 'store' | 'inventory'>,
  cycle: number,
): Promise<CycleReport> {
  const record = await store.history.cycle(cycle);
  if (record === null) throw new DynamoError('not-found', `there is no cycle ${cycle}`);
  const detox = readDetoxRecord(record);
  if (detox === null) return { ...record, document: parsed(record.document) };
  const { plan, rest } = detox;
  const packed = await readPacked(store.history, record);
  using view = inventory.view({ name: 'history' });
  return { ...record, document: { plan: wholePlan(plan, packed, view), ...rest } };
}

/** A planner's own format need not be JSON. */
function parsed(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return document;
  }
}
