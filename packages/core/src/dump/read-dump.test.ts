import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { InventoryRecord } from '../model/records.ts';
import { type DumpSource, dumpOf } from './dump-source.ts';
import { type ReadDumpOptions, readDump } from './read-dump.ts';

const head = [
  { type: 'group', name: 'AnalysisOps', level: 'dataset' },
  { type: 'group', name: 'DataOps' },
  { type: 'site', name: 'T2_US_MIT', storage: 'disk', status: 'ready' },
  { type: 'site', name: 'T1_US_FNAL_MSS', storage: 'mss', status: 'ready' },
  { type: 'partition', name: 'Disk', condition: 'site.storage_type == DISK' },
  { type: 'partition', name: 'Tape', condition: 'site.storage_type == MSS' },
];
const dataset = { type: 'dataset', name: '/A/B-v1/AOD', status: 'valid', last_update: 1528406008 };
const block = { type: 'block', dataset: '/A/B-v1/AOD', name: 'b1', is_open: false, last_update: 1528406008 };
const sized = { ...block, size: 300, files: 2 };
const file = { type: 'file', dataset: '/A/B-v1/AOD', block: 'b1', lfn: '/store/1.root', size: 100 };
const other = { ...file, lfn: '/store/2.root', size: 200 };
const atMit = { type: 'block_replica', dataset: '/A/B-v1/AOD', block: 'b1', site: 'T2_US_MIT', last_update: 5 };
const datasetAtMit = { type: 'dataset_replica', dataset: '/A/B-v1/AOD', site: 'T2_US_MIT', group: 'AnalysisOps' };
const copy = { type: 'operation', kind: 'copy', dataset: '/A/B-v1/AOD', block: 'b1', site: 'T2_US_MIT' };

const textOf = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function read(content: readonly object[] | string | Uint8Array, options: ReadDumpOptions = {}) {
  const plain = typeof content === 'string' || content instanceof Uint8Array ? content : textOf(content);
  const dump = await readDump(dumpOf(plain), options);
  return { dump, records: (await collect(dump.records)).flat() };
}

async function recordsOf<E extends InventoryRecord['entity']>(entity: E, lines: readonly object[]) {
  const { records } = await read(lines);
  return records.filter((record) => record.entity === entity).map(({ record }) => record);
}

describe('a dump', () => {
  it('gives a record a line, with the defaults', async () => {
    const { dump, records } = await read([
      { type: 'dump', format: 1, version: 17 },
      ...head,
      dataset,
      sized,
      datasetAtMit,
      atMit,
    ]);
    expect(dump.head).toEqual({
      version: 17,
      counters: { nextFile: 1, nextOperation: 1, nextLock: 1, nextRequest: 1 },
    });
    expect(records.map(({ entity }) => entity)).toEqual([
      ...[
        'group',
        'group',
        'site',
        'site',
        'partition',
        'partition',
        'dataset',
        'block',
        'datasetReplica',
        'blockReplica',
      ],
    ]);
    expect(records[2]?.record).toEqual({
      ...{
        name: 'T2_US_MIT',
        host: null,
        storage: 'disk',
        status: 'ready',
        backend: null,
        verified: true,
        pfn: {},
        lfn: {},
      },
    });
    expect(records.at(-1)?.record).toEqual({
      ...{ dataset: '/A/B-v1/AOD', block: 'b1', site: 'T2_US_MIT', group: null, custodial: false, lastUpdate: 5 },
      ...{ operation: 'none', partial: null },
    });
  });

  it('may lack the header, and the last line feed', async () => {
    const { dump, records } = await read(textOf([...head, dataset]).slice(0, -1));
    expect(dump.head.version).toBe(0);
    expect(records).toHaveLength(head.length + 1);
  });

  it('can be read again', async () => {
    const { dump, records } = await read([...head, dataset, sized, file, other, atMit]);
    expect((await collect(dump.records)).flat()).toEqual(records);
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('may be compressed with %s', async (_format, compress) => {
    const { records } = await read(new Uint8Array(compress(textOf([...head, dataset, sized]))));
    expect(records).toHaveLength(head.length + 2);
  });

  it('comes in chunks of any size', async () => {
    const text = textOf([...head, { ...dataset, name: '/Ä/😀-v1/AOD' }]);
    const bytes = Buffer.from(text);
    const whole = (await read(text)).records;
    for (const size of [1, 2, 7, 100]) {
      const source: DumpSource = async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      };
      expect((await collect((await readDump(source)).records)).flat()).toEqual(whole);
    }
  });

  it('can be aborted', async () => {
    const signal = AbortSignal.abort();
    await expect(readDump(dumpOf(textOf(head)), { signal })).rejects.toMatchObject({ code: 'aborted' });
  });

  it('is refused when the second reading finds another text', async () => {
    let readings = 0;
    const dump = await readDump(() => dumpOf(textOf(readings++ === 0 ? [...head, dataset] : head))());
    await expect(collect(dump.records)).rejects.toThrow('found other lines than the first');
  });
});

describe('what only later lines tell', () => {
  it('sums the files of a block that gives no size, wherever they stand', async () => {
    const lines = [...head, dataset, block, atMit, file, { ...dataset, name: '/X/Y/Z' }, other];
    expect(await recordsOf('block', lines)).toMatchObject([{ size: 300, files: 2 }]);
    expect(await recordsOf('block', [...head, dataset, { ...block, files: 2 }, file, other])).toMatchObject([
      { size: 300 },
    ]);
  });

  it('counts files from 1, and normalises adler32', async () => {
    const lines = [...head, dataset, sized, { ...file, checksums: { adler32: 'A1B2C3D', md5: 'X' } }, other];
    expect(await recordsOf('file', lines)).toMatchObject([
      { id: 1, lfn: '/store/1.root', checksums: { adler32: '0a1b2c3d', md5: 'X' } },
      { id: 2, lfn: '/store/2.root', checksums: {} },
    ]);
    const { dump } = await read(lines);
    expect(dump).toMatchObject({ files: 2, head: { counters: { nextFile: 3 } } });
  });

  it('knows the operation of a replica whose operation line comes later', async () => {
    const reason = { source: 'detox', text: 'line 14', reference: '7' };
    const remove = { type: 'operation', kind: 'delete-path', site: 'T2_US_MIT', path: 'a/b', opened_at: 9, reason };
    const lines = [...head, dataset, sized, { ...atMit, lfns: [] }, copy, remove];
    expect(await recordsOf('blockReplica', lines)).toMatchObject([{ operation: 'copy' }]);
    const { dump } = await read(lines);
    expect(dump.head.counters.nextOperation).toBe(3);
    expect(dump.operations).toMatchObject([
      { id: 1, target: { kind: 'copy', block: 'b1', site: 'T2_US_MIT' }, openedAt: 0 },
      { id: 2, target: { kind: 'delete-path', site: 'T2_US_MIT', path: 'a/b' }, openedAt: 9, reason },
    ]);
  });

  it('creates the dataset replica of a block replica without one, growing false', async () => {
    const lines = [...head, dataset, sized, { ...atMit, group: 'DataOps' }];
    expect(await recordsOf('datasetReplica', lines)).toEqual([
      { dataset: '/A/B-v1/AOD', site: 'T2_US_MIT', group: null, growing: false },
    ]);
  });

  it('takes a dataset replica line that comes after its block replicas', async () => {
    const { records } = await read([...head, dataset, sized, atMit, { ...datasetAtMit, growing: true }]);
    expect(records.slice(-2)).toMatchObject([
      { entity: 'datasetReplica', record: { group: 'AnalysisOps', growing: true } },
      { entity: 'blockReplica' },
    ]);
  });

  it('does not depend on how a line is written', async () => {
    const lines = textOf([...head, dataset, block, atMit, file, other, copy]);
    const loose = lines.replaceAll(/\{"type":("[a-z_]+"),(.*)\}\n/g, '{ $2,\t"type" :$1}\r\n');
    expect(loose).not.toBe(lines);
    expect((await read(loose)).records).toEqual((await read(lines)).records);
  });
});

describe('a partial replica', () => {
  const base = [...head, dataset, sized, file, other];

  it('with numbers alone has unknown contents', async () => {
    expect(await recordsOf('blockReplica', [...base, { ...atMit, size: 100, files: 1 }])).toMatchObject([
      { partial: { size: 100, files: 1, contents: { kind: 'unknown' } } },
    ]);
  });

  it('with names has those files', async () => {
    expect(await recordsOf('blockReplica', [...base, { ...atMit, lfns: ['/store/2.root'] }])).toMatchObject([
      { partial: { size: 200, files: 1, contents: { kind: 'present', ids: [2] } } },
    ]);
  });

  it('with the names of all files is complete', async () => {
    const lfns = ['/store/2.root', '/store/1.root'];
    expect(await recordsOf('blockReplica', [...base, { ...atMit, lfns }])).toMatchObject([{ partial: null }]);
  });
});
