import { beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/manual-clock.ts';
import { Inventory } from '../inventory/inventory.ts';
import { memoryStore } from '../memory/memory-store.ts';
import type { Lfn } from '../model/names.ts';
import { applyDeletion } from './apply-deletion.ts';
import { applyInjection, type InjectionSummary } from './apply-injection.ts';
import { parseDeletion } from './deletion-document.ts';
import { parseInjection } from './parse-injection.ts';

const NOW = 1_700_000_000;
const author = { application: 'inject', user: 'alice' };
const reason = { source: 'inject', text: 'a document' };
const NAME = '/A/B-v1/AOD';

const places = {
  site: [
    { name: 'T2_US_MIT', storage_type: 'disk', status: 'ready', host: 'se.mit.edu' },
    { name: 'T2_DE_DESY', storage_type: 'Disk', status: 'ready' },
    { name: 'T1_US_FNAL_MSS', storage_type: 'mss', status: 'ready' },
  ],
  group: [{ name: 'AnalysisOps', olevel: 'Dataset' }, { name: 'DataOps' }],
};
const files = [
  { name: '/store/1.root', size: 100, adler32: '0a1b2c3d', site: 'T2_US_MIT' },
  { name: '/store/2.root', size: 200, site: 'T2_US_MIT' },
];
const dataset = {
  ...{
    name: NAME,
    status: 'valid',
    data_type: 'production',
    software_version: '10_2_3',
    is_open: true,
    last_update: 1000,
  },
  blocks: [{ name: 'b1', is_open: false, last_update: 2000, num_files: 2, size: 300, files }],
};

let inventory: Inventory;
let store: ReturnType<typeof memoryStore>;

beforeEach(async () => {
  store = memoryStore();
  inventory = await Inventory.open(store.inventory, { clock: createManualClock({ startSeconds: NOW }) });
});

async function inject(document: object): Promise<InjectionSummary> {
  const parsed = parseInjection(document, { file: 'doc' });
  const { result } = await inventory.update(author, (draft) =>
    applyInjection(draft, parsed, { files: store.files, now: NOW }),
  );
  return result;
}

async function remove(document: object) {
  const parsed = parseDeletion(document, { file: 'doc' });
  return (await inventory.update(author, (draft) => applyDeletion(draft, parsed, reason))).result;
}

function replicaAt(site: string, block = 'b1') {
  using view = inventory.view();
  return view.dataset(NAME)?.block(block)?.replica(site)?.toRecord();
}

const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was wrong',
    (error: Error) => error.message,
  );

describe('injecting', () => {
  it('brings sites, groups, datasets, blocks, files and replicas', async () => {
    expect(await inject({ ...places, dataset: [dataset] })).toEqual({
      ...{ sites: 3, groups: 2, datasets: 1, datasetReplicas: 0, blocks: 1, files: 2, blockReplicas: 1 },
    });
    using view = inventory.view();
    expect(view.group('AnalysisOps')).toEqual({ name: 'AnalysisOps', level: 'dataset' });
    expect(view.group('DataOps')?.level).toBe('block');
    expect(view.site('T2_DE_DESY')?.toRecord()).toMatchObject({ storage: 'disk', status: 'ready', verified: true });
    expect(view.dataset(NAME)?.toRecord()).toMatchObject({
      status: 'valid',
      softwareVersion: '10_2_3',
      lastUpdate: 1000,
    });
    expect(view.dataset(NAME)?.block('b1')).toMatchObject({ size: 300, files: 2, lastUpdate: 2000 });
    expect(replicaAt('T2_US_MIT')).toMatchObject({ partial: null, group: null, operation: 'none' });
    const stored = await store.files.filesByLfn(['/store/1.root' as Lfn]);
    expect(stored).toMatchObject([{ size: 100, checksums: { adler32: '0a1b2c3d' } }]);
  });

  it('again changes nothing', async () => {
    const replica = { dataset: NAME, site: 'T2_US_MIT', group: 'AnalysisOps', blockreplicas: [{ block: 'b1' }] };
    const document = { ...places, dataset: [dataset], datasetreplica: [replica] };
    await inject(document);
    const { version } = inventory;
    expect(Object.values(await inject(document))).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(inventory.version).toBe(version);
  });

  it('keeps what a document does not say, and takes what it says', async () => {
    await inject({ ...places, dataset: [dataset] });
    await inject({ site: [{ name: 'T2_US_MIT', status: 'morgue' }], dataset: [{ name: NAME, status: 'invalid' }] });
    using view = inventory.view();
    expect(view.site('T2_US_MIT')?.toRecord()).toMatchObject({ status: 'morgue', host: 'se.mit.edu', storage: 'disk' });
    expect(view.dataset(NAME)?.toRecord()).toMatchObject({
      status: 'invalid',
      dataType: 'production',
      lastUpdate: NOW,
    });
  });

  it('makes replicas that lack a new file partial', async () => {
    await inject({ ...places, dataset: [dataset] });
    const third = { name: '/store/3.root', size: 5, site: 'T2_DE_DESY' };
    expect(await inject({ dataset: [{ name: NAME, blocks: [{ name: 'b1', files: [third] }] }] })).toMatchObject({
      ...{ files: 1, blockReplicas: 1 },
    });
    expect(replicaAt('T2_US_MIT')?.partial).toMatchObject({ files: 2, contents: { kind: 'missing' } });
    expect(replicaAt('T2_DE_DESY')?.partial).toMatchObject({ files: 1, size: 5, contents: { kind: 'present' } });
    using view = inventory.view();
    expect(view.dataset(NAME)?.lastUpdate).toBe(NOW);
  });

  it('knows a file at a further site, and what it completes', async () => {
    await inject({ ...places, dataset: [dataset] });
    const atDesy = (name: string, size: number) => ({ name, size, site: 'T2_DE_DESY' });
    const blocks = (list: object[]) => ({ dataset: [{ name: NAME, blocks: [{ name: 'b1', files: list }] }] });
    await inject(blocks([atDesy('/store/1.root', 100)]));
    expect(replicaAt('T2_DE_DESY')?.partial).toMatchObject({ files: 1, size: 100 });
    await inject(blocks([atDesy('/store/2.root', 200)]));
    expect(replicaAt('T2_DE_DESY')?.partial).toBeNull();
    const { version } = inventory;
    await inject(blocks([atDesy('/store/1.root', 100), atDesy('/store/2.root', 200)]));
    expect(inventory.version).toBe(version);
  });

  it('lists a file once for each site that has it', async () => {
    const twice = [...files, ...files.map((file) => ({ ...file, site: 'T2_DE_DESY' }))];
    await inject({ ...places, dataset: [{ ...dataset, blocks: [{ name: 'b1', files: twice }] }] });
    expect(replicaAt('T2_US_MIT')?.partial).toBeNull();
    expect(replicaAt('T2_DE_DESY')?.partial).toBeNull();
  });

  it('takes a listed block replica as complete, with its group or that of its dataset replica', async () => {
    const [first, second] = files.map(({ site: _, ...file }) => file);
    const document = {
      ...places,
      dataset: [{ ...dataset, blocks: [{ name: 'b1', files: [first, second] }] }],
      datasetreplica: [
        { dataset: NAME, site: 'T2_US_MIT', group: 'AnalysisOps', blockreplicas: [{ block: 'b1', last_update: 77 }] },
        { dataset: NAME, site: 'T2_DE_DESY', blockreplicas: [{ block: 'b1', group: 'DataOps' }] },
      ],
    };
    expect(await inject(document)).toMatchObject({ datasetReplicas: 2, blockReplicas: 2, files: 2 });
    expect(replicaAt('T2_US_MIT')).toMatchObject({ partial: null, group: 'AnalysisOps', lastUpdate: 77 });
    expect(replicaAt('T2_DE_DESY')).toMatchObject({ partial: null, group: 'DataOps' });
  });

  it('takes the files that a document names at a site for what a listed replica there has', async () => {
    const split = [files[0], { ...files[1], site: 'T2_DE_DESY' }];
    const list = [{ dataset: NAME, site: 'T2_US_MIT', group: 'DataOps', blockreplicas: [{ block: 'b1' }] }];
    await inject({
      ...places,
      dataset: [{ ...dataset, blocks: [{ name: 'b1', files: split }] }],
      datasetreplica: list,
    });
    expect(replicaAt('T2_US_MIT')).toMatchObject({ partial: { files: 1 }, group: 'DataOps' });
  });

  it('copies a new block to the growing replicas of its dataset, in the same commit', async () => {
    const growing = { dataset: NAME, site: 'T2_DE_DESY', group: 'AnalysisOps', growing: true };
    await inject({ ...places, dataset: [dataset], datasetreplica: [growing] });
    expect(replicaAt('T2_DE_DESY')).toMatchObject({ operation: 'copy', group: 'AnalysisOps', partial: { files: 0 } });
    const more = { name: 'b2', files: [{ name: '/store/9.root', size: 9, site: 'T2_US_MIT' }] };
    await inject({ dataset: [{ name: NAME, blocks: [more] }] });
    expect(replicaAt('T2_DE_DESY', 'b2')).toMatchObject({ operation: 'copy', partial: { files: 0 } });
    expect((await store.operations.list()).map(({ target }) => target.kind)).toEqual(['copy', 'copy']);
  });

  it('does not copy a block to a growing replica that has all of it', async () => {
    const growing = { dataset: NAME, site: 'T2_US_MIT', growing: true };
    await inject({ ...places, dataset: [dataset], datasetreplica: [growing] });
    expect(replicaAt('T2_US_MIT')).toMatchObject({ operation: 'none', partial: null });
    const listed = { ...growing, blockreplicas: [{ block: 'b2' }] };
    const more = { name: 'b2', files: [{ name: '/store/9.root', size: 9 }] };
    await inject({ dataset: [{ name: NAME, blocks: [more] }], datasetreplica: [listed] });
    expect(replicaAt('T2_US_MIT', 'b2')).toMatchObject({ operation: 'none', partial: null });
    expect(await store.operations.list()).toEqual([]);
  });
});

describe('an injection that does not fit', () => {
  const blocksWith = (block: object) => ({ dataset: [{ name: NAME, blocks: [block] }] });
  const fileWith = (file: object) => blocksWith({ name: 'b1', files: [{ ...files[0], ...file }] });
  const missing = { dataset: '/No/Such-v1/AOD', site: 'T2_US_MIT' };
  const replica = { dataset: NAME, site: 'T2_US_MIT' };

  it.each<[string, object, string]>([
    [
      'another size',
      fileWith({ size: 101 }),
      'doc: dataset[0].blocks[0].files[0].size: the file is in the inventory with 100',
    ],
    [
      'another checksum',
      fileWith({ adler32: '1' }),
      'files[0].adler32: the file is in the inventory with adler32 0a1b2c3d',
    ],
    [
      'a file of another block',
      blocksWith({ name: 'b2', files: [files[0]] }),
      'files[0].name: the file is in block b1 of dataset',
    ],
    ['an unknown site', fileWith({ name: '/store/3', site: 'T2_X' }), 'files[0].site: there is no site T2_X'],
    [
      'a file that is nowhere',
      blocksWith({ name: 'b1', files: [{ name: '/store/3', size: 1 }] }),
      'files[0].site: the block has replicas (say',
    ],
    [
      'a wrong number of files',
      blocksWith({ name: 'b1', num_files: 3 }),
      'dataset[0].blocks[0].num_files: the block has 2 files, not 3',
    ],
    [
      'a wrong size',
      blocksWith({ name: 'b1', size: 3 }),
      'dataset[0].blocks[0].size: the files of the block have 300 bytes',
    ],
    [
      'an unknown dataset',
      { datasetreplica: [missing] },
      'datasetreplica[0].dataset: there is no dataset /No/Such-v1/AOD',
    ],
    [
      'a replica at an unknown site',
      { datasetreplica: [{ ...replica, site: 'X' }] },
      'datasetreplica[0].site: there is no site X',
    ],
    [
      'an unknown group',
      { datasetreplica: [{ ...replica, group: 'X' }] },
      'datasetreplica[0].group: there is no group X',
    ],
    [
      'an unknown block',
      { datasetreplica: [{ ...replica, blockreplicas: [{ block: 'b7' }] }] },
      'blockreplicas[0].block: there is no block b7',
    ],
    [
      'an unknown group of a block',
      { datasetreplica: [{ ...replica, blockreplicas: [{ block: 'b1', group: 'X' }] }] },
      'blockreplicas[0].group: there',
    ],
  ])('%s: one error with its path, nothing applied', async (_what, document, message) => {
    await inject({ ...places, dataset: [dataset] });
    const { version } = inventory;
    expect(await messageOf(inject({ site: [{ name: 'T2_NEW' }], ...document }))).toContain(message);
    expect(inventory.version).toBe(version);
    using view = inventory.view();
    expect(view.site('T2_NEW')).toBeUndefined();
  });

  it('one bad file among ten thousand', async () => {
    await inject(places);
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      name: `/store/${i}`,
      size: i === 9_876 ? -1 : i,
      site: 'T2_US_MIT',
    }));
    const document = { dataset: [{ name: NAME, blocks: [{ name: 'b1', files: many }] }] };
    expect(await messageOf(inject(document))).toContain(
      'dataset[0].blocks[0].files[9876].size: a size cannot be negative',
    );
    using view = inventory.view();
    expect(view.dataset(NAME)).toBeUndefined();
  });

  it('refuses to put files where the replica is being deleted, and to revive a deleted dataset', async () => {
    const both = files.flatMap((file) => [file, { ...file, site: 'T2_DE_DESY' }]);
    await inject({ ...places, dataset: [{ ...dataset, blocks: [{ name: 'b1', files: both }] }] });
    await remove({ datasetreplica: [replica] });
    expect(await messageOf(inject(fileWith({ name: '/store/3' })))).toContain(
      'is being deleted: wait until it is gone',
    );
    await inject({ dataset: [{ name: NAME, status: 'invalid' }] });
    await remove({ dataset: [{ name: NAME }] });
    expect(await messageOf(inject({ dataset: [{ name: NAME, blocks: [{ name: 'b2' }] }] }))).toContain(
      'doc: dataset[0].name: dataset /A/B-v1/AOD is deleted (wait',
    );
  });
});

describe('deleting', () => {
  const both = files.flatMap((file) => [file, { ...file, site: 'T2_DE_DESY' }]);
  beforeEach(() => inject({ ...places, dataset: [{ ...dataset, blocks: [{ name: 'b1', files: both }] }] }));

  it('opens the deletion of a dataset replica', async () => {
    const summary = await remove({ datasetreplica: [{ dataset: NAME, site: 'T2_DE_DESY' }] });
    expect(summary).toMatchObject({ datasetReplicas: 1, blockReplicas: 0 });
    expect(replicaAt('T2_DE_DESY')?.operation).toBe('delete');
    expect((await store.operations.list()).map(({ target, reason: why }) => [target.kind, why])).toEqual([
      ['delete', reason],
    ]);
  });

  it('opens the deletion of listed block replicas', async () => {
    const at = { dataset: NAME, site: 'T2_DE_DESY', blockreplicas: [{ block: 'b1' }] };
    expect(await remove({ datasetreplica: [at] })).toMatchObject({ datasetReplicas: 0, blockReplicas: 1 });
    expect(replicaAt('T2_DE_DESY')?.operation).toBe('delete');
  });

  it('takes unused sites and groups away', async () => {
    expect(await remove({ site: [{ name: 'T1_US_FNAL_MSS' }], group: [{ name: 'DataOps' }] })).toMatchObject({
      sites: 1,
      groups: 1,
    });
    using view = inventory.view();
    expect(view.site('T1_US_FNAL_MSS')).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ['a site in use', { site: [{ name: 'T2_US_MIT' }] }, 'doc: site[0].name: site T2_US_MIT is in use'],
    [
      'what is not there',
      { datasetreplica: [{ dataset: NAME, site: 'T1_US_FNAL_MSS' }] },
      'doc: datasetreplica[0].dataset: there is no',
    ],
    ['a dataset that is not there', { dataset: [{ name: '/X' }] }, 'doc: dataset[0].name: there is no dataset /X'],
    [
      'blocks of a dataset that stays',
      { dataset: [{ name: NAME, blocks: [] }] },
      'dataset[0].blocks: blocks and files of a dataset that stays',
    ],
    [
      'more than names',
      { site: [{ name: 'T2_US_MIT', host: 'x' }] },
      'doc: site[0].host: a site to delete has no such key',
    ],
    ['the last copies', { datasetreplica: ['T2_US_MIT', 'T2_DE_DESY'].map((site) => ({ dataset: NAME, site })) }, 'b1'],
  ])('refuses %s', async (_what, document, message) => {
    const { version } = inventory;
    expect(await messageOf(remove(document))).toContain(message);
    expect(inventory.version).toBe(version);
  });
});

describe('parsing', () => {
  const at = (block: object) => ({ dataset: [{ name: 'x' }, { name: NAME, blocks: [block] }] });
  it.each<[string, unknown, string]>([
    ['no object', [], 'doc: not a JSON object'],
    [
      'an unknown list',
      { datasets: [] },
      'doc: datasets: an injection document has no such key (did you mean "dataset"?)',
    ],
    ['no list', { site: {} }, 'doc: site: not a list'],
    ['no object in a list', { site: ['x'] }, 'doc: site[0]: not a JSON object'],
    ['a missing name', { site: [{}] }, 'doc: site[0].name: a site needs the key "name"'],
    [
      'a missing size',
      at({ name: 'b', files: [{ name: '/x' }] }),
      'doc: dataset[1].blocks[0].files[0].size: a file needs',
    ],
    [
      'an LFN that climbs',
      at({ name: 'b', files: [{ name: '/a/../b', size: 1 }] }),
      'files[0].name: LFN "/a/../b" has',
    ],
    [
      'a wrong checksum',
      at({ name: 'b', files: [{ name: '/a', size: 1, adler32: 'x' }] }),
      'files[0].adler32: adler32 "x"',
    ],
    ['a wrong word', { site: [{ name: 'x', storage_type: 'tape' }] }, 'site[0].storage_type: not one of disk, mss'],
    ['a wrong level', { group: [{ name: 'x', olevel: 'file' }] }, 'group[0].olevel: not one of dataset, block'],
    ['a site twice', { site: [{ name: 'x' }, { name: 'x' }] }, 'site[1].name: it is listed before, at site[0]'],
    [
      'a file twice',
      at({
        name: 'b',
        files: [
          { name: '/a', size: 1 },
          { name: '/a', size: 1 },
        ],
      }),
      'files[1].name: the file is listed before, at',
    ],
    [
      'a file in two blocks',
      { dataset: [{ name: NAME, blocks: ['a', 'b'].map((name) => ({ name, files: [{ name: '/a', size: 1 }] })) }] },
      'dataset[0].blocks[1].files[0].name: it is listed before, at dataset[0].blocks[0].files[0]',
    ],
    ['wrong chains', { site: [{ name: 'x', pfn: { root: [] } }] }, 'site[0].pfn.root: expected a list of chains'],
  ])('refuses %s', (_what, document, message) => {
    expect(() => parseInjection(document, { file: 'doc' })).toThrow(message);
  });
});
