import { systemClock } from '@dynamo/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../configuration/read-configuration.ts';
import { type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';
import { openOffline } from './open-offline.ts';

const DUMP = [
  { type: 'site', name: 'T1_A', storage: 'disk', status: 'ready' },
  { type: 'partition', name: 'Disk', condition: 'site.storage_type == DISK' },
  { type: 'partition', name: 'Owned', condition: 'blockreplica.owner != None' },
  { type: 'partition', name: 'Union', parts: ['Disk', 'Owned'] },
  { type: 'quota', site: 'T1_A', partition: 'Disk', bytes: 1000 },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

let directory: TestDirectory;
let dump: string;
beforeAll(async () => {
  directory = await testDirectory();
  dump = await directory.write('inventory.ndjson', DUMP);
});
afterAll(() => directory[Symbol.asyncDispose]());

const open = async (text?: string) =>
  openOffline(defaultConfiguration(directory.path), {
    dump,
    ...(text === undefined ? {} : { partitions: await directory.write('partitions.txt', text) }),
    clock: systemClock,
  });

async function partitionsWith(text?: string): Promise<object> {
  await using application = await open(text);
  using view = application.inventory.view();
  return Object.fromEntries(
    Array.from(view.partitions(), (p) => [p.name, 'condition' in p ? p.condition : p.parts] as const),
  );
}

describe('an inventory of a dump', () => {
  it('can be planned on, and not written to', async () => {
    await using application = await open();
    expect(application.notCommittable).toEqual([`it was made on the dump ${dump}`]);
    await expect(
      application.inventory.update({ application: 'test', user: 'test' }, (draft) =>
        draft.put('group', { name: 'AnalysisOps' as never, level: 'block' }),
      ),
    ).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining(dump) });
  });

  it('takes the partitions of a file in place of its own of the same names', async () => {
    expect(await partitionsWith()).toEqual({
      Disk: 'site.storage_type == DISK',
      Owned: 'blockreplica.owner != None',
      Union: ['Disk', 'Owned'],
    });
    expect(await partitionsWith('Owned: blockreplica.owner == A\nTape: site.storage_type == MSS\n')).toEqual({
      Disk: 'site.storage_type == DISK',
      Owned: 'blockreplica.owner == A',
      Tape: 'site.storage_type == MSS',
      Union: ['Disk', 'Owned'],
    });
  });

  it.each([
    ['Disk: [Tape]\nTape: site.storage_type == MSS\n', /partitions\.txt: partition Disk is a union, but .* at T1_A/],
    ['Disk: site.storage_tpe == DISK\n', /partitions\.txt:1:\d+: .*storage_tpe/],
  ])('refuses partitions that do not hold up: %j', async (text, message) => {
    await expect(open(text)).rejects.toMatchObject({ code: 'invalid-input', message: expect.stringMatching(message) });
  });

  it('names the line of a fault, and a file that is not there', async () => {
    const options = { clock: systemClock };
    const faulty = await directory.write('faulty.ndjson', `${DUMP}{"type":"sit"}\n`);
    const configuration = defaultConfiguration(directory.path);
    await expect(openOffline(configuration, { ...options, dump: faulty })).rejects.toThrow(`${faulty}:6: type:`);
    const absent = `${directory.path}/absent.ndjson`;
    await expect(openOffline(configuration, { ...options, dump: absent })).rejects.toThrow(`${absent}: cannot be read`);
  });
});
