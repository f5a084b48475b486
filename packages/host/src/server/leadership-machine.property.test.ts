import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FOLLOWING, type LeadershipState, nextLeadership } from './leadership-machine.ts';

const SILENCE_MS = 1000;

/** A database with a lease; servers that look, take and beat, stand still and go on, in any order and at any pace. */
const step = fc.record({
  server: fc.nat(2),
  act: fc.constantFrom('look', 'look', 'look', 'beat', 'beat', 'pause', 'resume', 'release'),
  waitMs: fc.constantFrom(0, 100, 400, 1100),
});

describe('the leadership machine', () => {
  it('never has two leaders that both know the present epoch, and takes only what stood still or was free', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120 }),
        fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        (steps, may) => {
          const lease = { epoch: 0, beat: 0, holder: null as number | null, lastBeatMs: 0 };
          const servers = may.map((takesOver) => ({ state: FOLLOWING as LeadershipState, takesOver, paused: false }));
          let nowMs = 0;
          for (const { server, act, waitMs } of steps) {
            nowMs += waitMs;
            const me = servers[server] as (typeof servers)[number];
            const rules = { silenceMs: SILENCE_MS, takesOver: me.takesOver };
            if (act === 'pause') me.paused = true;
            if (act === 'resume') me.paused = false;
            if (me.paused) continue;
            if (act === 'beat' && me.state.kind === 'leading' && me.state.epoch === lease.epoch) {
              lease.beat += 1;
              lease.lastBeatMs = nowMs;
            }
            if (act === 'release' && me.state.kind === 'leading' && me.state.epoch === lease.epoch) {
              lease.holder = null;
              me.state = { kind: 'ended', epoch: lease.epoch };
            }
            if (act !== 'look') continue;
            const holder = lease.holder === null ? null : { holder: 'test', host: 'h', pid: lease.holder, since: 0 };
            const sight = { epoch: lease.epoch, beat: lease.beat, holder };
            const before = me.state;
            me.state = nextLeadership(me.state, { kind: 'saw', sight, askedMs: nowMs, atMs: nowMs }, rules);
            if (before.kind === 'ended') expect(me.state).toBe(before);
            if (before.kind === 'leading' && lease.epoch !== before.epoch) expect(me.state.kind).toBe('ended');
            if (me.state.kind !== 'taking') continue;
            expect(me.takesOver).toBe(true);
            if (lease.holder !== null) expect(nowMs - lease.lastBeatMs).toBeGreaterThanOrEqual(SILENCE_MS);
            const from = me.state.from;
            if (from === lease.epoch) {
              lease.epoch += 1;
              lease.holder = server;
              lease.beat = 0;
              lease.lastBeatMs = nowMs;
              me.state = nextLeadership(me.state, { kind: 'took', epoch: lease.epoch }, rules);
            } else me.state = nextLeadership(me.state, { kind: 'failed', atMs: nowMs }, rules);
            const leaders = servers.filter(({ state }) => state.kind === 'leading' && state.epoch === lease.epoch);
            expect(leaders.length).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not take its own standing still for silence', () => {
    const rules = { silenceMs: SILENCE_MS, takesOver: true };
    const sight = { epoch: 3, beat: 7, holder: { holder: 'other', host: 'h', pid: 1, since: 0 } };
    const first = nextLeadership(FOLLOWING, { kind: 'saw', sight, askedMs: 0, atMs: 0 }, rules);
    // Stopped between the question and the answer: what it holds is old, the leader may have beaten many times since.
    const late = nextLeadership(first, { kind: 'saw', sight, askedMs: 100, atMs: 60_000 }, rules);
    expect(late.kind).toBe('following');
    expect(nextLeadership(late, { kind: 'saw', sight, askedMs: 60_500, atMs: 60_500 }, rules).kind).toBe('taking');
  });

  it('takes over a silent leader, and waits anew where another was faster', () => {
    const rules = { silenceMs: SILENCE_MS, takesOver: true };
    const holder = { holder: 'other', host: 'h', pid: 1, since: 0 };
    const saw = (epoch: number, beat: number, atMs: number) =>
      ({ kind: 'saw', sight: { epoch, beat, holder }, askedMs: atMs, atMs }) as const;
    let state = nextLeadership(FOLLOWING, saw(3, 7, 0), rules);
    state = nextLeadership(state, saw(3, 7, 999), rules);
    expect(state.kind).toBe('following');
    state = nextLeadership(state, saw(3, 7, 1000), rules);
    expect(state).toEqual({ kind: 'taking', from: 3 });
    state = nextLeadership(state, { kind: 'failed', atMs: 1001 }, rules);
    state = nextLeadership(state, saw(4, 0, 1500), rules);
    state = nextLeadership(state, saw(4, 0, 2400), rules);
    expect(state.kind).toBe('following');
    expect(nextLeadership(state, saw(4, 0, 2500), { ...rules, takesOver: false }).kind).toBe('following');
  });
});
