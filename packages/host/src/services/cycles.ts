import { type CycleFilter, type CycleSummary, DynamoError } from '@dynamo/core';
import type { Application } from './application.ts';

/** A past cycle with the report of its planner: every decision with its reason. */
export interface CycleReport extends CycleSummary {
  readonly document: unknown;
}

/** Past cycles, newest first. */
export function listCycles(
  { store }: Pick<Application, 'store'>,
  filter: CycleFilter = {},
): Promise<readonly CycleSummary[]> {
  return store.history.cycles(filter);
}

export async function showCycle({ store }: Pick<Application, 'store'>, cycle: number): Promise<CycleReport> {
  const record = await store.history.cycle(cycle);
  if (record === null) throw new DynamoError('not-found', `there is no cycle ${cycle}`);
  return { ...record, document: parsed(record.document) };
}

/** A planner's own format need not be JSON. */
function parsed(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return document;
  }
}
