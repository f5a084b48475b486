import { readFile } from 'node:fs/promises';
import {
  type Clock,
  diagnosticsError,
  Inventory,
  inputError,
  memoryStore,
  type PartitionRecord,
  type RequestStore,
  type RuleRecord,
  readPartitions,
  Scheduler,
} from '@dynamo/core';
import type { Configuration } from '../configuration/configuration.ts';
import type { Application } from '../services/application.ts';
import { dumpInput } from '../services/dump-input.ts';
import { dumpInventoryStore } from './dump-inventory-store.ts';
import { withPartitions } from './with-partitions.ts';

export interface OpenOfflineOptions {
  /** A dump, plain or compressed. */
  readonly dump: string;
  /** A partition file: its partitions replace those of the dump that have the same names, and are added to the others. */
  readonly partitions?: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/**
 * An application on a dump alone: it plans and explains, and nothing of it can be committed. Rejects with
 * `invalid-input` that names the line of the dump, or of the partition file, that is at fault. To be closed.
 */
export async function openOffline(
  configuration: Configuration,
  { dump, partitions: file, clock, signal }: OpenOfflineOptions,
): Promise<Application> {
  const edit = file === undefined ? undefined : withPartitions(await readPartitionFile(file), { file, dump });
  const { source } = await dumpInput(dump);
  const onListenerError = (): void => {};
  let rules: readonly RuleRecord[] = [];
  const onRules = (found: readonly RuleRecord[]): void => {
    rules = found;
  };
  const inventory = await Inventory.open(dumpInventoryStore(source, { file: dump, edit, onRules }), {
    clock,
    onListenerError,
    ...(signal === undefined ? {} : { signal }),
  });
  const scheduler = new Scheduler({ clock, onListenerError, ...configuration.scheduler });
  return {
    configuration,
    clock,
    // Of requests a dump has only the rules, and it has no history; its inventory is not in there either.
    store: { ...memoryStore(), requests: rulesOfDump(rules) },
    inventory,
    scheduler,
    // What producers would supply is in the dump, as attributes of its datasets.
    producers: [],
    notCommittable: [`it was made on the dump ${dump}`],
    [Symbol.asyncDispose]: async () => {
      await scheduler.close();
    },
  };
}

function rulesOfDump(rules: readonly RuleRecord[]): RequestStore {
  return {
    async list({ state, kind = 'rule', user, after = 0, limit } = {}) {
      if (kind !== 'rule') return [];
      const wanted = (rule: RuleRecord): boolean =>
        rule.id > after && (user ?? rule.user) === rule.user && (state ?? rule.state) === rule.state;
      return rules.filter(wanted).slice(0, limit);
    },
    get: async (id) => rules.find((rule) => rule.id === id) ?? null,
  };
}

/** Rejects with every fault of the file. */
async function readPartitionFile(file: string): Promise<readonly PartitionRecord[]> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw inputError({ what: 'cannot be read', where: { file }, hint: cause.message }, cause);
  });
  const outcome = readPartitions(text, { file });
  if (!outcome.ok) throw diagnosticsError(outcome.diagnostics, text);
  return outcome.value.records;
}
