import { describe, expect, it } from 'vitest';
import type { OperationEvent } from './events-and-effects.ts';
import { beginOperation, transition } from './transition.ts';

const ok = (...subjects: number[]): OperationEvent => ({
  type: 'results',
  results: subjects.map((subject) => ({ subject, ok: true })),
});
const failed = (
  subject: number,
  fields: Partial<{ fault: 'source-missing' | 'destination' | 'lost-claim'; retryable: boolean; detail: string }> = {},
): OperationEvent => ({
  type: 'results',
  results: [{ subject, ok: false, fault: 'source-missing', retryable: true, detail: `${subject} failed`, ...fields }],
});
const expanded = (...ways: number[]): OperationEvent => ({
  type: 'expanded',
  subscriptions: ways.map((count, index) => ({ subject: index + 1, ways: count })),
});
const recorded = (subjects: number[], closed: boolean): OperationEvent => ({ type: 'recorded', subjects, closed });
const stop = (why: 'claim-lost' | 'deadline' | 'shutdown'): OperationEvent => ({ type: 'stop', why });

/** The effects of the last event. */
function after(events: readonly OperationEvent[], attemptsLeft = 5): unknown[] {
  let { state, effects } = beginOperation({ attemptsLeft });
  for (const event of events) ({ state, effects } = transition(state, event));
  return [...effects];
}
const settle = (state: 'queued' | 'held', error: string): unknown => ({ type: 'settle', end: { state, error } });

describe('an operation', () => {
  it('is expanded first, and its files attempted', () => {
    expect(after([])).toEqual([{ type: 'expand' }]);
    expect(after([expanded(1, 2)])).toEqual([
      {
        type: 'attempt',
        tasks: [
          { subject: 1, way: 0 },
          { subject: 2, way: 0 },
        ],
      },
    ]);
  });

  it('is closed by the commit that records its last files', () => {
    expect(after([expanded(1, 1), ok(1, 2)])).toEqual([{ type: 'record', subjects: [1, 2], close: true }]);
    expect(after([expanded(1, 1), ok(1, 2), recorded([1, 2], true)])).toEqual([]);
  });

  it('waits with closing for a record that is not answered yet', () => {
    const events = [expanded(1, 1), ok(1), ok(2)];
    expect(after(events)).toEqual([{ type: 'record', subjects: [2], close: false }]);
    expect(after([...events, recorded([2], false)])).toEqual([]);
    expect(after([...events, recorded([2], false), recorded([1], false)])).toEqual([
      { type: 'record', subjects: [], close: true },
    ]);
  });

  it('without files is closed at once', () => {
    expect(after([expanded()])).toEqual([{ type: 'record', subjects: [], close: true }]);
  });

  it('goes back to the queue untried when its block has changed meanwhile', () => {
    expect(after([expanded(1), ok(1), recorded([1], false)])).toEqual([settle('queued', '')]);
  });

  it('tries the next source, and not for a fault of the destination', () => {
    expect(after([expanded(2), failed(1)])).toEqual([{ type: 'attempt', tasks: [{ subject: 1, way: 1 }] }]);
    expect(after([expanded(2), failed(1, { fault: 'destination' })])).toEqual([settle('queued', '1 failed')]);
  });

  it('is settled when some files failed, after the others are recorded', () => {
    const events = [expanded(1, 1, 0), ok(1), failed(2)];
    expect(after(events)).toEqual([]);
    expect(after([...events, recorded([1], false)])).toEqual([
      settle('queued', '2 files failed, the first: no site has it to give'),
    ]);
  });

  it('is held when nothing that failed can be tried again, or when its attempts are spent', () => {
    const hopeless = failed(1, { retryable: false });
    expect(after([expanded(1), hopeless])).toEqual([settle('held', '1 failed')]);
    expect(after([expanded(1, 1), hopeless, failed(2)])).toEqual([
      settle('queued', '2 files failed, the first: 1 failed'),
    ]);
    expect(after([expanded(1), failed(1)], 1)).toEqual([settle('held', '1 failed')]);
    expect(after([expanded(1), failed(1, { fault: 'lost-claim' })], 1)).toEqual([settle('queued', '')]);
  });

  it('is settled as it says when it may not be carried out', () => {
    expect(after([{ type: 'refused', error: 'last copy', hold: false }])).toEqual([settle('queued', 'last copy')]);
    expect(after([{ type: 'refused', error: 'rows', hold: true }])).toEqual([settle('held', 'rows')]);
  });

  it('that is stopped waits for its tasks, records what was done, and closes nothing', () => {
    const events = [expanded(1, 2), ok(1), stop('shutdown')];
    expect(after(events)).toEqual([{ type: 'stop-tasks' }]);
    expect(after([...events, failed(2), recorded([1], false)])).toEqual([settle('queued', '')]);
    expect(after([...events, ok(2)])).toEqual([{ type: 'record', subjects: [2], close: false }]);
  });

  it('says nothing more once its claim is lost', () => {
    const events = [expanded(1, 1), ok(1), stop('shutdown'), stop('claim-lost'), failed(2)];
    expect(after([...events, recorded([1], false)])).toEqual([]);
    expect(after([stop('claim-lost')])).toEqual([{ type: 'stop-tasks' }]);
    expect(after([stop('claim-lost'), expanded(1)])).toEqual([]);
  });
});
