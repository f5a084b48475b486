import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { joinKey } from '../change-set/record-key.ts';
import { createManualClock } from '../clock/manual-clock.ts';
import { memoryStore } from '../memory/memory-store.ts';
import type { BlockName, DatasetName, GroupName, Lfn, PartitionName, SiteName } from '../model/names.ts';
import type { Reason } from '../model/operation.ts';
import type { Plan } from '../seams/plan.ts';
import type { NewFile } from './draft.ts';
import { Inventory } from './inventory.ts';
import type { SiteView } from './view.ts';

const author = { application: 'test', user: 'alice' };
const reason: Reason = { source: 'operator', text: 'because' };
const dataset = '/A/B-v1/AOD' as DatasetName;
const block = '48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848' as BlockName;
const [mit, desy, tape] = ['T2_US_MIT', 'T2_DE_DESY', 'T1_US_FNAL_MSS'] as SiteName[] as [SiteName, SiteName, SiteName];
const at = (site: SiteName) => ({ dataset, block, site });
const keyAt = (site: SiteName) => joinKey(dataset, block, site);
const NOW = 1_700_000_000;

let inventory: Inventory;
let store: ReturnType<typeof memoryStore>;

function newFile(name: string, size: number, presentAt: readonly SiteName[]): NewFile {
  return { dataset, block, lfn: `/store/${name}` as Lfn, size, checksums: {}, presentAt };
}

beforeEach(async () => {
  store = memoryStore();
  inventory = await Inventory.open(store.inventory, { clock: createManualClock({ startSeconds: NOW }) });
  await inventory.update(author, (draft) => {
    draft.put('group', { name: 'DataOps' as GroupName, level: 'block' });
    for (const name of [mit, desy, tape]) {
      const storage = name === tape ? 'mss' : 'disk';
      draft.put('site', {
        name,
        host: null,
        storage,
        status: 'ready',
        backend: null,
        verified: true,
        pfn: {},
        lfn: {},
      });
    }
    draft.put('partition', { name: 'Disk' as PartitionName, condition: 'site.storage_type == DISK' });
    draft.put('partition', { name: 'Tape' as PartitionName, condition: 'site.storage_type == MSS' });
    draft.put('partition', { name: 'All' as PartitionName, parts: ['Disk', 'Tape'] as PartitionName[] });
    draft.put('quota', { site: mit, partition: 'Disk' as PartitionName, bytes: 1000 });
    draft.put('dataset', {
      name: dataset,
      status: 'valid',
      dataType: null,
      softwareVersion: null,
      lastUpdate: NOW,
      isOpen: false,
      attributes: {},
    });
    draft.put('block', { dataset, name: block, size: 0, files: 0, isOpen: false, lastUpdate: NOW });
    draft.addFile(newFile('1', 100, [mit, desy]));
    draft.addFile(newFile('2', 200, [mit, desy]));
  });
});

describe('reading', () => {
  it('counts copies and bytes as files are added', () => {
    using view = inventory.view();
    const read = view.dataset(dataset)?.block(block);
    expect(read).toMatchObject({ size: 300, files: 2, completeCopies: 2 });
    expect(view.site(mit)?.usage('Disk')).toEqual({
      partition: 'Disk',
      quota: 1000,
      physical: 300,
      projected: 300,
      occupancy: 0.3,
    });
    expect(view.site(desy)?.usage('All')).toMatchObject({
      quota: null,
      physical: 300,
      occupancy: Number.POSITIVE_INFINITY,
    });
    expect(view.site(tape)?.usage('All').physical).toBe(0);
    expect([...(view.dataset(dataset)?.replicas() ?? [])].map((r) => [r.site.name, r.isFull, r.size]).sort()).toEqual([
      [desy, true, 300],
      [mit, true, 300],
    ]);
  });

  it('keeps its version while others commit, and throws once it is closed', async () => {
    const view = inventory.view();
    await inventory.update(author, (draft) => void draft.addFile(newFile('3', 50, [mit])));
    expect(view.dataset(dataset)?.size).toBe(300);
    expect(inventory.view().dataset(dataset)?.size).toBe(350);
    view.close();
    expect(() => view.dataset(dataset)).toThrow(/closed/);
  });
});

describe('what a pinned version may cost', () => {
  it('is bounded: the view that keeps more is ended, by name, and others are not', async () => {
    const small = await Inventory.open(store.inventory, { pinnedLimitBytes: 200_000 });
    const ended: unknown[] = [];
    small.events.on('viewEnded', (event) => ended.push(event));
    const old = small.view({ name: 'forgetful' });
    let recent = small.view();
    for (let i = 0; i < 30; i++) {
      await small.update(author, (draft) => void draft.addFile(newFile(`more ${i}`, 1, [mit])));
      recent.close();
      recent = small.view({ name: 'fresh' });
    }
    expect(() => old.dataset(dataset)).toThrow(/view of version 1 that forgetful kept open was ended/);
    expect(recent.dataset(dataset)?.files).toBe(32);
    expect(small.listViews()).toEqual([{ name: 'fresh', version: small.version, pinnedBytes: 0 }]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toMatchObject([{ name: 'forgetful', version: 1 }]);
  });
});

describe('a warm start', () => {
  it('has what the store has, is taken for that version alone, and never in place of a good load', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'warm-'));
    const warmStartFile = join(directory, 'inventory.warm');
    const warnings: string[] = [];
    const options = { warmStartFile, onWarning: (message: string) => warnings.push(message) };
    await inventory.update(author, (draft) => {
      draft.openCopy(at(tape), { group: null, reason });
      draft.addFile(newFile('3', 50, [mit]));
    });
    expect(await inventory.saveWarmStart(warmStartFile)).toBe(true);
    const noRecords = {
      ...store.inventory,
      load: async () => ({ ...(await store.inventory.load()), records: failing() }),
    };
    const warm = await Inventory.open(noRecords, options);
    expect(warnings).toEqual([]);
    const shown = (of: Inventory) =>
      [mit, desy, tape].map((name) => {
        const site = of.view().site(name);
        return site === undefined ? null : [site.usage('All'), ...records(site)];
      });
    const records = (site: SiteView) => [...site.blockReplicas()].map((replica) => replica.toRecord());
    expect(shown(warm)).toEqual(shown(inventory));
    await warm.update(author, (draft) => void draft.addFile(newFile('4', 7, [mit])));

    // One commit behind: the log leads from the file to the store's version.
    const caughtUp = await Inventory.open(noRecords, options);
    expect([caughtUp.version, warnings]).toEqual([3, []]);
    expect(shown(caughtUp)).toEqual(shown(warm));
    await caughtUp.update(author, (draft) => void draft.addFile(newFile('5', 7, [mit])));

    const load = { load: () => store.inventory.load() };
    const cut = { ...store.inventory, ...load, follow: async () => ({ kind: 'too-old', oldest: 4 }) as const };
    const cold = await Inventory.open(cut as never, options);
    expect(warnings).toEqual([
      expect.stringMatching(/no warm start: .*of version 2, the store is at 4, and the log does not reach back to it/),
    ]);
    expect(shown(cold)).toEqual(shown(caughtUp));
    await writeFile(warmStartFile, 'rubbish');
    expect((await Inventory.open(store.inventory, options)).version).toBe(4);
    expect(warnings).toHaveLength(2);
    await rm(directory, { recursive: true });
  });

  it('is not taken from another store, whose versions have the same numbers, nor from a later version', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'warm-'));
    const warmStartFile = join(directory, 'inventory.warm');
    const warnings: string[] = [];
    const options = { warmStartFile, onWarning: (message: string) => warnings.push(message) };
    const addGroup = (of: Inventory, name: string) =>
      of.update(author, (draft) => draft.put('group', { name: name as GroupName, level: 'block' }));
    const other = await Inventory.open(memoryStore().inventory);
    await addGroup(other, 'theirs');
    await addGroup(other, 'theirs too');
    await other.saveWarmStart(warmStartFile);
    for (const name of ['first', 'second', 'third']) {
      const opened = await Inventory.open(store.inventory, options);
      expect(opened.view().group('theirs' as GroupName)).toBeUndefined();
      await addGroup(opened, name);
    }
    expect(warnings).toEqual([
      expect.stringMatching(/it is of version 2, the store is at 1/),
      expect.stringMatching(/it is of another store/),
      expect.stringMatching(/it is of another store/),
    ]);
    await rm(directory, { recursive: true });
  });

  async function* failing(): AsyncGenerator<never> {
    yield* [];
    throw new Error('the records were read');
  }
});

describe('updating', () => {
  it('makes every replica that lacks a new file partial, in the same change set', async () => {
    await inventory.update(author, (draft) => void draft.addFile(newFile('3', 50, [mit])));
    using view = inventory.view();
    const read = view.dataset(dataset)?.block(block);
    expect(read?.replica(mit)).toMatchObject({ isComplete: true, size: 350 });
    expect(read?.replica(desy)).toMatchObject({
      isComplete: false,
      size: 300,
      files: 2,
      contents: { kind: 'missing', ids: [3] },
    });
    expect(read?.completeCopies).toBe(1);
  });

  it('leaves no trace of a draft that throws', async () => {
    const failed = inventory.update(author, (draft) => {
      draft.addFile(newFile('3', 50, [mit]));
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    using view = inventory.view();
    expect([inventory.version, view.dataset(dataset)?.size]).toEqual([1, 300]);
  });

  it('copies: opens an empty replica, counts it as projected, and completes it by the facts', async () => {
    await inventory.update(author, (draft) => {
      expect(draft.openCopy(at(tape), { group: null, reason })).toBe(true);
      expect(draft.openCopy(at(tape), { group: null, reason })).toBe(false);
      expect(draft.openCopy(at(mit), { group: null, reason })).toBe(false);
    });
    const opened = inventory.view();
    expect(opened.site(tape)?.usage('Tape')).toMatchObject({ physical: 0, projected: 300 });
    expect(opened.dataset(dataset)?.block(block)?.replica(tape)).toMatchObject({ operation: 'copy', files: 0 });
    const [operation] = await store.operations.list();
    expect(operation?.target).toEqual({ kind: 'copy', ...at(tape) });

    const files = await store.files.filesByLfn(['/store/1', '/store/2'] as Lfn[]);
    if (operation === undefined) throw new Error('no operation');
    const evidence = { kind: 'task', operation: operation.id } as const;
    await inventory.update(author, (draft) => {
      for (const file of files) draft.recordFact({ kind: 'files-arrived', replica: at(tape), files: [file], evidence });
    });
    expect(inventory.view().dataset(dataset)?.block(block)?.replica(tape)).toMatchObject({
      isComplete: true,
      operation: 'none',
    });
    expect(await store.operations.list()).toEqual([]);
  });

  it('takes a replica whose deletion is open out of its partitions and the copies; cancelling puts it back', async () => {
    await inventory.update(author, (draft) => draft.delete('blockReplica', keyAt(mit), reason));
    const open = inventory.view();
    expect(open.site(mit)?.usage('Disk').physical).toBe(0);
    expect(open.dataset(dataset)?.block(block)?.completeCopies).toBe(1);
    expect(await store.operations.list()).toHaveLength(1);
    await inventory.update(author, (draft) => draft.cancelOperation(at(mit), reason));
    const back = inventory.view();
    expect(back.site(mit)?.usage('Disk').physical).toBe(300);
    expect(back.dataset(dataset)?.block(block)).toMatchObject({ completeCopies: 2 });
    expect(await store.operations.list()).toEqual([]);
  });

  it('removes the dataset replica with its last block replica', async () => {
    await inventory.update(author, (draft) => draft.delete('datasetReplica', joinKey(dataset, mit), reason));
    const evidence = { kind: 'declared', by: 'alice', reason: 'seen to be gone' } as const;
    await inventory.update(author, (draft) => draft.recordFact({ kind: 'replica-gone', replica: at(mit), evidence }));
    expect(inventory.view().dataset(dataset)?.replica(mit)).toBeUndefined();
    expect(await store.operations.list()).toEqual([]);
  });

  it('grows: a new block of the dataset goes to its growing replicas, with a copy of each', async () => {
    const second = '58dbe0c6-36fa-11e8-a5e2-ac1f6b05e848' as BlockName;
    await inventory.update(author, (draft) => {
      draft.put('datasetReplica', { dataset, site: tape, group: 'DataOps' as GroupName, growing: true });
      draft.put('block', { dataset, name: second, size: 0, files: 0, isOpen: true, lastUpdate: NOW });
      draft.addFile({ ...newFile('4', 7, [mit]), block: second });
    });
    const replica = inventory.view().dataset(dataset)?.block(second)?.replica(tape);
    expect(replica).toMatchObject({ group: 'DataOps', operation: 'copy', files: 0, isComplete: false });
  });
});

describe('the guard', () => {
  const refused = async (write: Parameters<Inventory['update']>[1]) => {
    const version = inventory.version;
    await expect(inventory.update(author, write)).rejects.toMatchObject({ code: 'refused' });
    expect(inventory.version).toBe(version);
    expect(await store.operations.list()).toEqual([]);
  };

  it('lets no commit delete every copy', () =>
    refused((draft) => {
      for (const site of [mit, desy]) draft.delete('blockReplica', keyAt(site), reason);
    }));

  it('does not count copies at sites that are not ready, or not verified', async () => {
    const site = inventory.view().site(desy)?.toRecord();
    if (site === undefined) throw new Error('no site');
    await inventory.update(author, (draft) => draft.put('site', { ...site, verified: false }));
    await refused((draft) => draft.delete('blockReplica', keyAt(mit), reason));
    await inventory.update(author, (draft) => draft.put('site', { ...site, status: 'morgue' }));
    await refused((draft) => draft.delete('blockReplica', keyAt(mit), reason));
  });

  it('keeps custodial and locked replicas, and lets invalid data go unless it is locked', async () => {
    const replica = inventory.view().record('blockReplica', keyAt(mit));
    if (replica === null) throw new Error('no replica');
    await inventory.update(author, (draft) => draft.put('blockReplica', { ...replica, custodial: true }));
    await refused((draft) => draft.delete('blockReplica', keyAt(mit), reason));
    await inventory.update(author, (draft) => {
      const id = draft.nextLockId();
      draft.put('lock', {
        id,
        dataset: '/A/*',
        site: 'T2_DE*',
        group: null,
        block: null,
        expires: NOW + 1,
        owner: 'bob',
        comment: null,
      });
    });
    await refused((draft) => draft.delete('blockReplica', keyAt(desy), reason));
    const invalid = inventory.view().dataset(dataset)?.toRecord();
    if (invalid === undefined) throw new Error('no dataset');
    await inventory.update(author, (draft) => {
      draft.put('dataset', { ...invalid, status: 'invalid' });
      draft.delete('blockReplica', keyAt(mit), reason);
    });
    await expect(
      inventory.update(author, (draft) => draft.delete('blockReplica', keyAt(desy), reason)),
    ).rejects.toThrow(/lock 1 of bob/);
  });

  it('cannot be passed by putting the operation or the contents of a replica', async () => {
    const replica = inventory.view().record('blockReplica', keyAt(mit));
    if (replica === null) throw new Error('no replica');
    const put = (changed: object) =>
      inventory.update(author, (draft) => draft.put('blockReplica', { ...replica, ...changed }));
    await expect(put({ operation: 'delete' })).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(put({ partial: { size: 0, files: 0, contents: { kind: 'present', ids: [] } } })).rejects.toMatchObject(
      {
        code: 'invalid-input',
      },
    );
  });
});

describe('carrying out a plan', () => {
  const facts = { group: null, lastUpdate: NOW, files: 2 };
  const plan = (sites: readonly SiteName[], copiesLeft: number): Plan => ({
    planner: 'detox',
    title: 'Disk',
    version: inventory.version,
    now: NOW,
    steps: sites.map((site) => ({ kind: 'delete', ...at(site), facts, copiesLeft, reason })),
    requests: [],
    notCommittable: [],
    document: '{}',
  });

  it('drops what the guard forbids by now, and carries the rest out', async () => {
    const { result } = await inventory.carryOut(plan([mit, desy], 0), author);
    expect(result.done.map((step) => step.site)).toEqual([mit]);
    expect(result.dropped).toMatchObject([{ step: { site: desy }, why: expect.stringContaining('last-copy') }]);
  });

  it('drops what rests on facts that have changed', async () => {
    const made = plan([mit], 1);
    const replica = inventory.view().record('blockReplica', keyAt(mit));
    if (replica === null) throw new Error('no replica');
    await inventory.update(author, (draft) => draft.put('blockReplica', { ...replica, group: 'DataOps' as GroupName }));
    const { result } = await inventory.carryOut(made, author);
    expect(result.dropped[0]?.why).toBe('its owner is DataOps now');
  });

  it('cancels the copy that was on its way when the plan was made, and keeps away from one that came since', async () => {
    await inventory.update(author, (draft) => void draft.openCopy(at(tape), { group: null, reason }));
    const made = plan([tape], 2);
    const [step] = made.steps;
    const arriving = { group: null, lastUpdate: NOW, files: 0 };
    const since = { ...made, steps: [{ ...step, facts: arriving }] } as Plan;
    expect((await inventory.carryOut(since, author)).result.dropped[0]?.why).toBe('a copy to it is open');
    const known = { ...made, steps: [{ ...step, facts: { ...arriving, operation: 'copy' } }] } as Plan;
    expect((await inventory.carryOut(known, author)).result.dropped).toEqual([]);
    expect((await store.operations.list()).map(({ target }) => target.kind)).toEqual(['delete']);
  });

  it('refuses a plan that may not be committed', async () => {
    const offline = { ...plan([mit], 1), notCommittable: ['made on a dump'] };
    await expect(inventory.carryOut(offline, author)).rejects.toThrow(/made on a dump/);
  });
});
