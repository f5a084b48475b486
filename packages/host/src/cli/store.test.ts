import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const DUMP = [
  '{"type":"dump","format":1,"version":17}',
  '{"type":"site","name":"T1_A","storage":"disk","status":"ready"}',
  '{"type":"dataset","name":"/A/B-v1/AOD","status":"valid","last_update":1,"is_open":false}',
  '{"type":"block","dataset":"/A/B-v1/AOD","name":"one","size":10,"files":1,"is_open":false,"last_update":1}',
  '{"type":"file","dataset":"/A/B-v1/AOD","block":"one","lfn":"/store/1.root","size":10}',
  '{"type":"block_replica","dataset":"/A/B-v1/AOD","block":"one","site":"T1_A","last_update":1}',
  '{"type":"lock","dataset":"/A/*","owner":"alice"}',
];

/** A loaded store with a commit in its log. */
async function filled(directory: TestDirectory): Promise<void> {
  const dump = await directory.write('inventory.dump', DUMP.map((line) => `${line}\n`).join(''));
  const cwd = directory.path;
  expect(await runDynamo(['load', dump], { cwd })).toMatchObject({ code: 0 });
  expect(await runDynamo(['lock', 'add', '--dataset', '/A/B-v1/AOD'], { cwd })).toMatchObject({ code: 0 });
}

it('finds a sound store sound, and names the rows of each fault that is put into it', async () => {
  await using directory = await testDirectory();
  const cwd = directory.path;
  await filled(directory);
  const sound = await runDynamo(['store', 'check'], { cwd });
  expect(sound).toMatchObject({ code: 0, stdout: expect.stringMatching(/^the store is sound at version 18 /) });

  {
    using database = new DatabaseSync(join(cwd, 'dynamo-data', 'dynamo.sqlite'));
    database.exec('pragma foreign_keys = off');
    for (const statement of [
      "insert into block_replicas select 999, site_id, null, 0, 1, 'none', null, null, null from block_replicas",
      'update blocks set size = -10',
      'insert into partial_files values (998, 1, 5)',
      'update head set next_lock = 1',
      'delete from change_parts',
      'update head set version = version + 1',
    ]) {
      database.exec(statement);
    }
  }
  const { code, stdout, stderr } = await runDynamo(['store', 'check', '--json'], { cwd });
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  const { faults } = JSON.parse(stdout) as { faults: { what: string; examples: string[] }[] };
  const found = new Map(faults.map(({ what, examples }) => [what, examples.join()]));
  expect(found.get('block replicas of no block')).toMatch(/block_id=999 site_id=\d+/);
  expect(found.get('blocks of a negative size or number of files')).toMatch(/name=one size=-10 files=1/);
  expect(found.get('files of partial block replicas that are not there')).toBe('block_id=998 site_id=1 file_id=5');
  expect(found.get('locks with a number that is yet to be given out')).toMatch(/next_lock=1/);
  expect(found.get('versions in the log without their change set')).toBe('version=18');
  expect(found.get('a log that does not begin or end where the head says')).toBe('version=19 log_start=18');
}, 120_000);

it('agrees with memory, and forgets the log that is older than it is kept', async () => {
  await using directory = await testDirectory();
  const cwd = directory.path;
  await filled(directory);
  expect(await runDynamo(['lock', 'add', '--dataset', '/B/*'], { cwd })).toMatchObject({ code: 0 });
  const verified = await runDynamo(['store', 'verify'], { cwd });
  expect(verified).toMatchObject({ code: 0, stderr: '' });
  expect(verified.stdout).toMatch(/^version 19: \d+ records compared, memory and the store agree\n$/);
  {
    using database = new DatabaseSync(join(cwd, 'dynamo-data', 'dynamo.sqlite'));
    database.exec('update changes set time = time - 200 * 86400 where version < 19');
  }
  const compacted = await runDynamo(['store', 'compact'], { cwd });
  expect(compacted.stdout).toBe(
    'forgotten: 1 version, 0 operations, 0 cycles, 0 files; the log begins at version 19\n',
  );
  expect((await runDynamo(['store', 'compact', '--json'], { cwd })).stdout).toBe(
    '{"versions":0,"operations":0,"cycles":0,"rows":0,"logStart":19}\n',
  );
  expect((await runDynamo(['store', 'check'], { cwd })).code).toBe(0);
  expect((await runDynamo(['dump', '--version', '17'], { cwd })).stderr).toMatch(/does not reach back to version 17/);
  expect((await runDynamo(['dump', '--version', '18'], { cwd })).stdout.match(/"type":"lock"/g)).toHaveLength(2);
}, 120_000);
