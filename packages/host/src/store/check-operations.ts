/** Whether open operations and block replicas speak of each other: by names and digests, which SQL alone cannot compare. */
import { joinKey } from '@dynamo/core';
import { STILL_THERE } from './database.ts';
import { digestOf } from './digest.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Ask = (sql: string, parameters?: readonly unknown[]) => Promise<readonly Row[]>;

const PAGE_ROWS = 1000;

const FAULTS = {
  unfound: 'open operations that are not found by their target',
  noReplica: 'open operations on block replicas that are not there',
  otherReplica: 'open operations of which their block replica does not know',
  noOperation: 'block replicas with an operation that is not open',
} as const;

/** The rows that are so, by what is wrong with them. */
export async function checkOperations(ask: Ask): Promise<ReadonlyMap<string, readonly Row[]>> {
  const found = new Map<string, Row[]>(Object.values(FAULTS).map((what) => [what, []]));
  const report = (fault: keyof typeof FAULTS, row: Row): void => void found.get(FAULTS[fault])?.push(row);
  await checkOpenOperations(ask, report);
  await checkBusyReplicas(ask, report);
  return found;
}

type Report = (fault: keyof typeof FAULTS, row: Row) => void;

async function checkOpenOperations(ask: Ask, report: Report): Promise<void> {
  const columns = 'id, kind, dataset, block, site, path, target_digest';
  for (let after = 0; ; ) {
    const page = await ask(
      `select ${columns} from operations where state <> 'closed' and id > ? order by id limit ${PAGE_ROWS}`,
      [after],
    );
    const onReplicas: Row[] = [];
    for (const { target_digest, ...row } of page) {
      const onPath = row.kind === 'delete-path';
      const key = onPath ? joinKey(text(row.site), text(row.path)) : replicaKey(row);
      if (!isSame(target_digest, digestOf(key))) report('unfound', row);
      if (!onPath) onReplicas.push(row);
    }
    const replicas = await operationsOfReplicas(ask, onReplicas);
    for (const { id, kind, dataset, block, site } of onReplicas) {
      const operation = replicas.get(replicaKey({ dataset, block, site }));
      if (operation === undefined) report('noReplica', { id, kind, dataset, block, site });
      else if (operation !== kind) report('otherReplica', { id, kind, dataset, block, site, operation });
    }
    if (page.length < PAGE_ROWS) return;
    after = Number(page.at(-1)?.id);
  }
}

/** By dataset, block and site: all replicas of the blocks that the operations are about. */
async function operationsOfReplicas(ask: Ask, operations: readonly Row[]): Promise<ReadonlyMap<string, string>> {
  if (operations.length === 0) return new Map();
  const keys = [...new Set(operations.map(({ dataset, block }) => joinKey(text(dataset), text(block))))];
  const rows = await ask(
    `select d.name as dataset, b.name as block, s.name as site, r.operation from blocks as b
     join datasets as d on d.id = b.dataset_id join block_replicas as r on r.block_id = b.id
     join sites as s on s.id = r.site_id where b.gone_version = ${STILL_THERE} and b.digest in (${marks(keys)})`,
    keys.map(digestOf),
  );
  return new Map(rows.map((row) => [replicaKey(row), text(row.operation)]));
}

async function checkBusyReplicas(ask: Ask, report: Report): Promise<void> {
  for (let [block, site] = [0, 0]; ; ) {
    const page = await ask(
      `select r.block_id, r.site_id, r.operation, d.name as dataset, b.name as block, s.name as site
       from block_replicas as r join blocks as b on b.id = r.block_id join datasets as d on d.id = b.dataset_id
       join sites as s on s.id = r.site_id
       where r.operation <> 'none' and (r.block_id > ? or (r.block_id = ? and r.site_id > ?))
       order by r.block_id, r.site_id limit ${PAGE_ROWS}`,
      [block, block, site],
    );
    const open = await openTargets(ask, page.map(replicaKey));
    for (const row of page) {
      if (open.has(replicaKey(row))) continue;
      const { block_id, site_id, operation } = row;
      report('noOperation', { block_id, site_id, operation });
    }
    if (page.length < PAGE_ROWS) return;
    [block, site] = [Number(page.at(-1)?.block_id), Number(page.at(-1)?.site_id)];
  }
}

async function openTargets(ask: Ask, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const rows = await ask(
    `select dataset, block, site from operations where state <> 'closed' and target_digest in (${marks(keys)})`,
    keys.map(digestOf),
  );
  return new Set(rows.map(replicaKey));
}

function replicaKey({ dataset, block, site }: Row): string {
  return joinKey(text(dataset), text(block), text(site));
}

function text(value: unknown): string {
  return value === null ? '' : String(value);
}

function isSame(stored: unknown, digest: Uint8Array): boolean {
  return stored instanceof Uint8Array && Buffer.compare(stored, digest) === 0;
}

function marks(items: readonly unknown[]): string {
  return items.map(() => '?').join(', ');
}
