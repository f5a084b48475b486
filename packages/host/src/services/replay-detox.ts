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
  return { cycle, title, time, planVersion, ...replay };
}
