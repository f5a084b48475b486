// The inventory alone, without a database: load a dump, ask three questions, change something, follow the events.
import { dumpFile, Inventory, memoryStore, parseDatasetName, parseSiteName, readDump } from '@dynamo/core';

const me = { application: 'example', user: 'me' };
await using store = memoryStore();
const dump = await readDump(dumpFile(process.argv[2] ?? new URL('small.ndjson', import.meta.url).pathname));
await store.inventory.baseline(dump.head, dump.records, { operations: dump.operations });
const inventory = await Inventory.open(store.inventory);

{
  using view = inventory.view();
  // How full is each site?
  for (const site of view.sites()) {
    const { physical, quota, occupancy } = site.usage('Physics');
    console.log(`${site.name}: ${physical} of ${quota ?? 'unstated'} bytes, ${(100 * occupancy).toFixed(1)} %`);
  }
  // Which blocks have one complete copy only?
  for (const dataset of view.datasets()) {
    const single = [...dataset.blocks()].filter((block) => block.completeCopies === 1);
    if (single.length > 0) console.log(`${dataset.name}: ${single.length} of its blocks have one copy`);
  }
  // What is whole at T2_US_MIT?
  const whole = [...(view.site('T2_US_MIT')?.datasetReplicas() ?? [])].filter((replica) => replica.isFull);
  console.log(`whole at T2_US_MIT: ${whole.map((replica) => replica.dataset.name).join(', ')}`);
}

const heard = Promise.withResolvers<void>();
inventory.events.on('committed', ({ version, operations }) => {
  console.log(`version ${version} opened ${operations.length} copies`);
  heard.resolve();
});
await inventory.update(me, (draft) => {
  const dataset = parseDatasetName('/Muons/Run2018A-v1/AOD');
  for (const block of draft.dataset(dataset)?.blocks() ?? []) {
    const replica = { dataset, block: block.name, site: parseSiteName('T2_US_MIT') };
    draft.openCopy(replica, { group: null, reason: { source: 'operator', text: 'wanted at MIT' } });
  }
});
await heard.promise;
