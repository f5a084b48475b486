import type { SiteRecord } from '@dynamo/core';
import { storageContract } from '@dynamo/core/testing';
import { describe, expect, it } from 'vitest';
import { testSite } from '../fixtures/site.ts';
import { createMemoryStorage } from './memory.ts';

describe('the storage contract, in memory', () => {
  const suite = storageContract(async () => {
    const storage = createMemoryStorage();
    const pfn = ({ backend }: SiteRecord, path: string): string => `${backend}/${path}`;
    return {
      ...storage,
      source: testSite('T2_A', { backend: 'memory://a' }),
      destination: testSite('T2_B', { backend: 'memory://b' }),
      pfn,
      write: async (site, path, bytes) => void storage.files.set(pfn(site, path), bytes),
      read: async (site, path) => storage.files.get(pfn(site, path)) ?? null,
      [Symbol.asyncDispose]: async () => undefined,
    };
  });
  for (const { name, run } of suite) it(name, run);
});

describe('the storage contract', () => {
  it('fails for a back-end that does not verify what it copies', async () => {
    const storage = createMemoryStorage();
    const careless = { ...storage.transfers, ...carelessTransfer(storage.files) };
    const suite = storageContract(async () => ({
      ...storage,
      transfers: careless,
      source: testSite('T2_A', { backend: 'memory://a' }),
      destination: testSite('T2_B', { backend: 'memory://b' }),
      pfn: ({ backend }, path) => `${backend}/${path}`,
      write: async ({ backend }, path, bytes) => void storage.files.set(`${backend}/${path}`, bytes),
      read: async ({ backend }, path) => storage.files.get(`${backend}/${path}`) ?? null,
      [Symbol.asyncDispose]: async () => storage.files.clear(),
    }));
    const broken: string[] = [];
    for (const { name, run } of suite) await run().catch(() => broken.push(name));
    expect(broken).toContain('a source of the wrong size or checksum is told as such, and leaves nothing behind');
    expect(broken).toContain('nothing is copied for a claim that was lost');
    expect(broken).not.toContain('an empty site has an empty listing');
  });
});

function carelessTransfer(
  files: Map<string, Uint8Array>,
): Pick<ReturnType<typeof createMemoryStorage>['transfers'], 'transfer'> {
  return {
    async *transfer(tasks) {
      for (const { id, source, destination } of tasks) {
        files.set(destination.pfn, files.get(source.pfn) ?? new Uint8Array());
        yield { id, ok: true, detail: 'copied' };
      }
    },
  };
}
