import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DumpSource, dumpOf } from './dump-source.ts';
import { type ReadDumpOptions, readDump } from './read-dump.ts';

const ADLER = '0a1b2c3d';
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

const union = { type: 'partition', name: 'All', parts: ['Disk', 'Tape'] };
const removal = { type: 'operation', kind: 'delete-path', site: 'T2_US_MIT' };

const textOf = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

async function read(content: readonly object[] | string | Uint8Array, options: ReadDumpOptions = {}) {
  const plain = typeof content === 'string' || content instanceof Uint8Array ? content : textOf(content);
  const dump = await readDump(dumpOf(plain), options);
  for await (const _batch of dump.records);
}

const faultOf = (content: readonly object[] | string | Uint8Array, options?: ReadDumpOptions): Promise<Error> =>
  read(content, { file: 'inv', ...options }).then(
    () => new Error('nothing was wrong'),
    (error: Error) => error,
  );

describe('a fault is one error with file, line and key', () => {
  const after = [...head, dataset, sized];
  const cases: [string, readonly object[], string][] = [
    ['an unknown key', [...head, { ...dataset, sise: 3 }], 'inv:7: sise: a dataset line has no such key'],
    ['a misspelt key', [...head, { ...dataset, softwareversion: 'x' }], 'did you mean "software_version"?'],
    [
      'a missing key',
      [{ type: 'site', name: 'X', storage: 'disk' }],
      'inv:1: status: a site line needs the key "status"',
    ],
    ['a missing type', [{ name: 'X' }], 'inv:1: type: a line needs the key "type"'],
    ['an unknown type', [{ type: 'sites', name: 'X' }], 'inv:1: type: unknown type "sites" (did you mean "site"?)'],
    ['a type that is no text', [{ type: ['group'], name: 'X' }], 'inv:1: type: unknown type ["group"]'],
    ['a wrong type', [{ type: 'group', name: 5 }], 'inv:1: name: not a text'],
    [
      'a wrong word',
      [{ type: 'site', name: 'X', storage: 'tape', status: 'ready' }],
      'inv:1: storage: not one of disk, mss',
    ],
    ['a negative size', [...head, dataset, { ...sized, size: -1 }], 'inv:8: size: a size cannot be negative'],
    ['a fraction', [...head, dataset, { ...sized, size: 1.5 }], 'inv:8: size: not a size'],
    ['a size above 2^53 - 1', [...head, dataset, { ...sized, size: 2 ** 53 }], 'inv:8: size: not a size'],
    [
      'a number of files above 2^32 - 1',
      [...head, dataset, { ...sized, files: 2 ** 32 }],
      'inv:8: files: a block has at most',
    ],
    ['milliseconds', [...head, { ...dataset, last_update: 1528406008000 }], 'seconds, not milliseconds'],
    ['a negative time', [...head, { ...dataset, last_update: -1 }], 'inv:7: last_update: a time before 1970'],
    [
      'a header that is not the first line',
      [...head, { type: 'dump', format: 1 }],
      'inv:7: type: a dump line can only be the first',
    ],
    ['a newer format', [{ type: 'dump', format: 2 }], 'inv:1: format: format 2 is not 1'],
    ['a site twice', [...head, head[2] as object], 'inv:7: name: site T2_US_MIT is defined twice'],
    ['a group twice', [...head, head[0] as object], 'inv:7: name: group AnalysisOps is defined twice'],
    ['a partition twice', [...head, head[4] as object], 'inv:7: name: partition Disk is defined twice'],
    ['a dataset twice', [...head, dataset, dataset], 'inv:8: name: dataset /A/B-v1/AOD is defined twice'],
    ['a block twice', [...after, sized], 'inv:9: name: block b1 of dataset /A/B-v1/AOD is defined twice'],
    ['a file twice', [...after, file, { ...file, size: 200 }], 'inv:10: lfn: file "/store/1.root" is defined twice'],
    [
      'a replica twice',
      [...after, atMit, atMit],
      'inv:10: site: the replica of block b1 at T2_US_MIT is defined twice',
    ],
    [
      'a dataset replica twice',
      [...after, datasetAtMit, datasetAtMit],
      'inv:10: site: the replica of dataset /A/B-v1/AOD at',
    ],
    [
      'a late dataset replica twice',
      [...after, atMit, datasetAtMit, datasetAtMit],
      'inv:11: site: the replica of dataset',
    ],
    [
      'a quota twice',
      [...head, quota('Disk', 5), quota('Disk', 5)],
      'inv:8: partition: the quota of partition Disk at T2_US_MIT is',
    ],
    ['an operation twice', [...after, atMit, copy, copy], 'inv:11: kind: a second operation on the same data'],
    ['an unknown dataset', [...head, sized], 'inv:7: dataset: no earlier line defines the dataset "/A/B-v1/AOD"'],
    [
      'an unknown block',
      [...head, dataset, atMit],
      'inv:8: block: no earlier line defines the block of dataset /A/B-v1/AOD "b1"',
    ],
    ['an unknown site', [...after, { ...atMit, site: 'T2_US_MTI' }], 'did you mean T2_US_MIT?'],
    [
      'an unknown group',
      [...after, { ...atMit, group: 'DataOp' }],
      'inv:9: group: no earlier line defines the group "DataOp"',
    ],
    [
      'an unknown partition',
      [...head, quota('Disc', 5)],
      'inv:7: partition: no earlier line defines the partition "Disc"',
    ],
    ['an unknown part', [{ type: 'partition', name: 'All', parts: ['Disk'] }], 'inv:1: parts: no earlier line defines'],
    ['an operation on nothing', [...after, copy], 'inv:9: block: an operation on a block replica that no line defines'],
    [
      'a partition without a definition',
      [{ type: 'partition', name: 'P' }],
      'inv:1: condition: a partition line needs',
    ],
    [
      'a partition with two',
      [{ type: 'partition', name: 'P', condition: 'x', parts: ['y'] }],
      'inv:1: parts: a partition has',
    ],
    [
      'a wrong condition',
      [{ type: 'partition', name: 'P', condition: 'site.nam == X' }],
      'inv:1: condition: partition P:',
    ],
    [
      'the quota of a union',
      [...head, union, quota('All', 5)],
      'inv:8: partition: partition All is a union: its quota is the sum',
    ],
    ['an unlimited part', [...head, union, quota('Tape', -1)], 'inv:8: bytes: partition Tape is part of a union'],
    ['a part that is unlimited', [...head, quota('Tape', -1), union], 'inv:8: parts: partition Tape has a negative'],
    ['an empty name', [{ type: 'group', name: '' }], 'inv:1: name: group name is empty'],
    ['a name with a control character', [{ type: 'group', name: 'a\tb' }], 'has a control character'],
    [
      'an LFN that climbs',
      [...after, { ...file, lfn: '/store/../x' }],
      'inv:9: lfn: LFN "/store/../x" has an empty, "." or ".."',
    ],
    ['a path that climbs', [...head, { ...removal, path: '../x' }], 'inv:7: path: LFN "/../x" has'],
    ['a relative LFN', [...after, { ...file, lfn: 'store/x' }], 'inv:9: lfn: LFN "store/x" does not start with "/"'],
    [
      'a wrong checksum',
      [...after, { ...file, checksums: { adler32: `${ADLER}0` } }],
      'inv:9: checksums: adler32 "0a1b2c3d0"',
    ],
    [
      'a block without size and files',
      [...head, dataset, block],
      'inv:8: size: a block line without file lines needs the key "size"',
    ],
    [
      'a block that disagrees about its size',
      [...head, dataset, { ...sized, size: 301 }, file, other],
      'inv:8: size: the block says 301, its file lines sum up to 300',
    ],
    [
      'a block that disagrees about its files',
      [...after, file],
      'inv:8: files: the block says 2, its file lines sum up to 1',
    ],
    [
      'two partial forms',
      [...after, file, { ...atMit, lfns: ['/store/1.root'], files: 1 }],
      'inv:10: lfns: a partial replica gives',
    ],
    [
      'half a partial form',
      [...after, { ...atMit, size: 1 }],
      'inv:9: files: a partial replica that gives "size" needs',
    ],
    ['the other half', [...after, { ...atMit, files: 1 }], 'inv:9: size: a partial replica that gives "files" needs'],
    [
      'more bytes than the block',
      [...after, { ...atMit, size: 301, files: 1 }],
      'inv:9: size: the replica has 301 bytes, its block only 300',
    ],
    [
      'more files than the block',
      [...after, { ...atMit, size: 1, files: 3 }],
      'inv:9: files: the replica has 3 files, its block only 2',
    ],
    [
      'a file that the block has not',
      [...after, { ...atMit, lfns: ['/store/9'] }],
      'inv:9: lfns: no earlier line defines the file "/store/9"',
    ],
    [
      'a file named twice',
      [...after, file, { ...atMit, lfns: ['/store/1.root', '/store/1.root'] }],
      'inv:10: lfns: file "/store/1.root" is named twice',
    ],
    [
      'a group used by a late line before its own',
      [...after, atMit, { type: 'group', name: 'New' }, { ...datasetAtMit, group: 'New' }],
      'put group lines first',
    ],
    ['a lock of nothing', [{ type: 'lock', dataset: '' }], 'inv:1: dataset: empty (write * for all)'],
    [
      'an attribute that is no value',
      [...head, { ...dataset, attributes: { a: { b: 1 } } }],
      'inv:7: attributes: "a" is not a number',
    ],
    [
      'chains that are none',
      [{ type: 'site', name: 'X', storage: 'disk', status: 'ready', pfn: { root: [['x']] } }],
      'inv:1: pfn.root[0][0]: expected [pattern, replacement]',
    ],
    [
      'a reason without text',
      [...after, atMit, { ...copy, reason: { source: 'x' } }],
      'inv:10: reason: it needs the keys',
    ],
    ['a copy of a path', [...after, atMit, { ...copy, path: 'x' }], 'inv:10: path: a copy operation has no such key'],
  ];

  it.each(cases)('%s', async (_what, lines, message) => {
    const error = await faultOf(lines);
    expect(error).toMatchObject({ code: 'invalid-input' });
    expect(error.message).toContain(message);
  });

  const texts: [string, string | Uint8Array, string][] = [
    ['an empty dump', '', 'inv: the dump is empty (it was cut'],
    ['an empty line', '{"type":"group","name":"a"}\n\n', 'inv:2: an empty line'],
    ['no JSON', '{"type":"group" "name":"a"}\n', 'inv:1:17: not JSON'],
    ['no object', '[]\n', 'inv:1: not a JSON object'],
    [
      'a cut line',
      '{"type":"group","name":"a"}\n{"type":"gro',
      'inv:2:13: not JSON (the dump ends in the middle of this line',
    ],
    [
      'no UTF-8',
      Buffer.from('{"type":"group","name":"a"}\n{"type":"group","name":"\xff"}\n', 'latin1'),
      'inv:2: not UTF-8',
    ],
    ['a lone surrogate', '{"type":"group","name":"\\ud800"}\n', 'is not well-formed Unicode'],
    [
      'a key of the prototype',
      '{"type":"group","name":"a","__proto__":1}\n',
      '__proto__: a group line has no such key',
    ],
    ['a byte order mark', '\ufeff{"type":"group","name":"a"}\n', 'inv:1: not JSON'],
    ['two types', '{"type":"site","type":"lock","dataset":"*"}\n', 'no line may have the key "type" twice'],
    ['a huge number', '{"type":"lock","dataset":"*","expires":1e400}\n', 'inv:1: expires: not a time'],
    ['minus zero', '{"type":"lock","dataset":"*","expires":-0}\n', 'inv:1: expires: a time before 1970'],
    ['deep nesting', `{"type":"lock","dataset":${'['.repeat(100_000)}\n`, 'inv:1'],
    ['cut gzip', gzipSync(textOf(head)).subarray(0, -5), 'inv: the gzip data ends too early (the file was cut)'],
    [
      'cut zstd',
      zstdCompressSync(textOf(head)).subarray(0, -5),
      'inv: the zstd data ends too early (the file was cut)',
    ],
    ['more after zstd', Buffer.concat([zstdCompressSync(textOf(head)), Buffer.from('{"type":')]), 'inv: the zstd data'],
    [
      'two frames of zstd',
      Buffer.concat([zstdCompressSync('{"type":'), zstdCompressSync('"group"}')]),
      'inv: the zstd data goes on after its end',
    ],
  ];

  it.each(texts)('%s', async (_what, text, message) => {
    const error = await faultOf(text);
    expect(error).toMatchObject({ code: 'invalid-input' });
    expect(error.message).toContain(message);
  });

  it('a line longer than the bound, in one chunk or in many', async () => {
    const text = `{"type":"group","name":"a"}\n{"type":"group","name":"${'b'.repeat(60)}"}\n`;
    const message = 'inv:2: the line is longer than 64 bytes';
    expect((await faultOf(text, { maxLineBytes: 64 })).message).toContain(message);
    const bytes = Buffer.from(text);
    const slow: DumpSource = async function* () {
      for (const byte of bytes) yield Uint8Array.of(byte);
    };
    await expect(readDump(slow, { file: 'inv', maxLineBytes: 64 })).rejects.toThrow(message);
  });
});

function quota(partition: string, bytes: number): object {
  return { type: 'quota', site: 'T2_US_MIT', partition, bytes };
}
