import { createRandomSource, systemClock } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { withRetries } from './retry.ts';

/** Work that fails so often before it does not, and the waits in between. */
async function run(failures: number, seed = 'a', fault: 'retry' | 'other' = 'retry') {
  const waits: number[] = [];
  let tries = 0;
  const sleep = async (ms: number): Promise<void> => void waits.push(ms);
  const options = {
    clock: { ...systemClock, sleep },
    random: createRandomSource(seed),
    isRepeatable: (each: string) => each === 'retry',
    faultOf: () => fault,
  };
  const outcome = await withRetries(options, async () => {
    tries += 1;
    if (tries <= failures) throw new Error(`failure ${tries}`);
    return 'done';
  }).catch((error: Error) => error.message);
  return { outcome, waits, tries };
}

describe('work that is done again', () => {
  it('is waited for longer each time, and ten seconds in all', async () => {
    const { outcome, waits } = await run(5);
    expect(outcome).toBe('done');
    expect(waits).toHaveLength(5);
    for (const [i, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(5 * 2 ** i);
      expect(wait).toBeLessThanOrEqual(15 * 2 ** i);
    }
    const all = await run(99);
    expect(all.outcome).toBe(`failure ${all.tries}`);
    const seconds = all.waits.reduce((sum, wait) => sum + wait, 0) / 1000;
    expect(seconds).toBeGreaterThan(4);
    expect(seconds).toBeLessThan(16);
  });

  it('is not done at the same moments by two who met', async () => {
    expect((await run(5, 'a')).waits).not.toEqual((await run(5, 'b')).waits);
  });

  it('is not done again where that does not help', async () => {
    expect(await run(1, 'a', 'other')).toEqual({ outcome: 'failure 1', waits: [], tries: 1 });
  });

  it('is not done again for ever where each try takes long: a database that hangs', async () => {
    let nowMs = 0;
    let tries = 0;
    const repeated: string[] = [];
    const options = {
      clock: { ...systemClock, sleep: async () => {}, monotonicMs: () => nowMs },
      random: createRandomSource('a'),
      isRepeatable: () => true,
      faultOf: () => 'silent' as const,
      onRepeat: (fault: string) => void repeated.push(fault),
    };
    const work = async (): Promise<void> => {
      tries += 1;
      nowMs += 15_000;
      throw new Error('no answer');
    };
    await expect(withRetries(options, work)).rejects.toThrow('no answer');
    expect([tries, repeated]).toEqual([2, ['silent']]);
  });
});
