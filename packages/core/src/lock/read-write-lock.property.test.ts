import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LockHold, LockMode, UpgradableHold } from './lock-hold.ts';
import { ReadWriteLock } from './read-write-lock.ts';

const modes = ['shared', 'upgradable', 'exclusive'] as const satisfies readonly LockMode[];
const conflict = (a: LockMode, b: LockMode): boolean =>
  a === 'exclusive' || b === 'exclusive' || (a === 'upgradable' && b === 'upgradable');

describe('under any interleaving', () => {
  const client = fc.record({
    mode: fc.constantFrom(...modes),
    isAborted: fc.boolean(),
    upgrades: fc.boolean(),
  });

  it('conflicting holds never meet, conflicting requests keep their order, and nothing is left behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(client, { minLength: 1, maxLength: 8 }), async (s, clients) => {
        const lock = new ReadWriteLock();
        const inside = new Map<number, LockMode>();
        const asked: number[] = [];
        const granted: number[] = [];
        const controllers = clients.map(() => new AbortController());

        const enter = (id: number, mode: LockMode): void => {
          for (const [other, held] of inside) if (other !== id) expect(conflict(held, mode)).toBe(false);
          inside.set(id, mode);
        };

        const live = async (id: number): Promise<void> => {
          const { mode, upgrades } = clients[id] as (typeof clients)[number];
          const signal = controllers[id]?.signal;
          await s.schedule(Promise.resolve(), `${id} asks`);
          asked.push(id);
          try {
            using hold = await lock.acquire(mode, { signal });
            granted.push(id);
            enter(id, mode);
            try {
              await s.schedule(Promise.resolve(), `${id} works as ${mode}`);
              if (mode === 'upgradable' && upgrades) {
                using _alone = await (hold as UpgradableHold).upgrade({ signal });
                enter(id, 'exclusive');
                await s.schedule(Promise.resolve(), `${id} works alone`);
                enter(id, 'upgradable');
              }
            } finally {
              inside.delete(id);
            }
          } catch (error) {
            expect(error).toMatchObject({ code: 'aborted' });
            expect(signal?.aborted).toBe(true);
          }
        };

        const lives = clients.map((_, id) => live(id));
        const aborts = clients.map(async ({ isAborted }, id) => {
          if (!isAborted) return;
          await s.schedule(Promise.resolve(), `${id} is aborted`);
          controllers[id]?.abort();
        });
        await s.waitFor(Promise.all([...lives, ...aborts]));

        expect(lock.state).toEqual({ shared: 0, upgradable: 0, exclusive: 0, waiting: 0 });
        for (const { signal } of controllers) expect(getEventListeners(signal, 'abort')).toHaveLength(0);
        clients.forEach(({ isAborted }, id) => {
          if (!isAborted) expect(granted).toContain(id);
        });
        for (const [at, id] of granted.entries()) {
          for (const later of granted.slice(at + 1)) {
            const modeOf = (client: number): LockMode => clients[client]?.mode ?? 'shared';
            if (conflict(modeOf(id), modeOf(later))) expect(asked.indexOf(id)).toBeLessThan(asked.indexOf(later));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** The rule as it is written, with none of the lock's economies: everything in one list, compared with everything. */
class Model {
  readonly entries: { readonly id: number; want: LockMode; held: LockMode | undefined }[] = [];

  settle(): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const [at, entry] of this.entries.entries()) {
        if (entry.held === entry.want) continue;
        const stands = this.entries.some(
          (other, otherAt) =>
            other !== entry &&
            ((other.held !== undefined && conflict(other.held, entry.want)) ||
              (otherAt < at && other.held !== other.want && conflict(other.want, entry.want))),
        );
        if (stands) continue;
        entry.held = entry.want;
        changed = true;
      }
    }
  }
}

describe('beside a model', () => {
  const command = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), mode: fc.constantFrom(...modes) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom('release', 'abort', 'upgrade', 'abort upgrade', 'downgrade'),
        pick: fc.nat(),
      }),
    },
  );

  it('grants to the same, at the same step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
        const lock = new ReadWriteLock();
        const model = new Model();
        interface Client {
          readonly id: number;
          readonly controller: AbortController;
          upgradeController: AbortController;
          hold?: UpgradableHold;
          alone?: LockHold;
        }
        const clients: Client[] = [];

        for (const [step, command] of commands.entries()) {
          if (command.kind === 'ask') {
            const controller = new AbortController();
            const client: Client = { id: step, controller, upgradeController: controller };
            clients.push(client);
            model.entries.push({ id: step, want: command.mode, held: undefined });
            void lock.acquire(command.mode, { signal: controller.signal }).then(
              (hold) => {
                client.hold = hold as UpgradableHold;
              },
              () => undefined,
            );
          } else {
            const client = clients[command.pick % Math.max(1, clients.length)];
            const at = model.entries.findIndex(({ id }) => id === client?.id);
            const entry = model.entries[at];
            if (client === undefined || entry === undefined) continue;
            const drop = (): void => {
              model.entries.splice(at, 1);
              clients.splice(clients.indexOf(client), 1);
            };
            if (command.kind === 'release' && client.hold !== undefined) {
              client.hold.release();
              drop();
            } else if (command.kind === 'abort' && client.hold === undefined) {
              client.controller.abort();
              drop();
            } else if (command.kind === 'upgrade' && entry.held === 'upgradable' && entry.want === 'upgradable') {
              client.upgradeController = new AbortController();
              void client.hold?.upgrade({ signal: client.upgradeController.signal }).then(
                (alone) => {
                  client.alone = alone;
                },
                () => undefined,
              );
              entry.want = 'exclusive';
              model.entries.splice(at, 1);
              model.entries.unshift(entry);
            } else if (command.kind === 'abort upgrade' && entry.held === 'upgradable' && entry.want === 'exclusive') {
              client.upgradeController.abort();
              entry.want = 'upgradable';
            } else if (command.kind === 'downgrade' && client.alone !== undefined) {
              client.alone.release();
              delete client.alone;
              entry.want = 'upgradable';
              entry.held = 'upgradable';
            }
          }
          model.settle();
          const count = (mode: LockMode): number => model.entries.filter(({ held }) => held === mode).length;
          expect(lock.state).toEqual({
            shared: count('shared'),
            upgradable: count('upgradable'),
            exclusive: count('exclusive'),
            waiting: model.entries.filter(({ held, want }) => held !== want).length,
          });
          await turn();
          for (const client of clients) {
            const held = model.entries.find(({ id }) => id === client.id)?.held;
            expect(client.hold !== undefined).toBe(held !== undefined);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
