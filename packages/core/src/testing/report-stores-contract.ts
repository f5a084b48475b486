/** What every store of what others report (accesses, attributes) must do. */
import assert from 'node:assert/strict';
import type { AttributeValue } from '../model/records.ts';
import type { AccessRecord } from '../seams/access-store.ts';
import type { Store } from '../seams/store.ts';
import { type ContractCheck, storeCheck } from './contract-check.ts';

type StoreUnderTest = Pick<Store, 'accesses' | 'attributes' | 'close'>;

/** `make` gives an empty store that may write, anew for each check. */
export function reportStoresContract(make: () => Promise<StoreUnderTest>): readonly ContractCheck[] {
  const check = (name: string, body: (store: StoreUnderTest) => Promise<void>): ContractCheck =>
    storeCheck(make, name, body);

  return [
    check('keeps the last report of each dataset, site and day', async ({ accesses }) => {
      await accesses.put([access('/a', 'S', 10, 1), access('/a', 'S', 11, 2), access('/A', 'S', 10, 3)]);
      await accesses.put([access('/a', 'S', 10, 7), access('/a', '', 10, 0, 5)]);
      assert.deepEqual(
        await all(accesses.read({ fromDay: 0 })),
        ordered([
          access('/a', 'S', 10, 7),
          access('/a', 'S', 11, 2),
          access('/A', 'S', 10, 3),
          access('/a', '', 10, 0, 5),
        ]),
      );
      assert.deepEqual(await all(accesses.read({ fromDay: 11 })), [access('/a', 'S', 11, 2)]);
      await accesses.put([]);
    }),

    check('takes many, and purges those before a day', async ({ accesses }) => {
      const many = Array.from({ length: 3000 }, (_, i) => access(`/d${i % 1500}`, 'S', i < 1500 ? 1 : 2, i));
      await accesses.put(many);
      await accesses.put([access('/old', 'S', 0, 1)]);
      assert.equal(await accesses.purge(2), 1501);
      assert.equal(await accesses.purge(2), 0);
      assert.deepEqual(await all(accesses.read({ fromDay: 0 })), ordered(many.slice(1500)));
    }),

    check('keeps names as they are, however long', async ({ accesses, attributes }) => {
      const name = `/${'ä'.repeat(511)}`;
      await accesses.put([access(name, 'ß'.repeat(64), 1, 1), access(`${name.slice(1)}/`, 'x', 1, 1)]);
      assert.equal((await all(accesses.read({ fromDay: 0 }))).length, 2);
      await attributes.put('dataset.x', { time: 1, values: new Map([[name, 'é']]) });
      assert.deepEqual((await attributes.read('dataset.x'))?.values, new Map([[name, 'é']]));
    }),

    check('replaces the values of one variable at a time', async ({ attributes }) => {
      assert.equal(await attributes.read('dataset.x'), null);
      const values = new Map<string, AttributeValue>([
        ['/a', 1.5],
        ['/A', 'text'],
        ['/b', true],
        ['/c', ['S', 'T']],
      ]);
      await attributes.put('dataset.x', { time: 5, values });
      await attributes.put('dataset.X', { time: 6, values: new Map([['/a', 2]]) });
      assert.deepEqual(await attributes.read('dataset.x'), { time: 5, values });
      await attributes.put('dataset.x', { time: 7, values: new Map([['/c', 0]]) });
      assert.deepEqual(await attributes.read('dataset.x'), { time: 7, values: new Map([['/c', 0]]) });
      await attributes.put('dataset.x', { time: 8, values: new Map() });
      assert.deepEqual(await attributes.read('dataset.x'), { time: 8, values: new Map() });
      assert.deepEqual(await attributes.read('dataset.X'), { time: 6, values: new Map([['/a', 2]]) });
    }),
  ];
}

function access(dataset: string, site: string, day: number, accesses: number, requests = 0): AccessRecord {
  return { dataset, site, day, accesses, requests };
}

async function all(batches: AsyncIterable<readonly AccessRecord[]>): Promise<AccessRecord[]> {
  const records: AccessRecord[] = [];
  for await (const batch of batches) records.push(...batch);
  return ordered(records);
}

function ordered(records: readonly AccessRecord[]): AccessRecord[] {
  const key = ({ dataset, site, day }: AccessRecord): string => `${dataset} ${site} ${day}`;
  return records.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
