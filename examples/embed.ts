import { readFileSync } from 'node:fs';
import { diagnosticsError, dumpFile, Inventory, memoryStore, readDump } from '@dynamo/core';
import { detoxPlan, listDecisions, planDetox, readPolicy } from '@dynamo/policies';

await using store = memoryStore();
const dump = await readDump(dumpFile(`${import.meta.dirname}/federation.ndjson`));
await store.inventory.baseline(dump.head, dump.records);
const inventory = await Inventory.open(store.inventory);

const [now, text] = [Date.now() / 1000, readFileSync(`${import.meta.dirname}/physics-policy.txt`, 'utf8')];
const policy = readPolicy(text, { nowSeconds: now });
if (!policy.ok) throw diagnosticsError(policy.diagnostics, text);

using view = inventory.view();
const plan = planDetox(view, { policy: policy.value, now });
for (const { site, decision, dataset, by } of listDecisions(plan)) console.log(site, decision, dataset, by);
const { version, result } = await inventory.carryOut(detoxPlan(plan), { application: 'detox', user: 'me' });
console.log(`version ${version}: ${result.done.length} deletion opened, ${result.dropped.length} dropped`);
