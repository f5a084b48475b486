/** What a server does by itself, as its configuration says. */
import { parse } from 'node:path';
import type { OperationRecord } from '@dynamo/core';
import type { FileOperationEvent } from '@dynamo/fileops';
import type { Logger } from 'pino';
import type { PolicyFileConfiguration } from '../configuration/configuration.ts';
import type { Application } from '../services/application.ts';
import { readPolicyFile } from '../services/configured-policies.ts';
import { checkConsistency } from '../services/consistency.ts';
import { commitDealer } from '../services/dealer.ts';
import { commitDetox, testDetox } from '../services/detox.ts';
import { fileOperations } from '../services/file-operations.ts';
import { compactStore } from '../services/store-care.ts';
import { maintenanceOf } from '../store/maintenance.ts';
import type { Cycle } from './cycle.ts';
import { FirstFew } from './first-few.ts';

/** The name under which the server's own cycles are recorded. */
const SERVER_USER = 'dynamo';

export function standardCycles(application: Application, log: Logger): readonly Cycle[] {
  return [
    ...detoxCycles(application),
    dealerCycle(application),
    fileOperationCycle(application, log),
    ...consistencyCycles(application),
    ...careCycles(application),
  ];
}

const DAY_SECONDS = 86_400;

/** What is too old is forgotten once a day. */
function careCycles(application: Application): readonly Cycle[] {
  if (maintenanceOf(application.store) === null) return [];
  return [
    {
      name: 'retention',
      intervalSeconds: DAY_SECONDS,
      async run(signal) {
        const { versions, operations, cycles, rows, logStart } = await compactStore(application, { signal });
        if (versions + operations + cycles + rows === 0) return null;
        return `${versions} versions, ${operations} operations, ${cycles} cycles and ${rows} files forgotten; the log begins at version ${logStart}`;
      },
    },
  ];
}

/** A cycle for each policy: one that fails, because its file is faulty say, keeps none of the others from running. */
function detoxCycles(application: Application): readonly Cycle[] {
  const { policies, intervalSeconds } = application.configuration.detox;
  const run = async (configured: PolicyFileConfiguration, signal: AbortSignal): Promise<string> => {
    const policy = await readPolicyFile(configured);
    if (configured.test === true) {
      const tested = await testDetox(application, { policy }, { user: SERVER_USER, signal });
      return `${tested.title}, a test: ${tested.deletions} block replicas would be deleted, cycle ${tested.cycle}`;
    }
    const committed = await commitDetox(application, { policy }, { user: SERVER_USER, signal });
    const { title, done, dropped, waiting } = committed;
    if (waiting !== null) {
      return `${title}: plan ${waiting.id} waits for a second person's approval (${waiting.bytes} bytes)`;
    }
    return `${title}: ${done} steps carried out, ${dropped.length} dropped`;
  };
  return policies.map((configured) => ({
    name: `detox ${parse(configured.file).name}${configured.test === true ? ' (test)' : ''}`,
    intervalSeconds,
    run: (signal) => run(configured, signal),
  }));
}

function dealerCycle(application: Application): Cycle {
  return {
    name: 'dealer',
    intervalSeconds: application.configuration.dealer.intervalSeconds,
    async run(signal) {
      const committed = await commitDealer(application, {}, { user: SERVER_USER, signal });
      const { cycle, title, done, dropped, requests } = committed;
      if (cycle === null) return null;
      return `${title}: ${done} steps carried out, ${dropped.length} dropped, ${requests} requests moved on`;
    },
  };
}

/** Drains what is due; it is woken by each commit that opens operations. */
function fileOperationCycle(application: Application, log: Logger): Cycle {
  let [recorded, files, held] = [0, 0, 0];
  // A site that is down, or has no storage that the server knows, has tens of thousands of them.
  const heldOnes = new FirstFew(TOLD_OF_A_SITE);
  const waitingOnes = new FirstFew(TOLD_OF_A_SITE);
  const onEvent = (event: FileOperationEvent): void => {
    if (event.type === 'recorded') {
      recorded += 1;
      files += event.files;
    } else if (event.type === 'held') {
      held += 1;
      if (!heldOnes.isOne(whereIs(event.operation))) return;
      log.warn({ operation: event.operation, error: event.error }, 'an operation is held: it wants a person');
    } else if (event.type === 'queued') {
      if (!waitingOnes.isOne(whereIs(event.operation))) return;
      log.info({ operation: event.operation.id, error: event.error }, 'an operation is tried again later');
    } else if (event.type === 'trouble') {
      log.error({ operation: event.operation?.id, err: event.error }, 'file operations: trouble with the store');
    } else {
      log.debug(event, 'file operations');
    }
  };
  const tellOthers = (): void => {
    for (const { kind: operations, more } of heldOnes.takeOthers()) {
      log.warn({ operations, more }, 'more operations are held: dynamo transfers held lists them');
    }
    for (const { kind: operations, more } of waitingOnes.takeOthers()) {
      log.info({ operations, more }, 'more operations are tried again later');
    }
  };
  const manager = fileOperations(application, { onEvent });
  return {
    name: FILE_OPERATIONS,
    intervalSeconds: application.configuration.fileOperations.intervalSeconds,
    async run(signal) {
      [recorded, files, held] = [0, 0, 0];
      await manager.runUntilIdle({ signal }).finally(tellOthers);
      if (recorded + held === 0) return null;
      return `${recorded} operations with ${files} files recorded, ${held} held`;
    },
  };
}

/** In one cycle. */
const TOLD_OF_A_SITE = 5;

function whereIs({ target }: OperationRecord): string {
  return `${target.kind} at ${target.site}`;
}

export const FILE_OPERATIONS = 'file operations';

function consistencyCycles(application: Application): readonly Cycle[] {
  const { sites, intervalSeconds, act } = application.configuration.consistency;
  return sites.map((site) => ({
    name: `consistency of ${site}`,
    intervalSeconds,
    async run(signal) {
      const { check, actions } = await checkConsistency(application, site, { act, user: SERVER_USER, signal });
      if (check.stopped !== null) return `not believed: ${check.stopped}`;
      const { missing, orphans, sizeMismatches, confirmed } = check;
      const seen = `${missing} missing, ${orphans} orphans, ${sizeMismatches} of a wrong size, ${confirmed.length} confirmed`;
      if (actions === null) return seen;
      return `${seen}; ${actions.repairs.length} replicas and ${actions.orphans.length} orphans acted upon`;
    },
  }));
}
