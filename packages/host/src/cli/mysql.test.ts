import { chmod } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../../../scripts/components.ts';
import { MARIADB, type MariaDb, startMariaDb } from '../store/fixtures/mariadb.ts';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const DOCUMENT = {
  site: [
    { name: 'T2_A', storage_type: 'disk', status: 'ready' },
    { name: 'T2_B', storage_type: 'disk', status: 'ready' },
  ],
  group: [{ name: 'G', olevel: 'Dataset' }],
  dataset: [
    {
      name: '/A/B-v1/AOD',
      status: 'valid',
      blocks: [{ name: 'one', files: [{ name: '/store/a.root', size: 10, site: 'T2_A' }] }],
    },
  ],
  datasetreplica: [{ dataset: '/A/B-v1/AOD', site: 'T2_A', group: 'G' }],
};

describeWith(MARIADB, 'the host on MariaDB', () => {
  let server: MariaDb;
  let directory: TestDirectory;

  beforeAll(async () => {
    server = await startMariaDb();
    directory = await testDirectory();
    await server.execute(
      "create database dynamo; create user dynamo@'127.0.0.1' identified by 'pass phrase'; grant all on dynamo.* to dynamo@'127.0.0.1'",
    );
    await directory.write('password', 'pass phrase\n');
    await chmod(`${directory.path}/password`, 0o600);
  }, 60_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  const configure = (database: object = {}): Promise<string> =>
    directory.write(
      'dynamo.json',
      JSON.stringify({
        database: {
          ...{ kind: 'mysql', addresses: [`127.0.0.1:${server.port}`], database: 'dynamo', user: 'dynamo' },
          ...{ passwordFile: 'password', leaseSilenceSeconds: 1, ...database },
        },
      }),
    );

  it('keeps what was injected, for the next command, at whichever address answers', { timeout: 60_000 }, async () => {
    const document = await directory.write('document.json', JSON.stringify(DOCUMENT));
    const config = await configure();
    expect(await runDynamo(['inject', document, '--config', config])).toMatchObject({ code: 0, stderr: '' });
    const elsewhere = await configure({ addresses: ['127.0.0.1:1', `127.0.0.1:${server.port}`] });
    const { stdout, stderr } = await runDynamo(['status', '--json', '--config', elsewhere]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, counts: { datasets: 1, blocks: 1, blockReplicas: 1 } });
    const again = await runDynamo(['inject', document, '--config', elsewhere]);
    expect(again.stdout).toMatch(/nothing that was not there before/);
  });

  it('is one writer at a time, and says who', { timeout: 60_000 }, async () => {
    const config = await configure();
    let refusal = '';
    const serving = await runDynamo(['serve', '--config', config], {
      cwd: directory.path,
      onOutput(text, child) {
        if (!text.includes('http://') || refusal !== '') return;
        refusal = 'asked';
        void runDynamo(['lock', 'add', '--dataset', '*', '--config', config]).then(({ code, stderr }) => {
          refusal = `${code}: ${stderr}`;
          child.kill('SIGTERM');
        });
      },
    });
    expect(serving.code).toBe(0);
    expect(refusal).toMatch(/^[1-9]: dynamo: dynamo serve \(process \d+ on .*\) writes to this store: go through it/);
  });

  const faults: [string, () => object, number, RegExp][] = [
    [
      'a wrong password',
      () => ({ passwordFile: null }),
      1,
      /refuses the user or the password: check the configuration/,
    ],
    ['an unknown database', () => ({ database: 'nowhere' }), 1, /refuses the user|there is no such database/],
    ['no server', () => ({ addresses: ['127.0.0.1:1'] }), 1, /127\.0\.0\.1:1\): the database cannot be opened/],
    ['no TLS', () => ({ tls: {} }), 1, /offers no TLS, or a certificate that is not trusted/],
    ['a bad address', () => ({ addresses: ['db:99999'] }), 2, /addresses\[0\]: expected host or host:port/],
    ['a kind that is not there', () => ({ kind: 'postgres' }), 2, /expected kind: sqlite, or kind: mysql/],
  ];
  it.each(faults)('says in one line what is wrong: %s', async (_what, database, expected, message) => {
    const { code, stderr, stdout } = await runDynamo(['status', '--config', await configure(database())]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  });

  it('does not use a password that others can read', async () => {
    await chmod(await directory.write('open', 'pass phrase'), 0o644);
    const { code, stderr } = await runDynamo(['status', '--config', await configure({ passwordFile: 'open' })]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /the file with the database's password, .*open, can be read or written by others: chmod 600/,
    );
  });
});
