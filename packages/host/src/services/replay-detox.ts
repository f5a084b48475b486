import { type DetoxReplay, replayDetox } from '@dynamo/policies';
import type { Application, ServiceOptions } from './application.ts';
import { type PastRunAsked, withPastRun } from './past-run.ts';

export interface ReplayedCycle extends DetoxReplay {
  readonly cycle: number;
  readonly title: string;
  /** Seconds since 1970. */
  readonly time: number;
  /** That the cycle was planned on. */
  readonly planVersion: number;
}

/** Runs a past cycle of Detox again, and holds it against what was decided then. Nothing is changed. */
export function replayCycle(
  application: Application,
  asked: PastRunAsked,
  options: ServiceOptions = {},
): Promise<ReplayedCycle> {
  return withPastRun(application, asked, options, ({ record, recorded, view, ...given }) => {
    const { cycle, title, time, planVersion } = record;
    return { cycle, title, time, planVersion, ...replayDetox(view, recorded, given) };
  });
}
