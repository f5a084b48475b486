import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Inventory } from '../inventory/inventory.ts';
import { memoryStore } from '../memory/memory-store.ts';
import type { Version } from '../seams/commit.ts';
import { dumpFile, spoolDump, writeDumpFile } from './dump-file.ts';
import { type DumpSource, dumpOf } from './dump-source.ts';
import { readDump } from './read-dump.ts';
import { writeDump } from './write-dump.ts';

/** As `writeDump` orders and spells it. */
const LINES = [
  '{"type":"dump","format":1,"version":17}',
  '{"type":"group","name":"AnalysisOps","level":"dataset"}',
  '{"type":"group","name":"DataOps"}',
  '{"type":"site","name":"T1_US_FNAL_MSS","storage":"mss","status":"ready","verified":false}',
  '{"type":"site","name":"T2_US_MIT","host":"se.mit.edu","storage":"disk","status":"waitroom","backend":"root://x","pfn":{"root":[[["/store/(.*)","root://x/{0}"]]]}}',
  '{"type":"partition","name":"Disk","condition":"site.storage_type == DISK"}',
  '{"type":"partition","name":"Tape","condition":"site.storage_type == MSS"}',
  '{"type":"partition","name":"All","parts":["Disk","Tape"]}',
  '{"type":"quota","site":"T2_US_MIT","partition":"Disk","bytes":1000}',
  '{"type":"dataset","name":"/A/B-v1/AOD","status":"valid","data_type":"production","software_version":"10_2_3","last_update":1528406008,"is_open":true,"attributes":{"enforcer_protected":["T2_US_MIT"],"usage_rank":12.5}}',
  '{"type":"dataset","name":"/Z/Y-v1/AOD","status":"unknown","last_update":0,"is_open":false}',
  '{"type":"block","dataset":"/A/B-v1/AOD","name":"48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848","size":300,"files":2,"is_open":false,"last_update":3}',
  '{"type":"block","dataset":"/A/B-v1/AOD","name":"b","size":70,"files":7,"is_open":false,"last_update":3}',
  '{"type":"block","dataset":"/Z/Y-v1/AOD","name":"empty","size":0,"files":0,"is_open":true,"last_update":3}',
  '{"type":"file","dataset":"/A/B-v1/AOD","block":"48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848","lfn":"/store/1.root","size":100,"checksums":{"adler32":"0a1b2c3d"}}',
  '{"type":"file","dataset":"/A/B-v1/AOD","block":"48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848","lfn":"/store/2.root","size":200}',
  '{"type":"dataset_replica","dataset":"/A/B-v1/AOD","site":"T1_US_FNAL_MSS"}',
  '{"type":"dataset_replica","dataset":"/A/B-v1/AOD","site":"T2_US_MIT","group":"AnalysisOps","growing":true}',
  '{"type":"dataset_replica","dataset":"/Z/Y-v1/AOD","site":"T2_US_MIT"}',
  '{"type":"block_replica","dataset":"/A/B-v1/AOD","block":"48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848","site":"T1_US_FNAL_MSS","last_update":4,"custodial":true}',
  '{"type":"block_replica","dataset":"/A/B-v1/AOD","block":"48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848","site":"T2_US_MIT","group":"AnalysisOps","last_update":4,"lfns":["/store/2.root"]}',
  '{"type":"block_replica","dataset":"/A/B-v1/AOD","block":"b","site":"T2_US_MIT","group":"DataOps","last_update":4,"size":20,"files":2}',
  '{"type":"block_replica","dataset":"/Z/Y-v1/AOD","block":"empty","site":"T2_US_MIT","last_update":4,"lfns":[]}',
  '{"type":"operation","kind":"delete","dataset":"/A/B-v1/AOD","block":"b","site":"T2_US_MIT","opened_at":9,"reason":{"source":"detox","text":"line 14","reference":"7"}}',
  '{"type":"operation","kind":"copy","dataset":"/A/B-v1/AOD","block":"48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848","site":"T2_US_MIT"}',
  '{"type":"operation","kind":"delete-path","site":"T2_US_MIT","path":"a/orphan","opened_at":10}',
  '{"type":"lock","dataset":"/Z/*","site":"T2_*","group":"DataOps","block":"empty","expires":1530000000,"owner":"x","comment":"y"}',
  '{"type":"lock","dataset":"/A*"}',
  '{"type":"rule","id":3,"user":"alice","datasets":["/A/*","dataset.status == VALID"],"sites":["T2_*"],"copies":2,"group":"DataOps","until":1530000000,"created_at":7}',
  '{"type":"rule","id":9,"user":"bob","datasets":["/Z/Y-v1/AOD"],"sites":["T2_US_MIT"],"copies":1}',
];
const TEXT = LINES.map((line) => `${line}\n`).join('');

async function inventoryOf(source: DumpSource) {
  const dump = await readDump(source);
  const store = memoryStore();
  await store.inventory.baseline(dump.head, dump.records, { operations: dump.operations, requests: dump.rules });
  return { store, dump, rules: dump.rules, inventory: await Inventory.open(store.inventory) };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await collect(chunks)).toString();
}

describe('a dump that is read and written', () => {
  it('is the same again', async () => {
    const { store, inventory, rules } = await inventoryOf(dumpOf(TEXT));
    using view = inventory.view();
    const operations = await store.operations.list();
    expect(await store.requests.list({ kind: 'rule' })).toEqual(rules);
    expect(await textOf(writeDump(view, { files: store.files, operations, rules }))).toBe(TEXT);
  });

  it('has lines in byte order, whatever order they had, parts before unions', async () => {
    const [header, ...lines] = LINES as [string, ...string[]];
    const isNumbered = (line: string): boolean => /"(operation|lock|rule)"/.test(line);
    const [named, numbered] = [lines.filter((line) => !isNumbered(line)), lines.filter(isNumbered)];
    const byType = Object.values(Object.groupBy(named, (line) => JSON.parse(line).type as string));
    const shuffled = byType.flatMap((group) => (group?.[0]?.includes('"partition"') ? group : group?.toReversed()));
    const { store, inventory, rules } = await inventoryOf(dumpOf(`${[header, ...shuffled, ...numbered].join('\n')}\n`));
    using view = inventory.view();
    const operations = await store.operations.list();
    expect(await textOf(writeDump(view, { files: store.files, operations, rules }))).toBe(TEXT);
  });

  it('names what a replica lacks by what it has', async () => {
    const { store, inventory } = await inventoryOf(dumpOf(TEXT));
    await inventory.update({ application: 'test', user: 'alice' }, (draft) => {
      const block = draft.dataset('/A/B-v1/AOD')?.block('48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848')?.toRecord();
      if (block === undefined) throw new Error('no block');
      draft.addFile({
        ...block,
        block: block.name,
        lfn: '/store/0.root' as never,
        size: 5,
        checksums: {},
        presentAt: [],
      });
    });
    using view = inventory.view();
    const text = await textOf(writeDump(view, { files: store.files, operations: await store.operations.list() }));
    const tape = text.split('\n').filter((line) => line.includes('block_replica') && line.includes('T1_US_FNAL_MSS'));
    expect(tape[0]).toContain('"lfns":["/store/1.root","/store/2.root"]');
    expect(text).toContain('"size":305,"files":3');
  });

  it('without a catalogue has no file lines, and numbers for partial replicas', async () => {
    const { inventory } = await inventoryOf(dumpOf(TEXT));
    using view = inventory.view();
    const text = await textOf(writeDump(view, { files: null, operations: [] }));
    expect(text).not.toContain('"type":"file"');
    expect(text).toContain('"last_update":4,"size":200,"files":1}');
  });

  it('can be aborted', async () => {
    const { inventory } = await inventoryOf(dumpOf(TEXT.repeat(1)));
    using view = inventory.view();
    const many = Array.from({ length: 2000 }, (_, id) => ({
      id: id as never,
      target: { kind: 'delete-path', site: 'T2_US_MIT' as never, path: `some/path/${id}` } as const,
      openedAt: 1,
      reason: { source: 'consistency', text: 'an orphan' },
    }));
    const dump = writeDump(view, { files: null, operations: many, signal: AbortSignal.abort() });
    await expect(textOf(dump)).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a dump file', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dynamo-dump-test-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it.each(['x.ndjson', 'x.ndjson.gz', 'x.ndjson.zst'])(
    '%s is compressed as its name says, and read back',
    async (name) => {
      const path = join(directory, name);
      await writeDumpFile(path, bytesOf(TEXT));
      expect(await readdir(directory)).toEqual([name]);
      const plain = (await readFile(path)).includes('AnalysisOps');
      expect(plain).toBe(name === 'x.ndjson');
      const { dump } = await inventoryOf(dumpFile(path));
      expect(dump).toMatchObject({ lines: LINES.length, head: { version: 17 as Version } });
    },
  );

  it('is not there when writing it fails', async () => {
    const path = join(directory, 'x.ndjson.gz');
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from(TEXT);
      throw new Error('the disk is full');
    };
    await expect(writeDumpFile(path, broken())).rejects.toThrow('the disk is full');
    expect(await readdir(directory)).toEqual([]);
  });

  it('that is not there is an error of the file system', async () => {
    await expect(readDump(dumpFile(join(directory, 'none')))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('may be a pipe: what can be read only once is spooled', async () => {
    {
      await using spooled = await spoolDump(bytesOf(TEXT), { directory });
      const { dump } = await inventoryOf(spooled.source);
      expect(dump.lines).toBe(LINES.length);
      expect(await readdir(directory)).toHaveLength(1);
    }
    expect(await readdir(directory)).toEqual([]);
  });
});
