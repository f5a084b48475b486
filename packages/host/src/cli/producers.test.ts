import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

const SITES = ['T1_TAPE', 'T2_A', 'T2_B'];
const DATASETS = ['READ', 'IDLE', 'RANKED', 'ASKED', 'RULED', 'MARKED'];
const LINES = [
  '{"type":"group","name":"G","level":"dataset"}',
  ...SITES.map((name) =>
    JSON.stringify({ type: 'site', name, storage: name === 'T1_TAPE' ? 'mss' : 'disk', status: 'ready' }),
  ),
  '{"type":"partition","name":"P","condition":"blockreplica.owner == G"}',
  ...SITES.map((site) => JSON.stringify({ type: 'quota', site, partition: 'P', bytes: 1000 })),
  ...DATASETS.map((name) => `/A/B/${name}`).flatMap((dataset) => [
    JSON.stringify({ type: 'dataset', name: dataset, status: 'valid', last_update: 1 }),
    JSON.stringify({ type: 'block', dataset, name: 'b', size: 600, files: 1, is_open: false, last_update: 1 }),
    ...SITES.slice(1).map((site) =>
      JSON.stringify({ type: 'block_replica', dataset, block: 'b', site, group: 'G', last_update: 1 }),
    ),
  ]),
];
const POLICY = `Partition P
On site.name == T2_A
When site.occupancy > 0.9
Until site.occupancy < 0.1
Protect dataset.last_access > 30 days ago
Protect dataset.my_rank < 5
Protect dataset.tape_copy_requested
Protect replica.enforcer_protected
Protect dataset.on_protected_site and dataset.name == *MARKED
Dismiss
Order decreasing dataset.usage_rank
`;
const CONFIGURATION = (endpoint: string): string => `variables:
- { name: dataset.my_rank, type: number, description: what we think of it }
- { name: replica.far_mark, type: boolean }
producers:
- { kind: accesses }
- { kind: stored, variables: [dataset.my_rank] }
- { kind: http, url: "${endpoint}", variables: [replica.far_mark], tokenFile: secret }
- { kind: protected-sites, sites: [T2_*] }
- { kind: copy-requests }
- { kind: enforcer }
dealer: { file: dealer.yaml }
`;
const DEALER = `plugins:
- { plugin: copy_requests, priority: 0 }
- plugin: enforcer
  priority: 1
  rules:
    rules:
      keep:
        destinations: [site.name == T2_A]
        sources: [always]
        num_copies: 1
        replicas: [dataset.name == /*/*/RULED]
        protect: true
`;

let directory: TestDirectory;
let server: Server;
let config: string;
const seen: (string | undefined)[] = [];
const run = (...args: string[]) => runDynamo([...args, '--config', config]);

beforeAll(async () => {
  directory = await testDirectory();
  server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('{"replica.far_mark":{"/A/B/READ":["T2_A"]}}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  await directory.write('secret', 'of the endpoint\n');
  await directory.write('dealer.yaml', DEALER);
  config = await directory.write(
    'dynamo.yaml',
    CONFIGURATION(`http://127.0.0.1:${(server.address() as AddressInfo).port}/marks`),
  );
  const dump = await directory.write('dump.ndjson', `${LINES.join('\n')}\n`);
  expect((await run('load', dump)).code).toBe(0);
}, 60_000);
afterAll(async () => {
  server.close();
  await directory[Symbol.asyncDispose]();
});

describe('producers, from the configuration to the decision', () => {
  it('are listed with what they supply', async () => {
    const { stdout } = await run('attribute', 'list');
    expect(stdout).toMatch(/dataset\.last_access +time +reported accesses/);
    expect(stdout).toMatch(/dataset\.my_rank +number +stored attributes +what we think of it/);
    expect(stdout).toMatch(/dataset\.unknown_in_all_dbs +boolean +nobody/);
  });

  it('stop a run that they have nothing for, by name', async () => {
    const policy = await directory.write('policy.txt', POLICY);
    const { code, stderr } = await run('detox', '--policy', policy);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/producer stored attributes failed: nobody has sent values of dataset\.my_rank yet/);
  });

  it('supply what was reported, sent, asked for and ruled', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const log = await directory.write(
      'log.csv',
      `dataset,site,day,accesses\n/A/B/READ,T2_B,${today},3\n/A/B/READ,T2_B,${today},1\n/A/B/IDLE,T2_A,2020-02-02,9\n`,
    );
    const reported = await run('access', 'report', log);
    expect(reported).toMatchObject({ code: 0, stderr: '' });
    expect(reported.stdout).toBe(
      `${log}: 2 records from 2020-02-02 to ${today}: accesses 13, requests 0; 1 old record forgotten\n`,
    );
    const ranks = await directory.write('ranks.csv', 'dataset,dataset.my_rank\n/A/B/RANKED,4.5\n/A/B/IDLE,5\n');
    expect((await run('attribute', 'send', ranks)).stdout).toBe('dataset.my_rank: 2 datasets\n');
    const asked = await run('request', 'copy', '--dataset', '/A/B/ASKED', '--site', 'T1_TAPE');
    expect(asked).toMatchObject({ code: 0, stderr: '' });

    const { stdout, stderr } = await run('detox', '--json', '--policy', `${directory.path}/policy.txt`);
    expect(stderr).toBe('');
    const decisions: { dataset: string; site: string; decision: string; line: number }[] = JSON.parse(stdout).decisions;
    // my_rank of a dataset without a value counts as 0: line 6 has all but IDLE.
    expect(Object.fromEntries(decisions.map(({ dataset, line }) => [dataset.slice(5), line]))).toEqual({
      ...{ READ: 5, RANKED: 6, ASKED: 6, RULED: 6, MARKED: 6, IDLE: 0 },
    });
    const without = POLICY.replace('Protect dataset.my_rank < 5\n', '');
    const policy = await directory.write('without.txt', without);
    const again = await run('detox', '--json', '--policy', policy);
    const lines = (JSON.parse(again.stdout).decisions as typeof decisions).map(({ dataset, line }) => [
      dataset.slice(5),
      line,
    ]);
    expect(Object.fromEntries(lines)).toEqual({ READ: 5, ASKED: 6, RULED: 7, MARKED: 8, IDLE: 0, RANKED: 0 });
    expect(seen.at(-1)).toBe('Bearer of the endpoint');
  });

  it.each([
    ['access', 'log.ndjson', '{"dataset":"/A","day":"2026-01-01","accesses":1}\n{"dataset":"/A"}', /:2: day: it is/],
    ['access', 'far.ndjson', '{"dataset":"/A","day":"2199-01-01","accesses":1}', /2199-01-01 is still to come/],
    ['attribute', 'ranks.json', '{"dataset.my_rnk":{}}', /did you mean `dataset\.my_rank`/],
    [
      'attribute',
      'ranks.json',
      '{"dataset.usage_rank":{}}',
      /nobody would read dataset\.usage_rank.*producers: \[\{kind: stored/,
    ],
  ])('refuses a wrong document: %s %s %s', async (command, name, text, message) => {
    const file = await directory.write(name, text);
    const { code, stderr } = await run(command, command === 'access' ? 'report' : 'send', file);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stderr).toContain(name);
  });
});
