import { isDynamoError } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { defaultConfiguration, parseConfiguration, readConfiguration } from './read-configuration.ts';

describe('reading the configuration', () => {
  it('is safe without a file: SQLite below the working directory, loopback, nothing deleted', () => {
    const configuration = defaultConfiguration('/srv');
    expect(configuration).toMatchObject({
      file: null,
      dataDirectory: '/srv/dynamo-data',
      database: { kind: 'sqlite', file: '/srv/dynamo-data/dynamo.sqlite' },
      server: { host: '127.0.0.1', tokenFile: '/srv/dynamo-data/token' },
      detox: { policies: [] },
      consistency: { act: false },
    });
  });

  it('takes an empty file for the default', () => {
    expect(parseConfiguration('', '/srv/dynamo.yaml')).toEqual({
      ...defaultConfiguration('/srv'),
      file: '/srv/dynamo.yaml',
    });
  });

  it('takes JSON and YAML alike, with paths relative to the file', () => {
    const yaml = 'dataDirectory: state\ndetox:\n  policies: [policies/Physics.txt]\n';
    const json = '{"dataDirectory":"state","detox":{"policies":["policies/Physics.txt"]}}';
    const read = parseConfiguration(yaml, '/etc/dynamo/dynamo.yaml');
    expect(read).toMatchObject({
      dataDirectory: '/etc/dynamo/state',
      detox: { policies: [{ file: '/etc/dynamo/policies/Physics.txt', sha256: null }] },
    });
    expect({ ...parseConfiguration(json, '/etc/dynamo/dynamo.json'), file: read.file }).toEqual(read);
  });

  it('lists every fault with its place', () => {
    const text = [
      'server:',
      '  host: 0.0.0.0',
      '  prot: 1',
      'detox:',
      '  intervalSeconds: 0',
      'fileOperations: { parallel: many }',
      'nonsense: 1',
    ].join('\n');
    expect(faultsOf(text)).toEqual([
      'd.yaml:2: server.host: only loopback addresses are served (127.0.0.1, ::1, localhost): put a proxy with TLS in front',
      'd.yaml:3: server.prot: unknown key (did you mean port?)',
      'd.yaml:5: detox.intervalSeconds: too small: expected number to be >=1',
      'd.yaml:6: fileOperations.parallel: invalid input: expected number, received string',
      expect.stringMatching(/^d\.yaml:7: nonsense: unknown key \(known: dataDirectory, /),
    ]);
  });

  it('wants the digest of a policy that is a program', () => {
    const sha256 = 'ab'.repeat(32);
    const { detox } = parseConfiguration(
      `detox: { policies: [a.txt, { file: b.ts, sha256: ${sha256} }, { file: c.txt, test: true }] }`,
      '/x/d.yaml',
    );
    expect(detox.policies).toEqual([
      { file: '/x/a.txt', sha256: null },
      { file: '/x/b.ts', sha256 },
      { file: '/x/c.txt', sha256: null, test: true },
    ]);
    expect(faultsOf('detox: { policies: [a.ts, { file: b.txt, sha: x }, { file: c.ts, sha256: 12 }, ""] }')).toEqual([
      'd.yaml:1: detox.policies[0]: a policy in TypeScript is a program: {file, sha256}, with the digest that `dynamo policy check` prints',
      'd.yaml:1: detox.policies[1].sha: unknown key (known: file, sha256, test)',
      'd.yaml:1: detox.policies[2].sha256: invalid input: expected string, received number',
      'd.yaml: detox.policies[3].file: too small: expected string to have >=1 characters',
    ]);
  });

  it('refuses what is not YAML, and a key given twice', () => {
    expect(faultsOf('server: [1')).toEqual([expect.stringMatching(/^d\.yaml:1: /)]);
    expect(faultsOf('detox: {}\ndetox: {}')).toEqual(['d.yaml:2: Map keys must be unique']);
    expect(faultsOf('- 1')).toEqual(['d.yaml:1: invalid input: expected object, received array']);
  });

  it('says which file cannot be read', async () => {
    await expect(readConfiguration('/nonexistent/dynamo.yaml')).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/^\/nonexistent\/dynamo\.yaml: the configuration cannot be read \(ENOENT/),
    });
  });
});

function faultsOf(text: string): readonly string[] {
  try {
    parseConfiguration(text, 'd.yaml');
  } catch (error) {
    if (isDynamoError(error, 'invalid-input')) return error.message.split('\n');
    throw error;
  }
  throw new Error('no fault was found');
}
