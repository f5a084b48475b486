import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TypedEvents } from './typed-events.ts';

interface Events {
  readonly committed: { readonly version: number };
  readonly closed: string;
}

function setUp() {
  const errors: [unknown, string][] = [];
  const events = new TypedEvents<Events>({ onListenerError: (error, name) => errors.push([error, name]) });
  return { events, errors };
}

describe('typed events', () => {
  it('are delivered in order, after those who wait for the emitter went on', async () => {
    const { events } = setUp();
    const seen: unknown[] = [];
    events.on('committed', ({ version }) => seen.push(version));
    events.on('closed', (why) => seen.push(why));
    const commit = async (): Promise<void> => {
      events.emit('committed', { version: 1 });
      events.emit('closed', 'end');
      events.emit('committed', { version: 2 });
    };
    await commit();
    expect(seen).toEqual([]);
    await turn();
    expect(seen).toEqual([1, 'end', 2]);
  });

  it('report a listener that throws or rejects, and reach the others all the same', async () => {
    const { events, errors } = setUp();
    const seen: number[] = [];
    events.on('committed', () => {
      throw new Error('threw');
    });
    events.on('committed', () => Promise.reject(new Error('rejected')));
    events.on('committed', ({ version }) => seen.push(version));
    events.emit('committed', { version: 1 });
    await turn();
    await turn();
    expect(seen).toEqual([1]);
    expect(errors).toEqual([
      [new Error('threw'), 'committed'],
      [new Error('rejected'), 'committed'],
    ]);
  });

  it('reach those alone who listened when they were emitted, and still do when they arrive', async () => {
    const { events } = setUp();
    const seen: string[] = [];
    const stop = events.on('closed', () => seen.push('left'));
    events.on('closed', () => seen.push('stayed'));
    events.emit('closed', 'now');
    stop();
    events.on('closed', () => seen.push('late'));
    await turn();
    expect(seen).toEqual(['stayed']);
    expect(events.listenerCount('closed')).toBe(2);
  });

  it('tell a listener twice that listens twice, and let one of them go', async () => {
    const { events } = setUp();
    let count = 0;
    const listener = (): void => {
      count += 1;
    };
    const stop = events.on('closed', listener);
    events.on('closed', listener);
    events.emit('closed', '');
    await turn();
    stop();
    events.emit('closed', '');
    await turn();
    expect(count).toBe(3);
  });
});
