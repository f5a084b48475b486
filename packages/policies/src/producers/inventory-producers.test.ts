import {
  type AttributeColumn,
  type AttributeProducer,
  memoryStore,
  type RequestRecord,
  replicaVariables,
} from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { NOON, small } from '../testing-fixtures/small-federation.ts';
import { viewOf } from '../testing-fixtures/view-of.ts';
import { copyRequestProducer } from './copy-request-producer.ts';
import { loadAttributes } from './load-attributes.ts';
import { protectedSites } from './protected-sites.ts';
import { standardVariable } from './standard-variable.ts';
import { storedAttributes } from './stored-attributes.ts';

const records = small({
  sites: { D1: {}, D2: {}, T1: {} },
  data: { '/A/x/AOD': { b: 'D1 D2' }, '/B/x/AOD': { c: 'D2' }, '/C/x/AOD': { d: 'T1' } },
});

async function load(...producers: AttributeProducer[]): Promise<Record<string, string[]>> {
  using view = await viewOf(records);
  const columns = await loadAttributes(view, producers, { now: NOON });
  return Object.fromEntries(Array.from(columns, ([name, column]) => [name, [...column.keys()].sort()]));
}

describe('protectedSites', () => {
  it('says which datasets are at one of them', async () => {
    expect(await load(protectedSites(['D1']))).toEqual({ 'dataset.on_protected_site': ['/A/x/AOD'] });
    expect(await load(protectedSites(['D*']))).toEqual({ 'dataset.on_protected_site': ['/A/x/AOD', '/B/x/AOD'] });
    expect(await load(protectedSites([]))).toEqual({ 'dataset.on_protected_site': [] });
  });

  it('fails for a site that is not there, or a glob that means none', async () => {
    await expect(load(protectedSites(['D1', 'D9', 'X*']))).rejects.toThrow(
      'producer protected sites failed: there is no site D9; no site matches X*',
    );
  });
});

describe('copyRequestProducer', () => {
  const request = (wanted: Partial<RequestRecord>): RequestRecord =>
    ({
      ...{ id: 1, kind: 'copy', datasets: [], sites: ['D*'], copies: null, group: null, state: 'new' },
      ...{ user: 'u', createdAt: 0, updatedAt: 0, reason: '' },
      ...wanted,
    }) as RequestRecord;

  it('says what is asked for and not there yet, and what of it on tape', async () => {
    const requests = [
      request({ datasets: ['/A/*'] }),
      request({ datasets: ['/B/x/AOD#c'], sites: ['T1'], state: 'active' } as Partial<RequestRecord>),
      request({ datasets: ['/C/x/AOD'], state: 'done' }),
      request({ datasets: ['/no/such'], sites: ['nowhere'] } as Partial<RequestRecord>),
    ];
    expect(await load(copyRequestProducer(async () => requests))).toEqual({
      'dataset.unhandled_copy_exists': ['/A/x/AOD', '/B/x/AOD'],
      'dataset.tape_copy_requested': ['/B/x/AOD'],
    });
  });
});

describe('storedAttributes', () => {
  const rank = standardVariable('dataset.usage_rank');

  it('supplies what was sent last, and fails where nothing ever was or it is too old', async () => {
    const { attributes } = memoryStore();
    await expect(load(storedAttributes(attributes, [rank]))).rejects.toThrow(
      /nobody has sent values of dataset\.usage/,
    );
    await attributes.put(rank.name, { values: new Map([['/A/x/AOD', 3]]), time: NOON - 100 });
    expect(await load(storedAttributes(attributes, [rank]))).toEqual({ 'dataset.usage_rank': ['/A/x/AOD'] });
    await expect(load(storedAttributes(attributes, [rank], { maxAgeSeconds: 99 }))).rejects.toThrow(/too long ago/);
  });
});

describe('a producer that supplies nonsense', () => {
  it.each([
    ['dataset.usage_rank', Number.NaN, /supplied NaN as dataset\.usage_rank of \/A: it is a number/],
    ['dataset.usage_rank', Number.POSITIVE_INFINITY, /supplied Infinity/],
    ['dataset.last_access', '2026-01-01', /supplied "2026-01-01" as dataset\.last_access/],
    ['dataset.on_protected_site', ['D1'], /supplied \["D1"\] as dataset\.on_protected_site/],
    ['replica.enforcer_protected', 1, /supplied 1 as replica\.enforcer_protected/],
  ])('stops the run: %s is %j', async (name, value, message) => {
    const variable = replicaVariables().get(name);
    const column = new Map([['/A', value]]) as unknown as AttributeColumn;
    const producer: AttributeProducer = {
      ...{ name: 'wild', provides: variable === undefined ? [] : [variable] },
      load: async () => new Map([[name, column]]),
    };
    await expect(load(producer)).rejects.toThrow(message);
  });
});
