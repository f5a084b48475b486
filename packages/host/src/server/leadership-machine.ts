/**
 * Who leads, as one server sees it: a pure function of what it saw and when, by its own monotonic clock.
 *
 *     following --(the lease is free, or its holder silent for silenceMs)--> taking --(taken)--> leading
 *         ^                                                                    |                    |
 *         +------------------------(another was faster)------------------------+      (epoch moved) v  ended
 *
 * Invariants:
 * 1. It takes the lease only from an epoch in which it has seen the beat stand still for `silenceMs`, or no holder.
 * 2. Clocks of two machines are never compared: only this one's, and whether the beat has moved.
 * 3. A leader that sees another epoch has ended, and never leads again: its commits are refused by the epoch anyway.
 * 4. A server that stood still while it looked has seen no silence: from the first answer to the last question it counts.
 * 5. Whoever must not take over never takes.
 */
import type { LeaseSight } from '../store/leadership.ts';

export type LeadershipState =
  /** `since`: when the beat was first seen as it is. */
  | { readonly kind: 'following'; readonly seen: Omit<LeaseSight, 'holder'> | null; readonly sinceMs: number }
  | { readonly kind: 'taking'; readonly from: number }
  | { readonly kind: 'leading'; readonly epoch: number }
  | { readonly kind: 'ended'; readonly epoch: number };

export type LeadershipEvent =
  /** `askedMs`: when the database was asked, `atMs`: when the answer was there. */
  | { readonly kind: 'saw'; readonly sight: LeaseSight; readonly askedMs: number; readonly atMs: number }
  | { readonly kind: 'took'; readonly epoch: number }
  /** Another was faster, or the database could not be reached. */
  | { readonly kind: 'failed'; readonly atMs: number };

export interface LeadershipRules {
  readonly silenceMs: number;
  readonly takesOver: boolean;
}

export const FOLLOWING: LeadershipState = Object.freeze({ kind: 'following', seen: null, sinceMs: 0 });

/** The next state; `taking` asks for the lease to be taken from the holder of epoch `from`. */
export function nextLeadership(
  state: LeadershipState,
  event: LeadershipEvent,
  rules: LeadershipRules,
): LeadershipState {
  switch (state.kind) {
    case 'following':
      return event.kind === 'saw' ? watch(state, event, rules) : state;
    case 'taking':
      if (event.kind === 'took') return { kind: 'leading', epoch: event.epoch };
      // What was seen before may be of another holder: it begins anew.
      return event.kind === 'failed' ? { kind: 'following', seen: null, sinceMs: event.atMs } : state;
    case 'leading':
      return event.kind === 'saw' && event.sight.epoch !== state.epoch ? { kind: 'ended', epoch: state.epoch } : state;
    case 'ended':
      return state;
    default:
      return state satisfies never;
  }
}

function watch(
  { seen, sinceMs }: Extract<LeadershipState, { kind: 'following' }>,
  { sight: { epoch, beat, holder }, askedMs, atMs }: Extract<LeadershipEvent, { kind: 'saw' }>,
  { silenceMs, takesOver }: LeadershipRules,
): LeadershipState {
  if (takesOver && holder === null) return { kind: 'taking', from: epoch };
  if (seen === null || seen.epoch !== epoch || seen.beat !== beat) {
    return { kind: 'following', seen: { epoch, beat }, sinceMs: atMs };
  }
  if (takesOver && askedMs - sinceMs >= silenceMs) return { kind: 'taking', from: epoch };
  return { kind: 'following', seen, sinceMs };
}
