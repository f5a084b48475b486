/**
 * The transition function in a world of its own: a disk, a store, tasks that succeed and fail, commits that fail, claims
 * that are lost, and crashes after which nothing is left but disk and store.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationEffect, OperationEvent, Subject, SubjectResult } from './events-and-effects.ts';
import { beginOperation, type OperationProgress, transition } from './transition.ts';

interface World {
  readonly ways: ReadonlyMap<Subject, number>;
  /** Files on which the effect has happened. */
  readonly disk: Set<Subject>;
  /** Files of which the store knows. */
  readonly recorded: Set<Subject>;
  closed: boolean;
}

interface Claim {
  state: OperationProgress;
  readonly pending: OperationEffect[];
  readonly attempted: Set<string>;
  stopped: boolean;
  lost: boolean;
  ended: boolean;
}

type Chaos = { readonly kind: number; readonly pick: number; readonly dice: number };

describe('any operation, whatever happens', () => {
  it('keeps the invariants, and is done in the end', () => {
    const worlds = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 6 });
    const chaos = fc.array(fc.record({ kind: fc.nat(99), pick: fc.nat(1000), dice: fc.nat(99) }), { maxLength: 60 });
    fc.assert(
      fc.property(worlds, chaos, (ways, steps) => {
        const world: World = {
          ways: new Map(ways.map((count, index) => [index + 1, count])),
          disk: new Set(),
          recorded: new Set(),
          closed: false,
        };
        let claim = newClaim(3);
        for (const step of steps) {
          if (claim.ended || world.closed) claim = newClaim(3);
          if (world.closed) break;
          if (step.kind < 5) claim = newClaim(3);
          else if (step.kind < 12) disturb(claim, step);
          else perform(world, claim, step, step.dice < 60);
        }
        finish(world);
        expect([...world.disk].sort()).toEqual([...world.ways.keys()].sort());
        expect(world.closed).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

function newClaim(attemptsLeft: number): Claim {
  const { state, effects } = beginOperation({ attemptsLeft });
  return { state, pending: [...effects], attempted: new Set(), stopped: false, lost: false, ended: false };
}

function disturb(claim: Claim, { kind }: Chaos): void {
  const why = kind < 8 ? 'claim-lost' : kind < 10 ? 'deadline' : 'shutdown';
  claim.stopped = true;
  if (why === 'claim-lost') claim.lost = true;
  tell(claim, { type: 'stop', why });
}

/** Performs one pending effect, or a part of it. */
function perform(world: World, claim: Claim, { pick, dice }: Chaos, succeeds: boolean): void {
  const [effect] = claim.pending.splice(pick % Math.max(1, claim.pending.length), 1);
  const answer = effect === undefined ? null : answerTo(effect, world, claim, dice, succeeds);
  if (answer !== null) tell(claim, answer);
}

function answerTo(
  effect: OperationEffect,
  world: World,
  claim: Claim,
  dice: number,
  succeeds: boolean,
): OperationEvent | null {
  switch (effect.type) {
    case 'expand': {
      if (!succeeds && dice > 90) return { type: 'refused', error: 'the guard', hold: dice > 95 };
      const open = [...world.ways].filter(([subject]) => !world.recorded.has(subject));
      return { type: 'expanded', subscriptions: open.map(([subject, ways]) => ({ subject, ways })) };
    }
    case 'attempt': {
      const [task, ...rest] = effect.tasks;
      if (task === undefined) return null;
      if (rest.length > 0) claim.pending.push({ ...effect, tasks: rest });
      return { type: 'results', results: [attempt(task.subject, world, claim, dice, succeeds)] };
    }
    case 'record': {
      const { subjects, close } = effect;
      for (const subject of subjects) expect(world.disk.has(subject)).toBe(true);
      if (!succeeds && dice > 80) return { type: 'not-recorded', subjects, error: 'no database' };
      for (const subject of subjects) world.recorded.add(subject);
      if (close) expect(world.recorded.size).toBe(world.ways.size);
      world.closed ||= close;
      return { type: 'recorded', subjects, closed: close };
    }
    case 'settle':
      expect(claim.lost).toBe(false);
      return null;
    case 'stop-tasks':
      return null;
    default:
      return effect satisfies never;
  }
}

function attempt(subject: Subject, world: World, { lost }: Claim, dice: number, succeeds: boolean): SubjectResult {
  if (lost) return { subject, ok: false, fault: 'lost-claim', retryable: true, detail: 'lost' };
  if (!succeeds) {
    const fault = dice % 2 === 0 ? 'source-missing' : 'destination';
    return { subject, ok: false, fault, retryable: dice < 80, detail: 'no' };
  }
  world.disk.add(subject);
  return { subject, ok: true };
}

function tell(claim: Claim, event: OperationEvent): void {
  const wasOver = claim.state.phase === 'over';
  const { state, effects } = transition(claim.state, event);
  if (wasOver) expect(effects).toEqual([]);
  for (const effect of effects) {
    if (effect.type === 'attempt') {
      expect(claim.stopped).toBe(false);
      for (const { subject, way } of effect.tasks) {
        expect(claim.attempted.has(`${subject}/${way}`)).toBe(false);
        claim.attempted.add(`${subject}/${way}`);
      }
    }
    if (effect.type === 'record' && effect.close) expect(claim.stopped).toBe(false);
    if (effect.type === 'settle') {
      expect(claim.pending.filter(({ type }) => type === 'attempt' || type === 'record')).toEqual([]);
      expect(claim.ended).toBe(false);
      claim.ended = true;
    }
  }
  if (state.phase === 'over') claim.ended = true;
  claim.state = state;
  claim.pending.push(...effects);
}

/** From here on everything works: files have a source, tasks and commits succeed; a person has released it. */
function finish(world: World): void {
  const ways = new Map([...world.ways.keys()].map((subject) => [subject, 1]));
  const calm: World = { ...world, ways };
  for (let turn = 0; turn < 3 && !calm.closed; turn += 1) {
    const claim = newClaim(3);
    for (let step = 0; step < 50 && claim.pending.length > 0; step += 1) {
      perform(calm, claim, { kind: 50, pick: step, dice: 0 }, true);
    }
    expect(claim.pending).toEqual([]);
  }
  world.closed = calm.closed;
}
