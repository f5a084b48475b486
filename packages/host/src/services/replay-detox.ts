import { DYNAMO_VERSION } from '@dynamo/core';
import type { DetoxReplay } from '@dynamo/policies';
import type { Application, ServiceOptions } from './application.ts';
import { askPastRun, type PastRunAsked, readPastRun } from './past-run.ts';

export interface ReplayedCycle extends DetoxReplay {
  readonly cycle: number;
  readonly title: string;
  /** Seconds since 1970. */
  readonly time: number;
  /** That the cycle was planned on. */
  readonly planVersion: number;
  /** Which Dynamo made the cycle, and which made it again. */
  readonly dynamo: { readonly recorded: string; readonly replayed: string };
}

/** In words; empty: it was this version of Dynamo. */
export function madeByAnother(version: string): string {
  return version === DYNAMO_VERSION ? '' : ` (Dynamo ${version} made it, this is ${DYNAMO_VERSION})`;
}

/** Runs a past cycle of Detox again, and holds it against what was decided then. Nothing is changed. */
export async function replayCycle(
  application: Application,
  asked: PastRunAsked,
  options: ServiceOptions = {},
): Promise<ReplayedCycle> {
  const past = await readPastRun(application, asked);
  const { cycle, title, time, planVersion } = past.record;
  const { replay } = await askPastRun(application, past, { kind: 'replay' }, options);
  const dynamo = { recorded: past.recorded.inputs.dynamo, replayed: DYNAMO_VERSION };
  return { cycle, title, time, planVersion, dynamo, ...replay };
}
