// A Dealer plug-in in TypeScript: whatever was read lately and is on one site only gets a second copy.
import { dumpFile, Inventory, memoryStore, readDump } from '@dynamo/core';
import {
  type DealerPlugin,
  dealerDocument,
  type Proposal,
  parseDealerConfiguration,
  planDealer,
} from '@dynamo/policies';

const DAY_SECONDS = 86_400;

function secondCopies({ readWithinDays }: { readonly readWithinDays: number }): DealerPlugin {
  return {
    name: 'second_copies',
    propose({ view, tables, now }) {
      const proposals: Proposal[] = [];
      for (const dataset of view.datasets()) {
        const lastRead = Number(dataset.attributes.last_access ?? 0);
        const replicas = [...dataset.replicas()].filter((replica) => replica.isFull).length;
        if (lastRead < now - readWithinDays * DAY_SECONDS || replicas !== 1) continue;
        const reason = `read ${Math.floor((now - lastRead) / DAY_SECONDS)} days ago, and on one site only`;
        const wanted = { blocks: null, destinations: null, group: null, rank: lastRead };
        proposals.push({ dataset: tables.datasets.find(dataset.name), ...wanted, reason });
      }
      return { proposals, conclude: (outcomes) => ({ report: { asked: outcomes.length } }) };
    },
  };
}

await using store = memoryStore();
const dump = await readDump(dumpFile(new URL('federation.ndjson', import.meta.url).pathname));
await store.inventory.baseline(dump.head, dump.records, { operations: dump.operations });
const inventory = await Inventory.open(store.inventory);
using view = inventory.view();

const plugins = [{ plugin: secondCopies({ readWithinDays: 30 }), priority: 1 }];
const configuration = parseDealerConfiguration({ partition: 'Physics', max_site_pending_fraction: 0.3, plugins: [] });
const { taken, refused } = dealerDocument(planDealer(view, { configuration, plugins, now: 1_528_600_000, seed: 7 }));
for (const { dataset, site, bytes, reason } of taken) console.log(`${dataset} -> ${site}, ${bytes} bytes: ${reason}`);
for (const { dataset, why, remedy } of refused) console.log(`${dataset} stays: ${why} (to do: ${remedy})`);
