/** The writer's lease where processes of several machines may want it: heart-beats say that its holder is alive. */
import type { Clock } from '@dynamo/core';
import type { Session } from '../bulk.ts';
import { heldByAnother, type LeaseHolder, readLease, releaseLease, takeLease } from '../lease.ts';

export interface Lease {
  readonly epoch: number;
  release(): Promise<void>;
}

export interface HoldLeaseOptions {
  readonly leaseSilenceMs: number;
  readonly clock: Clock;
  /** For heart-beats and looks: whoever gives up a silent server soon is still heard through another. */
  readonly brisk: Session;
}

/** Heart-beats in the time after which a silent holder is given up. */
const BEATS = 10;

/**
 * Takes the lease where it is free, or where its holder has been silent for `leaseSilenceMs`: by this process's own
 * monotonic clock, never by comparing the clocks of two machines. Rejects with `lost-lease` at the holder's first sign
 * of life. A holder that was silent for too long and wakes up is stopped by its epoch, not by its clock.
 */
export async function holdLease(session: Session, own: LeaseHolder, options: HoldLeaseOptions): Promise<Lease> {
  return startLease(session, await awaitFreeLease(options), own, options);
}

/** Takes the lease from whoever has, or had, that epoch, and beats until it is released. */
export async function startLease(
  session: Session,
  from: number,
  own: LeaseHolder,
  options: HoldLeaseOptions,
): Promise<Lease> {
  const epoch = await takeLease(session, from, own);
  const stop = new AbortController();
  const beating = beat(epoch, options, stop.signal);
  return {
    epoch,
    async release() {
      stop.abort();
      await beating;
      // Whoever cannot be told finds out by the silence.
      await releaseLease(session, epoch).catch(() => {});
    },
  };
}

async function awaitFreeLease({ leaseSilenceMs, clock, brisk }: HoldLeaseOptions): Promise<number> {
  const seen = await readLease(brisk);
  if (seen.holder === null) return seen.epoch;
  const lastBeat = await readBeat(brisk);
  const begin = clock.monotonicMs();
  // Until the last question, not its answer: a process that stood still in between has not seen any silence.
  for (let askedMs = begin; askedMs - begin < leaseSilenceMs; ) {
    await clock.sleep(leaseSilenceMs / BEATS);
    askedMs = clock.monotonicMs();
    const now = await readLease(brisk);
    if (now.holder === null) return now.epoch;
    if (now.epoch !== seen.epoch || (await readBeat(brisk)) !== lastBeat) throw heldByAnother(now.holder);
  }
  return seen.epoch;
}

export async function readBeat({ db }: Session): Promise<number> {
  return (await db.selectFrom('heartbeat').select('beat').where('id', '=', 1).executeTakeFirstOrThrow()).beat;
}

/** Goes on until it is stopped, or the lease has gone to another; a beat that fails is a beat that is not heard. */
async function beat(
  epoch: number,
  { leaseSilenceMs, clock, brisk }: HoldLeaseOptions,
  signal: AbortSignal,
): Promise<void> {
  const beatOnce = brisk.db
    .updateTable('heartbeat')
    .set((column) => ({ beat: column('beat', '+', 1) }))
    .where('id', '=', 1)
    .where((where) => where(where.selectFrom('lease').select('lease.epoch').where('lease.id', '=', 1), '=', epoch));
  for (;;) {
    try {
      await clock.sleep(leaseSilenceMs / BEATS, { signal });
    } catch {
      return;
    }
    try {
      const { numUpdatedRows } = await beatOnce.executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) return;
    } catch {
      // The next one may be heard.
    }
  }
}
