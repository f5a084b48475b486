import {
  type AttributeValue,
  DATASET_STATUSES,
  isDynamoError,
  parseTime,
  resolveTime,
  SITE_STATUSES,
  STORAGE_TYPES,
  type VariableCatalogue,
} from '@dynamo/core';
import { type DocumentFault, DocumentFields, documentError } from '../dealer/document-fields.ts';
import { checkAttributeValue } from '../producers/check-attribute-value.ts';
import { EXPECTATION_HINT, parseExpectation } from './expectation.ts';
import type { DatasetFacts, Expectation, PolicyTest, TestBlock, TestReplica, TestSite } from './policy-test.ts';

/** A file of tests, read: docs/formats.md has its form. */
export interface PolicyTestFile {
  /** Files beside it, as they are named there. */
  readonly policy: string;
  /** Null: every replica is in the partition of the policy. */
  readonly partitions: string | null;
  readonly tests: readonly PolicyTest[];
}

export interface ParsePolicyTestsOptions {
  readonly file?: string | undefined;
  /** The time of tests that give none. */
  readonly now: number;
  /** Of the lines of the policy: says which values may be given. */
  readonly variables: VariableCatalogue;
}

const DEFAULT_SIZE = 1e12;
const DEFAULT_AGE = '1 year ago';

/** `document`: JSON or YAML, parsed already. Throws `invalid-input` with every fault. */
export function parsePolicyTests(document: unknown, options: ParsePolicyTestsOptions): PolicyTestFile {
  const faults: DocumentFault[] = [];
  const fields = new DocumentFields(document, '', faults);
  const policy = fields.requiredText('policy');
  const partitions = fields.text('partitions', null);
  const now = timeOf(fields, 'now', options.now) ?? options.now;
  const guard = guardOf(fields, 'off');
  const sites = sitesOf(fields);
  const groups = groupsOf(fields);
  if (!fields.has('tests')) fields.fault('tests', 'is missing');
  const tests = fields.list('tests', (test): PolicyTest => {
    const at = timeOf(test, 'now', now) ?? now;
    const own = sitesOf(test);
    const replicas = test.list('replicas', (replica) => replicaOf(replica, { ...options, now: at }));
    if (!replicas.some(({ expect }) => expect.length > 0)) test.fault('replicas', 'nothing is expected of any replica');
    return {
      name: test.requiredText('name'),
      now: at,
      guard: guardOf(test, guard),
      sites: [...sites.filter(({ name }) => !own.some((site) => site.name === name)), ...own],
      groups: new Map([...groups, ...groupsOf(test)]),
      replicas,
    };
  });
  fields.finish();
  if (faults.length > 0) throw documentError(faults, options.file);
  return { policy, partitions, tests };
}

function guardOf(fields: DocumentFields, fallback: 'on' | 'off'): 'on' | 'off' {
  const written = fields.raw('guard');
  if (written === undefined) return fallback;
  // YAML 1.1 reads `on` as true, 1.2 as a text.
  if (written === 'on' || written === true) return 'on';
  if (written === 'off' || written === false) return 'off';
  fields.fault('guard', 'is on or off');
  return fallback;
}

function sitesOf(fields: DocumentFields): TestSite[] {
  return fields.entries('sites', (name, site): TestSite => {
    const quota = site.number('quota', null);
    const occupancy = site.number('occupancy', null, { above: 0 });
    if (quota !== null && occupancy !== null) site.fault('occupancy', 'a quota is given too: one of them');
    return {
      name,
      storage: wordOf(site, 'storage', STORAGE_TYPES) ?? 'disk',
      status: wordOf(site, 'status', SITE_STATUSES) ?? 'ready',
      fill: quota === null ? { occupancy: occupancy ?? 1 } : { quota },
    };
  });
}

function groupsOf(fields: DocumentFields): ReadonlyMap<string, 'dataset' | 'block'> {
  const written = fields.raw('groups');
  const groups = new Map<string, 'dataset' | 'block'>();
  if (written === undefined) return groups;
  const named = new DocumentFields(written, fields.at('groups'), fields.faults);
  for (const name of Object.keys(Object(written)))
    groups.set(name, wordOf(named, name, ['dataset', 'block']) ?? 'block');
  return groups;
}

function replicaOf(fields: DocumentFields, options: ParsePolicyTestsOptions): TestReplica {
  const facts: DatasetFacts = {
    status: wordOf(fields, 'dataset.status', DATASET_STATUSES),
    lastUpdate: timeOf(fields, 'dataset.last_update', options.now),
    release: fields.text('dataset.release', null) ?? undefined,
  };
  const whole = blockOf('block', fields, options.now, undefined);
  const blocks = fields.has('blocks')
    ? fields.entries('blocks', (name, block) => blockOf(name, block, options.now, whole))
    : [whole];
  return {
    path: fields.path,
    dataset: fields.requiredText('dataset'),
    site: fields.requiredText('site'),
    facts,
    values: valuesOf(fields, options),
    blocks,
    expect: expectationsOf(fields, blocks),
  };
}

/** What a replica says of itself goes for each of its blocks that does not say otherwise. */
function blockOf(name: string, fields: DocumentFields, now: number, of: TestBlock | undefined): TestBlock {
  return {
    name,
    size: fields.number('size', of?.size ?? DEFAULT_SIZE, { min: 0, integer: true }),
    group: fields.text('group', of?.group ?? null),
    lastUpdate: timeOf(fields, 'last_update', now) ?? of?.lastUpdate ?? (timeFrom(DEFAULT_AGE, now) as number),
    incomplete: fields.boolean('incomplete', of?.incomplete ?? false),
    custodial: fields.boolean('custodial', of?.custodial ?? false),
    locked: fields.boolean('locked', of?.locked ?? false),
  };
}

const DATASET_FACTS: readonly string[] = ['dataset.status', 'dataset.last_update', 'dataset.release'];

function valuesOf(
  fields: DocumentFields,
  { variables, now, file = '' }: ParsePolicyTestsOptions,
): ReadonlyMap<string, AttributeValue> {
  const values = new Map<string, AttributeValue>();
  for (const variable of variables.variables()) {
    const { name, source, level } = variable;
    if (DATASET_FACTS.includes(name)) continue;
    const value = fields.raw(name);
    if (value === undefined) continue;
    if (source !== 'producer' || level === 'blockreplica') {
      fields.fault(name, 'it follows from the replicas, their blocks and sites', 'give those instead');
      continue;
    }
    try {
      values.set(
        name,
        checkAttributeValue({ value, dataset: fields.path, at: fields.at(name) }, variable, { file, now }),
      );
    } catch (error) {
      if (!isDynamoError(error, 'invalid-input')) throw error;
      fields.fault(name, `${JSON.stringify(value)} is not a value of it: it is a ${variable.type.kind}`);
    }
  }
  return values;
}

function expectationsOf(fields: DocumentFields, blocks: readonly TestBlock[]): Expectation[] {
  const written = fields.raw('expect');
  if (written === undefined) return [];
  const read = (text: unknown, block: string | null, key: string): Expectation[] => {
    const expectation = typeof text === 'string' ? parseExpectation(text, block) : undefined;
    if (expectation !== undefined) return [expectation];
    fields.fault(key, `${JSON.stringify(text)} is not what can be expected`, EXPECTATION_HINT);
    return [];
  };
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return read(written, null, 'expect');
  return Object.entries(written).flatMap(([block, text]) => {
    const key = `expect.${block}`;
    if (blocks.some(({ name }) => name === block)) return read(text, block, key);
    fields.fault(key, 'the replica has no such block');
    return [];
  });
}

function wordOf<Word extends string>(fields: DocumentFields, key: string, words: readonly Word[]): Word | undefined {
  const text = fields.text(key, null);
  if (text === null) return undefined;
  const word = words.find((each) => each === text.toLowerCase());
  if (word === undefined) fields.fault(key, `\`${text}\` is none of ${words.join(', ')}`);
  return word;
}

function timeOf(fields: DocumentFields, key: string, now: number): number | undefined {
  const written = fields.raw(key);
  if (written === undefined) return undefined;
  const time = typeof written === 'number' ? written : timeFrom(String(written), now);
  if (time !== undefined && Number.isSafeInteger(time)) return time;
  fields.fault(
    key,
    `${JSON.stringify(written)} is not a time`,
    'write 2026-01-31, `90 days ago`, or seconds since 1970',
  );
  return undefined;
}

function timeFrom(text: string, now: number): number | undefined {
  const reading = parseTime(text);
  const resolved = reading.ok ? resolveTime(reading.value, now) : reading;
  return resolved.ok ? Math.floor(resolved.value) : undefined;
}
