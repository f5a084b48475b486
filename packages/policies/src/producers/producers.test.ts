import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AttributeProducer, isDynamoError } from '@dynamo/core';
import { afterAll, describe, expect, it } from 'vitest';
import { viewOf } from '../testing-fixtures/view-of.ts';
import { attributeFile } from './attribute-file.ts';
import { loadAttributes } from './load-attributes.ts';

const now = 1_767_225_600;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function file(name: string, content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'attributes-'));
  folders.push(folder);
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function load(name: string, content: unknown): Promise<Record<string, Record<string, unknown>>> {
  using view = await viewOf([]);
  const columns = await loadAttributes(view, [await attributeFile({ path: file(name, content) })], { now });
  return Object.fromEntries([...columns].map(([variable, column]) => [variable, Object.fromEntries(column)]));
}

async function faultOf(name: string, content: unknown): Promise<string> {
  try {
    await load(name, content);
    return 'none';
  } catch (error) {
    expect(isDynamoError(error, 'invalid-input')).toBe(true);
    return (error as Error).message.replace(/\S+\//, '');
  }
}

describe('attributeFile', () => {
  it('reads JSON: variable, dataset, value', async () => {
    const content = {
      'dataset.usage_rank': { '/A': 12.5, '/B': 0 },
      'dataset.last_access': { '/A': '2025-01-01', '/B': 7 },
      'replica.enforcer_protected': { '/A': ['T2_US_MIT'], '/B': true },
    };
    expect(await load('a.json', content)).toEqual({
      ...content,
      'dataset.last_access': { '/A': Date.UTC(2025, 0, 1) / 1000, '/B': 7 },
    });
  });

  it('reads a table: an empty field is no value', async () => {
    const table = [
      'dataset,dataset.usage_rank,replica.enforcer_protected,dataset.on_protected_site',
      '/A,12.5,T2_A; T2_B,true',
      '"/B,""1""",,,false',
      '',
    ].join('\r\n');
    expect(await load('a.csv', table)).toEqual({
      'dataset.usage_rank': { '/A': 12.5 },
      'replica.enforcer_protected': { '/A': ['T2_A', 'T2_B'] },
      'dataset.on_protected_site': { '/A': true, '/B,"1"': false },
    });
  });

  it.each([
    ['a.json', '{', /a\.json: it is not JSON/],
    ['a.json', [], /a\.json: \$: an object belongs here/],
    [
      'a.json',
      { 'dataset.usage_rnk': {} },
      /there is no variable `dataset\.usage_rnk` \(did you mean `dataset\.usage_rank`\?\)/,
    ],
    ['a.json', { 'dataset.status': {} }, /`dataset\.status` comes from the inventory/],
    ['a.json', { 'dataset.usage_rank': { '/A': 'x' } }, /"x" is not a value of dataset\.usage_rank \(it is a number\)/],
    ['a.json', { 'dataset.on_protected_site': { '/A': ['T2'] } }, /is not a value of dataset\.on_protected_site/],
    ['a.csv', 'name\n', /a\.csv:1: the table has no column `dataset`/],
    ['a.csv', 'dataset,dataset.usage_rank\n/A\n', /a\.csv:2: 1 fields, and the header has 2/],
    ['a.csv', 'dataset,dataset.usage_rank\n/A,1\n/A,2\n', /a\.csv:3: \/A has a row already/],
    ['a.csv', 'dataset,dataset.usage_rank\n"/A,1\n', /a\.csv:2:1: a quote is not closed/],
    ['a.csv', 'dataset,dataset.usage_rank\n/A,NaN\n', /"NaN" is not a value/],
  ])('refuses %s: %j', async (name, content, message) => {
    expect(await faultOf(name, content)).toMatch(message);
  });
});

describe('loadAttributes', () => {
  it('names the producer that fails', async () => {
    using view = await viewOf([]);
    const failing: AttributeProducer = {
      name: 'popularity',
      provides: [],
      load: () => Promise.reject(new Error('connection refused')),
    };
    await expect(loadAttributes(view, [failing], { now })).rejects.toThrow(
      'producer popularity failed: connection refused',
    );
  });

  it('insists on all that a producer provides', async () => {
    using view = await viewOf([]);
    const full = await attributeFile({ path: file('a.json', { 'dataset.usage_rank': {} }) });
    const lazy: AttributeProducer = { ...full, name: 'lazy', load: async () => new Map() };
    await expect(loadAttributes(view, [lazy], { now })).rejects.toThrow('lazy did not supply dataset.usage_rank');
  });
});
