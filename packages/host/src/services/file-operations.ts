import { hostname } from 'node:os';
import { createRandomSource, judgeDeletion } from '@dynamo/core';
import {
  createFileOperationManager,
  createFileStorage,
  type FileOperationEvent,
  type FileOperationManager,
} from '@dynamo/fileops';
import { type Application, writeInventory } from './application.ts';

export interface FileOperationsOptions {
  /** Must not throw. */
  readonly onEvent?: (event: FileOperationEvent) => void;
}

/** The name under which completed operations are recorded. */
const RECORDER = { user: 'dynamo' };

/** What carries out the application's open operations, as its configuration says. */
export function fileOperations(
  application: Application,
  { onEvent = () => undefined }: FileOperationsOptions = {},
): FileOperationManager {
  const { clock, configuration, inventory, store } = application;
  const { parallel, claimed, attempts, retryDelaySeconds, leaseSeconds } = configuration.fileOperations;
  const storage = createFileStorage({ concurrency: parallel });
  return createFileOperationManager({
    owner: `${hostname()}:${process.pid}`,
    inventory,
    operations: store.operations,
    files: store.files,
    commit: async (apply) => {
      await writeInventory(application, 'file operations', RECORDER, apply);
    },
    judgeDeletion,
    transfers: [storage.transfers],
    deletions: [storage.deletions],
    clock,
    random: createRandomSource(clock.nowSeconds()),
    onEvent,
    limits: {
      operations: claimed,
      maxAttempts: attempts,
      firstSeconds: Math.max(retryDelaySeconds, SHORTEST_SECONDS),
      leaseSeconds,
    },
  });
}

const SHORTEST_SECONDS = 0.001;
