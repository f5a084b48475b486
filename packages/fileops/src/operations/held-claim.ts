import type { Claim, Clock } from '@dynamo/core';

/** A claim in the hands of this process: it lasts until its deadline, which renewals move, or until it is lost. */
export interface HeldClaim {
  readonly claim: Claim;
  /** Aborted when the claim is lost: `claim-lost`, or when the process stops: `shutdown`. */
  readonly signal: AbortSignal;
  /** Whether an effect on a file may still happen. */
  mayAct(): boolean;
  /** Whether what was done may still be recorded: before the deadline nobody else can have acted. */
  mayRecord(): boolean;
  renewed(askedMs: number): void;
  end(why: ClaimLoss): void;
}

export type ClaimLoss = 'claim-lost' | 'shutdown';

/** What an effect that was just allowed may take, at most, before it has happened. */
const EFFECT_MARGIN_MS = 5000;

/** `askedMs`: the time right before the claim was asked for, so that the deadline is never taken too late. */
export function holdClaim(claim: Claim, leaseSeconds: number, askedMs: number, clock: Clock): HeldClaim {
  const leaseMs = leaseSeconds * 1000;
  const marginMs = Math.min(EFFECT_MARGIN_MS, leaseMs / 4);
  const controller = new AbortController();
  let deadlineMs = askedMs + leaseMs;
  return {
    claim,
    signal: controller.signal,
    mayAct: () => !controller.signal.aborted && clock.monotonicMs() < deadlineMs - marginMs,
    mayRecord: () => clock.monotonicMs() < deadlineMs,
    renewed: (renewalAskedMs) => {
      deadlineMs = renewalAskedMs + leaseMs;
    },
    end: (why) => controller.abort(why),
  };
}
