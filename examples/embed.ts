import { Inventory, memoryStore, parseSiteName } from '@dynamo/core';

const me = { application: 'example', user: 'me' };
await using store = memoryStore();
const inventory = await Inventory.open(store.inventory);
inventory.events.on('committed', ({ version }) => console.log(`version ${version}`));

const before = inventory.view();
await inventory.update(me, (draft) => {
  const name = parseSiteName('T2_US_MIT');
  const place = { host: null, backend: null, storage: 'disk', status: 'ready', verified: true } as const;
  draft.put('site', { name, ...place, pfn: {}, lfn: {} });
});
console.log(before.site('T2_US_MIT')?.name ?? 'not there', '->', inventory.view().site('T2_US_MIT')?.name);
before.close();
