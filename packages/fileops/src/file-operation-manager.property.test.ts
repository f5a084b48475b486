/**
 * A process that dies at any moment, over and over: each one stops answering at its n-th contact with the store or a
 * storage, before or after the effect. What is on disk and what the inventory says are the same in the end, and no copy
 * that should be there was lost on the way.
 */
import { type InventoryDraft, keyOf, type OperationStore, systemClock, type TaskResult } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileOperationManagerOptions } from './file-operation-manager.ts';
import { createWorld, REASON, type World } from './fixtures/federation-world.ts';
import { createFileStorage } from './protocols/file.ts';

describe('the manager, killed at any moment', () => {
  it('brings disk and inventory together, whatever was interrupted', async () => {
    const deaths = fc.array(fc.record({ contact: fc.integer({ min: 1, max: 25 }), after: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(deaths, async (lives) => {
        await using world = await createWorld();
        await prepare(world);
        let skippedSeconds = 0;
        for (const { contact, after } of lives) {
          const life = mortal(contact, after);
          const run = world.manager(life.wrap(world, () => skippedSeconds)).runUntilIdle();
          await Promise.race([life.death, run]);
          // The claims of the dead run out.
          skippedSeconds += 100_000;
        }
        await world.manager(mortal(Number.POSITIVE_INFINITY, false).wrap(world, () => skippedSeconds)).runUntilIdle();

        expect([...world.replicas(world.a)].sort()).toEqual(['copied: complete', 'kept: complete', 'moved: complete']);
        expect([...world.replicas(world.b)].sort()).toEqual(['copied: complete', 'kept: complete']);
        expect(await world.files(world.a)).toEqual(catalogued(world, 'copied', 'kept', 'moved'));
        expect(await world.files(world.b)).toEqual(catalogued(world, 'copied', 'kept'));
        expect(await world.store.operations.list()).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});

const FILES = 4;

async function prepare(world: World): Promise<void> {
  await world.addBlock('copied', FILES, [world.a]);
  await world.addBlock('kept', FILES, [world.a, world.b]);
  await world.addBlock('moved', FILES, [world.a, world.b]);
  await world.federation.write(world.b, 'junk/1', new Uint8Array(1));
  await world.update((draft) => {
    draft.openCopy(world.key('copied', world.b), { group: null, reason: REASON });
    draft.delete('blockReplica', keyOf('blockReplica', world.key('moved', world.b) as never), REASON);
    draft.openPathDeletion(world.b.name, 'junk/1', REASON);
    draft.openPathDeletion(world.b.name, world.path('kept', 0), REASON);
  });
}

function catalogued(world: World, ...blocks: readonly string[]): string[] {
  return blocks.flatMap((block) => Array.from({ length: FILES }, (_, i) => world.path(block, i)));
}

interface Life {
  readonly death: Promise<void>;
  wrap(world: World, skippedSeconds: () => number): Partial<FileOperationManagerOptions>;
}

/** Everything that this process has to do with the world stops for ever at one contact. */
function mortal(contacts: number, after: boolean): Life {
  let left = contacts;
  const { promise: death, resolve: die } = Promise.withResolvers<void>();
  const never = new Promise<never>(() => undefined);
  const contact = async <T>(effect: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left < 0) return never;
    if (left === 0 && !after) {
      die();
      return never;
    }
    const result = await effect();
    if (left <= 0) {
      die();
      return never;
    }
    return result;
  };
  const contacting = async function* (results: AsyncIterable<TaskResult>): AsyncGenerator<TaskResult> {
    const iterator = results[Symbol.asyncIterator]();
    for (;;) {
      const { value, done } = await contact(() => iterator.next());
      if (done === true) return;
      yield value;
    }
  };
  return {
    death,
    wrap(world, skippedSeconds) {
      // One file at a time, so that there are moments between them; the permits of the dead are their own.
      const { transfers, deletions } = createFileStorage({ concurrency: 1 });
      const { operations } = world.store;
      const store: OperationStore = {
        ...operations,
        claim: (options) => contact(() => operations.claim(options)),
        renew: (...options) => contact(() => operations.renew(...options)),
        settle: (...options) => contact(() => operations.settle(...options)),
      };
      return {
        operations: store,
        commit: (apply: (draft: InventoryDraft) => void) => contact(() => world.update(apply)),
        transfers: [{ ...transfers, transfer: (...work) => contacting(transfers.transfer(...work)) }],
        deletions: [
          {
            ...deletions,
            // Each file in a call of its own: a directory's deletions are otherwise one contact.
            async *delete(tasks, options) {
              for (const task of tasks) yield* contacting(deletions.delete([task], options));
            },
          },
        ],
        clock: { ...systemClock, nowSeconds: () => systemClock.nowSeconds() + skippedSeconds() },
      };
    },
  };
}
