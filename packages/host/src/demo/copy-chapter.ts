/** Someone asks for copies; the Dealer takes the request up, the files are copied, and the request ends. */
import type { RequestRecord } from '@dynamo/core';
import type { DealerDocument } from '@dynamo/policies';
import { countOf, formatBytes } from '../cli/format.ts';
import { commitDealer } from '../services/dealer.ts';
import { listRequests, requestCopy, showRequest } from '../services/requests.ts';
import { carryOutOperations } from './carry-out-operations.ts';
import { DEMO_USER, type DemoContext } from './demo-context.ts';
import type { OrderedCopies } from './expected-files.ts';
import type { Federation } from './federation.ts';
import { countFiles } from './set-up.ts';
import { DEMO_GROUPS } from './vocabulary.ts';

const DESTINATION = 'T2_US_Charles';
const DATASETS = 6;
/** One to order the copies, one to see that they are there, and some to spare where a limit holds some of them back. */
const MAX_CYCLES = 5;

/** Datasets that are on tape, so that no deletion can take their last good copy, and were never at the destination. */
export function orderedCopies({ datasets }: Federation): OrderedCopies {
  const chosen = datasets.filter(
    ({ partition, status, sites }) =>
      partition === 'Production' &&
      status === 'valid' &&
      sites.includes('T1_CH_North_Tape') &&
      !sites.includes(DESTINATION),
  );
  return { site: DESTINATION, datasets: chosen.slice(0, DATASETS) };
}

export async function copyChapter(context: DemoContext, { site, datasets }: OrderedCopies): Promise<RequestRecord> {
  const { application, federation, story, signal } = context;
  const writing = { user: DEMO_USER, signal };
  const wanted = {
    datasets: datasets.map(({ name }) => name),
    sites: [site],
    copies: null,
    group: DEMO_GROUPS.Production,
  };
  let request = (await listRequests(application))[0] ?? (await requestCopy(application, wanted, writing));
  story.say(
    `Request ${request.id}: ${countOf(datasets.length, 'dataset')} are wanted at ${site}. The Dealer finds room for them there:`,
  );
  for (let cycle = 0; cycle < MAX_CYCLES && (request.state === 'new' || request.state === 'active'); cycle += 1) {
    await commitDealer(application, { now: federation.now + cycle, seed: federation.seed }, writing);
    await carryOutOperations(context, 'copies');
    request = await showRequest(application, request.id);
  }
  await tellDealt(context);
  const copies = datasets.map((dataset) => ({ ...dataset, sites: [site] }));
  const { physical, bytes } = countFiles(copies);
  story.say(
    `${countOf(physical, 'file')} (${formatBytes(bytes)}) were copied, each verified by its adler32 on the way.`,
  );
  story.say(`Request ${request.id} is ${request.state}: ${request.reason}.`);
  return request;
}

/** What the Dealer's cycles took up, from the history. */
async function tellDealt({ application: { store }, story }: DemoContext): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const { cycle } of (await store.history.cycles({ planner: 'dealer' })).toReversed()) {
    const record = await store.history.cycle(cycle);
    if (record === null) continue;
    const { plan } = JSON.parse(record.document) as { readonly plan: DealerDocument };
    for (const { dataset, site, bytes, copied, reason } of plan.taken) {
      rows.push([dataset, site, copied, formatBytes(bytes), reason]);
    }
  }
  story.table(
    [
      { title: 'dataset' },
      { title: 'goes to' },
      { title: 'blocks', align: 'right' },
      { title: 'bytes', align: 'right' },
      { title: 'because of' },
    ],
    rows,
  );
}
