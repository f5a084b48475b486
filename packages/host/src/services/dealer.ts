import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type CarriedOut, inputError, type Plan, type RequestRecord } from '@dynamo/core';
import {
  carryOutDealer,
  DEFAULT_DEALER_CONFIGURATION,
  type DealerConfiguration,
  haveMoved,
  parseDealerConfiguration,
  readRuleNotes,
  requestsOfPlan,
  type StaleRequest,
} from '@dynamo/policies';
import { parse as parseYaml } from 'yaml';
import {
  type Application,
  readInventory,
  type ServiceOptions,
  type WritingOptions,
  writeInventory,
} from './application.ts';
import { loadAttributes } from './attributes.ts';
import { type DealerTask, dealerPlanner } from './planners/dealer-planner.ts';
import { lastNotes } from './planners/last-notes.ts';
import { runPlanner } from './planners/run-planner.ts';
import { readDetoxRecord, readPacked } from './whole-plan.ts';

/** A run of the Dealer as a person asks for it. */
export interface DealerRun {
  /** Default: the file that the host's configuration names, or the Dealer's own defaults. */
  readonly configuration?: DealerConfiguration;
  /** Seconds since 1970; default: now. */
  readonly now?: number;
  /** Default: as configured. */
  readonly seed?: number;
}

/** What a committed run did. */
export interface DealerCommitted {
  readonly cycle: number | null;
  readonly version: number;
  readonly title: string;
  /** Steps carried out. */
  readonly done: number;
  readonly dropped: CarriedOut['dropped'];
  /** Requests whose state has changed. */
  readonly requests: number;
  /** Requests that were changed, cancelled or deleted while the plan was made: nothing was done for them. */
  readonly stale: readonly StaleRequest[];
}

/** The plan as docs/formats.md has it: one JSON object. Nothing is changed. */
export async function previewDealer(
  application: Application,
  run: DealerRun = {},
  options: ServiceOptions = {},
): Promise<string> {
  const configuration = await configurationOf(application, run);
  return (await plan(application, configuration, run, options)).made.document;
}

/** Plans, and carries the plan out, if there is anything to do: what no longer fits then is dropped and reported. */
export async function commitDealer(
  application: Application,
  run: DealerRun,
  options: WritingOptions,
): Promise<DealerCommitted> {
  const configuration = await configurationOf(application, run);
  const { made, planned } = await plan(application, configuration, run, options);
  const { title, steps, requests } = made;
  // A run every few minutes that finds nothing to do would bury those that did something in the history.
  if (steps.length === 0 && requests.length === 0 && !(await rulesHaveMoved(application, made))) {
    return { cycle: null, version: application.inventory.version, title, done: 0, dropped: [], requests: 0, stale: [] };
  }
  const { result, cycle, version } = await writeInventory(application, 'dealer', options, async (draft) => {
    // Under the writer: nobody moves them on until this commit has ended.
    const present = await presentRequests(application, requestsOfPlan(made));
    return carryOutDealer(draft, made, {
      configuration,
      now: application.clock.nowSeconds(),
      requests: present,
      planned,
    });
  });
  const { done, dropped, requests: moved, stale } = result;
  return { cycle, version, title, done: done.length, dropped, requests: moved.length, stale };
}

/** Since the last cycle that left a record. */
async function rulesHaveMoved(application: Application, { title, notes = {} }: Plan): Promise<boolean> {
  const rules = readRuleNotes(notes);
  // A cycle's record may be long: it is read only where it tells something.
  return rules.length > 0 && haveMoved(rules, readRuleNotes(await lastNotes(application, 'dealer', title)));
}

async function openRequests({ requests }: Application['store']): Promise<readonly RequestRecord[]> {
  const [fresh, active] = await Promise.all([requests.list({ state: 'new' }), requests.list({ state: 'active' })]);
  return [...fresh, ...active].sort((a, b) => a.id - b.id);
}

async function presentRequests(
  { store }: Pick<Application, 'store'>,
  ids: readonly number[],
): Promise<ReadonlyMap<number, RequestRecord | null>> {
  const open = new Map((await openRequests(store)).map((request) => [request.id, request]));
  const present = new Map<number, RequestRecord | null>();
  for (const id of ids) present.set(id, open.get(id) ?? (await store.requests.get(id)));
  return present;
}

/** The Dealer's configuration, in JSON or YAML, as it is now; its defaults without a file. */
export async function readDealerConfiguration(file: string | null): Promise<DealerConfiguration> {
  return file === null ? DEFAULT_DEALER_CONFIGURATION : (await readDealerDocument(file)).configuration;
}

/** The same, and the document that it was read from, with the rules that it names in place of their files. */
export async function readDealerDocument(
  file: string,
): Promise<{ readonly configuration: DealerConfiguration; readonly document: unknown }> {
  let document: unknown;
  try {
    document = parseYaml(await readFile(file, 'utf8')) ?? {};
  } catch (cause) {
    const hint = cause instanceof Error ? cause.message : String(cause);
    throw inputError({ what: "the Dealer's configuration cannot be read", where: { file }, hint }, cause);
  }
  const read = new Map<string, unknown>();
  const readDocument = (path: string): unknown => {
    const rules: unknown = parseYaml(readFileSync(resolve(dirname(file), path), 'utf8'));
    read.set(path, rules);
    return rules;
  };
  const configuration = parseDealerConfiguration(document, { file, readDocument });
  return { configuration, document: withRules(document, read) };
}

function withRules(document: unknown, rules: ReadonlyMap<string, unknown>): unknown {
  const { plugins, ...rest } = document as { readonly plugins?: readonly { readonly rules_file?: string }[] };
  if (plugins === undefined) return document;
  return {
    ...rest,
    plugins: plugins.map(({ rules_file: file, ...plugin }) =>
      file === undefined ? plugin : { ...plugin, rules: rules.get(file) },
    ),
  };
}

async function configurationOf({ configuration }: Application, run: DealerRun): Promise<DealerConfiguration> {
  return run.configuration ?? (await readDealerConfiguration(configuration.dealer.file));
}

async function plan(
  application: Application,
  configuration: DealerConfiguration,
  run: DealerRun,
  options: ServiceOptions,
): Promise<{ readonly made: Plan; readonly planned: ReadonlyMap<number, RequestRecord> }> {
  const { configuration: host, clock, notCommittable, store } = application;
  const now = run.now ?? clock.nowSeconds();
  const { byVariable: attributes } = await readInventory(application, 'attributes', options, (view, signal) =>
    loadAttributes(application, view, { now, signal }),
  );
  const [requests, detox] = await Promise.all([openRequests(store), lastDetox(application, configuration.partition)]);
  const seed = run.seed ?? host.dealer.seed;
  const task = { configuration, requests, attributes, detox, now, seed, notCommittable: [...notCommittable] };
  const made = await runPlanner(application, dealerPlanner, task, options);
  return { made, planned: new Map(requests.map((request) => [request.id, request])) };
}

const LOOK_BACK = 200;

async function lastDetox({ store }: Application, partition: string | null): Promise<DealerTask['detox']> {
  if (partition === null) return null;
  const cycles = await store.history.cycles({ planner: 'detox', limit: LOOK_BACK });
  const last = cycles.find(({ title }) => title === `Detox ${partition}`);
  const record = last === undefined ? null : await store.history.cycle(last.cycle);
  const detox = record === null ? null : readDetoxRecord(record);
  if (record === null || detox === null) return null;
  return { plan: detox.plan, packed: await readPacked(store.history, record) };
}
