import {
  type AttributeColumn,
  type DatasetName,
  Inventory,
  type InventoryDraft,
  type InventoryRecord,
  memoryStore,
  type SiteName,
  type Store,
  type Version,
} from '@dynamo/core';
import { createManualClock } from '@dynamo/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshCopyRule } from '../../dealer/fresh-copies.ts';
import { readPolicy } from '../../policy/check-policy.ts';
import type { CheckedPolicy } from '../../policy/checked-policy.ts';
import { federation, NOW, policyText } from '../../testing-fixtures/random-federation.ts';
import { detoxPlan } from '../detox-plan.ts';
import { detoxPlanJson } from '../detox-plan-json.ts';
import { planDetox } from '../plan-detox.ts';
import type { CycleContents, CycleInputs } from './cycle-inputs.ts';
import { type RecordedRun, replayDetox } from './replay-detox.ts';
import { withUuids } from './testing/with-uuids.ts';

const DAY = 86_400;
const AUTHOR = { application: 'test', user: 'me' };

/** Changes of everything that a run looks at. Each picks what it is about by a number. */
const EDITS: readonly ((draft: InventoryDraft, pick: <T>(items: Iterable<T>) => T | undefined, n: number) => void)[] = [
  (draft, pick, n) => {
    const site = draft.record('site', pick(draft.sites())?.name ?? '');
    if (site !== null) draft.put('site', { ...site, status: n % 2 === 0 ? 'morgue' : 'ready', verified: n % 3 !== 0 });
  },
  (draft, pick, n) => {
    const site = pick(draft.sites());
    if (site !== undefined) draft.put('quota', { site: site.name, partition: 'P0' as never, bytes: n * 10 });
  },
  (draft, pick, n) => {
    const dataset = draft.record('dataset', pick(draft.datasets())?.name ?? '');
    const attributes = { usage_rank: n };
    if (dataset !== null) draft.put('dataset', { ...dataset, status: n % 2 === 0 ? 'invalid' : 'valid', attributes });
  },
  (draft, pick) => {
    const dataset = pick(draft.datasets());
    const replica = pick([...(dataset?.replicas() ?? [])].flatMap((each) => [...each.blockReplicas()]));
    if (dataset === undefined || replica === undefined || replica.operation !== 'none') return;
    const [block, site] = [replica.block.name, replica.site.name];
    const evidence = { kind: 'declared', by: 'me', reason: 'lost' } as const;
    draft.recordFact({ kind: 'replica-gone', replica: { dataset: dataset.name, block, site }, evidence });
  },
  (draft, pick, n) => {
    const dataset = n % 2 === 0 ? pick(draft.datasets())?.name : (`/new/${n}/RAW` as DatasetName);
    if (dataset === undefined) return;
    const [lastUpdate, name] = [NOW, `${n % 2 === 0 ? 'b' : 'a'}${n}` as never];
    if (draft.dataset(dataset) === undefined) {
      const attributes = { usage_rank: 1 };
      const record = { name: dataset, status: 'valid', dataType: null, softwareVersion: null, lastUpdate } as const;
      draft.put('dataset', { ...record, isOpen: true, attributes });
    }
    if (draft.dataset(dataset)?.block(name) !== undefined) return;
    draft.put('block', { dataset, name, size: n + 1, files: 1, isOpen: false, lastUpdate });
    for (const site of ['S1', 'T1'] as SiteName[]) {
      if (draft.dataset(dataset)?.replica(site) === undefined) {
        draft.put('datasetReplica', { dataset, site, group: null, growing: false });
      }
      const group = (n % 3 === 0 ? 'A' : 'c') as never;
      const known = draft.record('blockReplica', [dataset, name, site].join('\t'));
      if (known !== null) continue;
      const replica = { dataset, block: name, site, group, custodial: false, lastUpdate, operation: 'none' } as const;
      draft.put('blockReplica', { ...replica, partial: null });
    }
  },
  (draft, pick, n) => {
    const dataset = pick(draft.datasets())?.name ?? '/*';
    const lock = { id: draft.nextLockId(), dataset, site: null, group: null, block: null, owner: null } as const;
    draft.put('lock', { ...lock, expires: n % 2 === 0 ? null : NOW + DAY, comment: null });
  },
];

const edits = fc.array(
  fc.record({ kind: fc.nat({ max: EDITS.length - 1 }), which: fc.nat({ max: 20 }), n: fc.nat({ max: 30 }) }),
  { maxLength: 12 },
);

const cycle = fc.record({
  federation,
  text: policyText,
  before: edits,
  after: fc.array(edits, { maxLength: 4 }),
  guard: fc.constantFrom('on' as const, 'off' as const),
  bytes: fc.option(fc.integer({ min: 0, max: 200 })),
  fresh: fc.constantFrom(0, 2 * DAY),
  ranks: fc.option(fc.dictionary(fc.constantFrom('/a/x/RAW', '/B/y/AOD', '/elsewhere'), fc.double({ noNaN: true }))),
});

async function edit(inventory: Inventory, list: readonly { kind: number; which: number; n: number }[]): Promise<void> {
  for (const { kind, which, n } of list) {
    const pick = <T>(items: Iterable<T>): T | undefined => {
      const all = [...items];
      return all[which % Math.max(1, all.length)];
    };
    await inventory.update(AUTHOR, (draft) => EDITS[kind]?.(draft, pick, n));
  }
}

/** What the store keeps of a cycle, read back. */
async function recordedRun({ history }: Store, number: number): Promise<RecordedRun & { readonly policy: string }> {
  const record = await history.cycle(number);
  const { plan, inputs } = JSON.parse(record?.document ?? '') as { plan: RecordedRun['plan']; inputs: CycleInputs };
  const contents = new Map<string, Uint8Array>();
  for (const [name, digest] of Object.entries(record?.contents ?? {})) {
    contents.set(name, (await history.content(digest)) as Uint8Array);
  }
  const kept = Object.fromEntries(contents) as unknown as CycleContents;
  return { plan, inputs, contents: kept, policy: new TextDecoder().decode(kept.policy) };
}

function read(text: string): CheckedPolicy {
  const policy = readPolicy(text, { file: 'p.txt', nowSeconds: NOW });
  if (!policy.ok) throw new Error(policy.diagnostics.map(({ message }) => message).join());
  return policy.value;
}

async function openOn(records: readonly InventoryRecord[]): Promise<{ store: Store; inventory: Inventory }> {
  const store = memoryStore();
  const counters = { nextFile: 10, nextOperation: 100, nextLock: 10, nextRequest: 1 };
  await store.inventory.baseline({ version: 1 as Version, counters }, batch(records));
  const clock = createManualClock({ startSeconds: NOW });
  return { store, inventory: await Inventory.open(store.inventory, { clock }) };
}

async function* batch<T>(records: readonly T[]): AsyncGenerator<readonly T[]> {
  yield records;
}

describe('replayDetox', () => {
  it('gives the same bytes whatever was committed since', async () => {
    await fc.assert(
      fc.asyncProperty(cycle, async ({ federation: { records }, text, guard, bytes, fresh, ranks, ...rest }) => {
        const whole = records.map((each) =>
          each.entity === 'blockReplica' ? { ...each, record: { ...each.record, operation: 'none' as const } } : each,
        );
        const { store, inventory } = await openOn(withUuids(whole.filter(isWithoutFiles)));
        await edit(inventory, rest.before);
        const attributes: ReadonlyMap<string, AttributeColumn> =
          ranks === null ? new Map() : new Map([['dataset.usage_rank', new Map(Object.entries(ranks))]]);
        const guardRules = fresh === 0 ? [] : [freshCopyRule({ seconds: fresh })];
        const closedSites = new Map([['S2', 'it lost much']]);
        const limits = bytes === null ? {} : { cycle: { bytes }, closedSites };
        const view = inventory.view();
        const result = planDetox(view, { policy: read(text), now: NOW, guard, limits, attributes, guardRules });
        // What may be committed is not what matters here.
        const { cycle: number } = await inventory
          .carryOut({ ...detoxPlan(result), notCommittable: [] }, AUTHOR)
          .catch(async (error: Error) => {
            // Made with the guard off, it may be refused: then it is kept as it was planned.
            if (guard === 'on') throw error;
            return inventory.carryOut({ ...detoxPlan(result), steps: [], notCommittable: [] }, AUTHOR);
          });
        for (const list of rest.after) await edit(inventory, list);
        const recorded = await recordedRun(store, number as number);
        using then = await inventory.viewAt(recorded.plan.inventory_version as Version);
        const replay = replayDetox(then, recorded, { policy: read(recorded.policy), guardRules });
        expect(replay.differences).toBeNull();
        expect(replay.recorded).toEqual(replay.replayed);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('says what differs where something does', async () => {
    await fc.assert(
      fc.asyncProperty(federation, policyText, edits, async ({ records }, text, list) => {
        const { store, inventory } = await openOn(withUuids(records.filter(isWithoutFiles)));
        using view = inventory.view();
        const plan = detoxPlan(planDetox(view, { policy: read(text), now: NOW }));
        const { cycle: number } = await inventory.carryOut({ ...plan, steps: [], notCommittable: [] }, AUTHOR);
        const recorded = await recordedRun(store, number as number);
        await edit(inventory, list);
        // Not the version that it was made on: whatever has changed since may show.
        using later = inventory.view();
        const { differences, ...texts } = replayDetox(later, recorded, { policy: read(text), guardRules: [] });
        expect(differences).not.toBeNull();
        expect(differences?.figures).toContainEqual({
          ...{ path: 'inventory_version', recorded: view.version, replayed: later.version },
        });
        expect(texts.recorded.sha256).not.toBe(texts.replayed.sha256);
        const one = new Map(decisionsOf(replayed(view, text)));
        const other = new Map(decisionsOf(replayed(later, text)));
        const differing = [...new Set([...one.keys(), ...other.keys()])].filter(
          (key) => one.get(key) !== other.get(key),
        );
        expect(differences?.replicas.map(({ dataset, site }) => `${site}\t${dataset}`).sort()).toEqual(
          differing.sort(),
        );
        expect(differences?.replicaCount).toBe(differing.length);
      }),
      { numRuns: 50 },
    );
  }, 60_000);
});

/** Partial replicas that name files need the files. */
function isWithoutFiles(each: { readonly entity: string; readonly record: object }): boolean {
  const { partial } = each.record as { readonly partial?: { readonly contents: { readonly kind: string } } | null };
  return partial === undefined || partial === null || partial.contents.kind === 'unknown';
}

function replayed(view: Parameters<typeof planDetox>[0], text: string): string {
  return detoxPlanJson(planDetox(view, { policy: read(text), now: NOW }));
}

/** By site and dataset, all that is decided there. */
function decisionsOf(json: string): [string, string][] {
  const { decisions } = JSON.parse(json) as { decisions: { dataset: string; site: string }[] };
  const grouped = Map.groupBy(decisions, ({ dataset, site }) => `${site}\t${dataset}`);
  return Array.from(grouped, ([key, list]) => [key, JSON.stringify(list)]);
}
