import {
  type BlockReplicaView,
  type InventoryView,
  type OperationId,
  type OperationRecord,
  type OperationTarget,
  operationTargetKey,
  type Reason,
  throwIfAborted,
  type Version,
  writeDump,
} from '@dynamo/core';
import type { Application, ServiceOptions } from './application.ts';
import { rulesInForce } from './rules-in-force.ts';
import { storeVersion } from './store-version.ts';

type Dumped = Pick<Application, 'inventory' | 'store'>;

const OPERATIONS_PER_PAGE = 1000;

/**
 * The current version as a dump, or an earlier one that the log still reaches, in chunks: the same bytes for the same version. Others go on reading and writing
 * meanwhile; the view is held until the end, or until the caller leaves.
 */
export async function* dumpInventory(
  { inventory, store }: Dumped,
  { signal, version }: ServiceOptions & { readonly version?: number } = {},
): AsyncGenerator<Uint8Array> {
  using view =
    version === undefined
      ? inventory.view({ name: 'dump' })
      : await inventory.viewAt(version as Version, signal === undefined ? {} : { signal });
  const operations = await openOperations(view, store, signal);
  const rules = await rulesInForce(store);
  yield* writeDump(view, { files: store.files, operations, rules, signal });
}

/** Those that were open at the view's version. The store lists those of its head, which may have moved on. */
async function openOperations(
  view: InventoryView,
  store: Dumped['store'],
  signal: AbortSignal | undefined,
): Promise<readonly OperationRecord[]> {
  const listed: OperationRecord[] = [];
  for await (const page of operationPages(store, signal)) listed.push(...page);
  return (await storeVersion(store)) === view.version ? listed : operationsOfView(view, listed);
}

async function* operationPages(
  { operations }: Dumped['store'],
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly OperationRecord[]> {
  let after: OperationId | undefined;
  do {
    throwIfAborted('listing open operations', signal);
    const page: readonly OperationRecord[] = await operations.list({
      limit: OPERATIONS_PER_PAGE,
      ...(after === undefined ? {} : { after }),
    });
    yield page;
    after = page.length < OPERATIONS_PER_PAGE ? undefined : page.at(-1)?.id;
  } while (after !== undefined);
}

/**
 * What the replicas of the view say is open: as listed, or, where it was closed since, without its reason. Deletions of
 * paths are no replica's: those of now.
 */
function operationsOfView(view: InventoryView, listed: readonly OperationRecord[]): readonly OperationRecord[] {
  const known = new Map<string, OperationRecord>();
  const paths: OperationRecord[] = [];
  for (const operation of listed) {
    const { target } = operation;
    if (target.kind === 'delete-path') paths.push(operation);
    else known.set(`${target.kind}\t${operationTargetKey(target)}`, operation);
  }
  const closed: OperationRecord[] = [];
  const open: OperationRecord[] = [];
  for (const target of openTargets(view)) {
    const found = known.get(`${target.kind}\t${operationTargetKey(target)}`);
    if (found !== undefined) open.push(found);
    else closed.push({ id: 0 as OperationId, target, openedAt: 0, reason: CLOSED_SINCE });
  }
  return [...closed, ...[...open, ...paths].sort((a, b) => a.id - b.id)];
}

function* openTargets(view: InventoryView): Generator<OperationTarget> {
  for (const dataset of view.datasets()) {
    for (const block of dataset.blocks()) {
      for (const replica of block.replicas()) {
        if (replica.operation !== 'none') yield targetOf(replica, replica.operation);
      }
    }
  }
}

function targetOf({ block, site }: BlockReplicaView, kind: 'copy' | 'delete'): OperationTarget {
  return { kind, dataset: block.dataset.name, block: block.name, site: site.name };
}

/** As a line without a reason reads. */
const CLOSED_SINCE: Reason = { source: 'operator', text: 'not stated' };
