import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from './bulk.ts';
import { readPages } from './read-together.ts';

const fakes = (count: number): readonly Session[] =>
  Array.from({ length: count }, (_, name) => ({ name }) as unknown as Session);

describe('pages read over several connections', () => {
  it('come in their order, one at a time on each connection, and all of them, whatever each takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 }),
        async (connections, delays) => {
          const reading = new Set<Session>();
          const read = async (session: Session, at: number): Promise<number> => {
            expect(reading.has(session)).toBe(false);
            reading.add(session);
            for (let turn = 0; turn < (delays[at] as number); turn += 1) await null;
            reading.delete(session);
            return at;
          };
          const seen: number[] = [];
          for await (const at of readPages(fakes(connections), [...delays.keys()], read)) seen.push(at);
          expect(seen).toEqual([...delays.keys()]);
        },
      ),
    );
  });

  it('end with the first error, or when they are left, when nothing is being read any more', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 20 }),
        fc.boolean(),
        async (connections, last, fails) => {
          let reading = 0;
          const read = async (_session: Session, at: number): Promise<number> => {
            reading += 1;
            for (let turn = 0; turn < 5; turn += 1) await null;
            reading -= 1;
            if (fails && at === last) throw new Error(`page ${at}`);
            return at;
          };
          const seen: number[] = [];
          const leave = async (): Promise<void> => {
            for await (const at of readPages(
              fakes(connections),
              Array.from({ length: 30 }, (_, i) => i),
              read,
            )) {
              seen.push(at);
              if (at === last) break;
            }
          };
          if (fails) await expect(leave()).rejects.toThrow(`page ${last}`);
          else await leave();
          expect(reading).toBe(0);
          expect(seen).toEqual(Array.from({ length: fails ? last : last + 1 }, (_, i) => i));
        },
      ),
    );
  });
});
