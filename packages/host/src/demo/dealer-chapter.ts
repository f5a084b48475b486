/**
 * Someone asks for copies, someone writes a rule, and a site is given up: one Dealer cycle orders what all three need,
 * the files are copied, and the next one sees that it is done.
 */
import type { RequestRecord, RuleRecord } from '@dynamo/core';
import { type DealerConfiguration, type DealerDocument, parseDealerConfiguration } from '@dynamo/policies';
import { parse as parseYaml } from 'yaml';
import { countOf, formatBytes } from '../cli/format.ts';
import type { Application } from '../services/application.ts';
import { commitDealer } from '../services/dealer.ts';
import { listRequests, requestCopy, showRequest } from '../services/requests.ts';
import { addRule, listRules, type NewRule, previewRule } from '../services/rules.ts';
import { carryOutOperations } from './carry-out-operations.ts';
import { DEMO_USER, type DemoContext } from './demo-context.ts';
import { DEALER_TEXT, readDemoText } from './demo-directory.ts';
import type { OrderedCopies } from './expected-files.ts';
import type { Federation, FederationDataset } from './federation.ts';
import { countFiles } from './set-up.ts';
import { DEMO_GROUPS } from './vocabulary.ts';

const DESTINATION = 'T2_US_Charles';
const DATASETS = 6;
/** One to order everything, one to see that it is there, and some to spare. */
const MAX_CYCLES = 5;

export const DEMO_RULE: NewRule = {
  datasets: ['/JetMET/*/NANOAOD'],
  sites: ['T2_*'],
  copies: 2,
  group: DEMO_GROUPS.Analysis,
  until: null,
};

/** What the Dealer led to. */
export interface Dealt {
  readonly request: RequestRecord;
  readonly rule: RuleRecord;
  /** Plans of its cycles, the first one first. */
  readonly plans: readonly DealerDocument[];
}

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

export async function dealerChapter(context: DemoContext, ordered: OrderedCopies): Promise<Dealt> {
  const { application, federation, story, signal } = context;
  let request = await makeRequest(context, ordered);
  let rule = await makeRule(context);
  const givenUp = federation.sites.filter(({ status }) => status === 'morgue').map(({ name }) => name);
  story.say(`And ${givenUp.join(', ')} is in the morgue: what has no copy elsewhere has to come away from it.`);
  const configuration = await demoDealerConfiguration();
  let plans = await plansOf(application);
  for (let cycle = plans.length; cycle < MAX_CYCLES && !isDone(request, rule); cycle += 1) {
    const run = { configuration, now: federation.now + cycle, seed: federation.seed };
    await commitDealer(application, run, { user: DEMO_USER, signal });
    await carryOutOperations(context, 'copies');
    request = await showRequest(application, request.id);
    rule = await findRule(application, rule);
    plans = await plansOf(application);
  }
  tellReasons(plans, context);
  tellEvacuation(plans, context);
  const { physical, bytes } = countFiles(copiesOf(federation, plans));
  story.say(
    `${countOf(physical, 'file')} (${formatBytes(bytes)}) were copied, each verified by its adler32 on the way.`,
  );
  story.say(`Request ${request.id} is ${request.state}: ${request.reason}.`);
  story.say(`Rule ${rule.id} stands; ${rule.reason}.`);
  return { request, rule, plans };
}

/** What the plans copy, as datasets with the blocks that go, and where. */
export function copiesOf({ datasets }: Federation, plans: readonly DealerDocument[]): readonly FederationDataset[] {
  const byName = new Map(datasets.map((dataset) => [dataset.name, dataset]));
  return plans.flatMap(({ taken }) =>
    taken.flatMap(({ dataset: name, site, copied, blocks: listed, bytes }): FederationDataset[] => {
      const dataset = byName.get(name);
      if (dataset === undefined || copied === 0) return [];
      const blocks = dataset.blocks.filter((block) => listed === undefined || listed.includes(block.name));
      return [{ ...dataset, blocks, sites: [site], size: bytes }];
    }),
  );
}

async function makeRequest(
  { application, story, signal }: DemoContext,
  { site, datasets }: OrderedCopies,
): Promise<RequestRecord> {
  const wanted = {
    datasets: datasets.map(({ name }) => name),
    sites: [site],
    copies: null,
    group: DEMO_GROUPS.Production,
  };
  const known = (await listRequests(application, { kind: 'copy' }))[0];
  const request = known ?? (await requestCopy(application, wanted, { user: DEMO_USER, signal }));
  story.say(`Request ${request.id}: ${countOf(datasets.length, 'dataset')} are wanted at ${site}.`);
  return request;
}

async function makeRule({ application, story, signal }: DemoContext): Promise<RuleRecord> {
  const writing = { user: DEMO_USER, signal };
  let rule = (await listRules(application))[0];
  if (rule === undefined) {
    const { copies, bytes } = await previewRule(application, DEMO_RULE, writing);
    story.say(`A rule is priced before it is made: ${countOf(copies, 'dataset')} to copy, ${formatBytes(bytes)}.`);
    rule = await addRule(application, DEMO_RULE, writing);
  }
  const { datasets, sites, copies } = DEMO_RULE;
  story.say(`Rule ${rule.id}: keep ${copies} copies of ${datasets.join(', ')} at ${sites.join(', ')}, for ever.`);
  return rule;
}

async function findRule(application: Application, { id }: RuleRecord): Promise<RuleRecord> {
  const rule = (await listRules(application)).find((each) => each.id === id);
  if (rule === undefined) throw new Error(`rule ${id} is not there any more`);
  return rule;
}

function isDone(request: RequestRecord, rule: RuleRecord): boolean {
  return request.state !== 'new' && request.state !== 'active' && rule.progress?.state === 'satisfied';
}

async function demoDealerConfiguration(): Promise<DealerConfiguration> {
  const { file, text } = await readDemoText(DEALER_TEXT);
  return parseDealerConfiguration(parseYaml(text), { file });
}

async function plansOf({ store }: Application): Promise<readonly DealerDocument[]> {
  const plans: DealerDocument[] = [];
  for (const { cycle } of (await store.history.cycles({ planner: 'dealer' })).toReversed()) {
    const record = await store.history.cycle(cycle);
    if (record !== null) plans.push((JSON.parse(record.document) as { readonly plan: DealerDocument }).plan);
  }
  return plans;
}

/** What was ordered, by reason and destination, and what was not, and why. */
function tellReasons(plans: readonly DealerDocument[], { story }: DemoContext): void {
  const byReason = new Map<string, { readonly cells: readonly [string, string]; datasets: number; bytes: number }>();
  for (const { reason, site, bytes } of plans.flatMap(({ taken }) => taken)) {
    const key = `${reason} ${site}`;
    const known = byReason.get(key) ?? { cells: [reason, site], datasets: 0, bytes: 0 };
    byReason.set(key, { ...known, datasets: known.datasets + 1, bytes: known.bytes + bytes });
  }
  story.paragraph('The Dealer finds room for all of it:');
  story.table(
    [
      { title: 'because' },
      { title: 'goes to' },
      { title: 'datasets', align: 'right' },
      { title: 'bytes', align: 'right' },
    ],
    [...byReason.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { cells, datasets, bytes }]) => [...cells, datasets, formatBytes(bytes)]),
  );
  for (const { wanted, dataset, why, remedy } of plans[0]?.refused ?? []) {
    story.say(`not ordered: ${dataset} (${wanted}): ${why}; to do: ${remedy}`);
  }
}

interface EvacuationReport {
  readonly sites: readonly {
    readonly site: string;
    readonly bytes: number;
    readonly safe: number;
    readonly missing: number;
    readonly ordered_now: number;
    readonly seconds_left: number;
  }[];
}

function tellEvacuation(plans: readonly DealerDocument[], { story }: DemoContext): void {
  const rows = plans.flatMap(({ plugins }, i) => {
    const { report } = plugins.find(({ plugin }) => plugin === 'undertaker') ?? {};
    return ((report as EvacuationReport | undefined)?.sites ?? []).map((each) => [
      i + 1,
      each.site,
      formatBytes(each.bytes),
      formatBytes(each.safe),
      formatBytes(each.missing),
      formatBytes(each.ordered_now),
      `${each.seconds_left} s`,
    ]);
  });
  story.paragraph('and how the evacuation gets on, at 2 kB/s:');
  story.table(
    [
      { title: 'cycle', align: 'right' },
      { title: 'site' },
      { title: 'holds', align: 'right' },
      { title: 'safe', align: 'right' },
      { title: 'in danger', align: 'right' },
      { title: 'ordered', align: 'right' },
      { title: 'left', align: 'right' },
    ],
    rows,
  );
}
