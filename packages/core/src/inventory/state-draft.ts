/** The draft over a fork of a state: every write is noted with what was there before, so that the change set follows. */
import { joinKey, keyOf } from '../change-set/record-key.ts';
import { sameRecord } from '../change-set/same-record.ts';
import { assert } from '../errors/assert.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import { inputError } from '../errors/input-error.ts';
import type { SiteName } from '../model/names.ts';
import type { OperationId, Reason } from '../model/operation.ts';
import type {
  BlockRecord,
  BlockReplicaKey,
  BlockReplicaRecord,
  DatasetRecord,
  DatasetReplicaRecord,
  Entity,
  EntityRecords,
  FileId,
  FileRecord,
  Partial,
} from '../model/records.ts';
import type { RequestRecord } from '../model/request.ts';
import type { HistoryRecord, Version } from '../seams/commit.ts';
import type { Deletable, Fact, InventoryDraft, NewFile } from './draft.ts';
import { DraftLedger, type DraftOutcome } from './draft-ledger.ts';
import type { InventoryState } from './inventory-state.ts';
import {
  type BlockTotals,
  holdingNew,
  lackingNew,
  NOTHING,
  withArrived,
  withGone,
  withoutFile,
} from './replica-contents.ts';
import { StateView } from './state-view.ts';
import { NO_ROW } from './tables.ts';
import { validateRecord } from './validate-record.ts';

const NEW_DATA: Reason = Object.freeze({ source: 'inject', text: 'the replica of the dataset is growing' });

export class StateDraft extends StateView implements InventoryDraft {
  /** Seconds since 1970: what new records carry. */
  readonly now: number;
  readonly #ledger: DraftLedger;
  readonly #addedLfns = new Set<string>();

  /** `now`: seconds since 1970, what new records carry. `state`: a fork that nobody else has. */
  constructor(state: InventoryState, base: Version, now: number) {
    super(state, base);
    this.now = now;
    this.#ledger = new DraftLedger(state, now);
  }

  get addedFiles(): ReadonlyMap<FileId, FileRecord> {
    return this.#ledger.addedFiles;
  }

  get lostFiles(): ReadonlyMap<FileId, FileRecord> {
    return this.#ledger.lostFiles;
  }

  put<E extends Exclude<Entity, 'file'>>(entity: E, record: EntityRecords[E]): void {
    validateRecord(this.state, entity, record);
    if (entity === 'blockReplica') {
      this.#putBlockReplica(record as BlockReplicaRecord);
      return;
    }
    const isNew = this.state.get(entity, keyOf(entity, record)) === null;
    this.#ledger.write(entity, keyOf(entity, record), record);
    if (entity === 'block' && isNew) this.#growReplicas(record as BlockRecord);
  }

  delete(entity: Deletable, key: string, reason: Reason): void {
    const present = this.state.get(entity, key) ?? null;
    if (present === null) throw new DynamoError('not-found', `there is no ${entity} ${key.replaceAll('\t', ' ')}`);
    switch (entity) {
      case 'blockReplica':
        this.#openDeletion(present as BlockReplicaRecord, reason);
        return;
      case 'datasetReplica':
        this.#deleteDatasetReplica(present as DatasetReplicaRecord, reason);
        return;
      case 'dataset':
        this.#ledger.write('dataset', key, { ...(present as DatasetRecord), status: 'deleted', lastUpdate: this.now });
        for (const replica of [...(this.dataset(key)?.replicas() ?? [])]) {
          this.#deleteDatasetReplica(replica.toRecord(), reason);
        }
        return;
      case 'group':
      case 'site':
      case 'partition':
        this.#refuseIfUsed(entity, key);
        for (const quota of [...this.state.quotas.values()]) {
          if (quota[entity === 'site' ? 'site' : 'partition'] === key && entity !== 'group') {
            this.#ledger.write('quota', keyOf('quota', quota), null);
          }
        }
        this.#ledger.write(entity, key, null);
        return;
      case 'quota':
      case 'lock':
        this.#ledger.write(entity, key, null);
        return;
      default:
        entity satisfies never;
    }
  }

  openCopy(
    key: BlockReplicaKey,
    { group, reason }: { readonly group: BlockReplicaRecord['group']; readonly reason: Reason },
  ): boolean {
    const leaving = this.#replica(key);
    if (leaving?.operation === 'delete') this.#recall(leaving, reason);
    const base = this.#replica(key);
    if (base !== null && (base.partial === null || base.operation === 'copy')) return false;
    const replica: BlockReplicaRecord = base ?? {
      ...key,
      group,
      custodial: false,
      lastUpdate: this.now,
      operation: 'none',
      partial: NOTHING,
    };
    if (base === null) validateRecord(this.state, 'blockReplica', replica);
    this.#ensureDatasetReplica(replica);
    this.#ledger.writeReplica({ ...replica, operation: 'copy' });
    this.#ledger.open({ kind: 'copy', ...key }, reason);
    return true;
  }

  openPathDeletion(site: SiteName, path: string, reason: Reason): OperationId {
    if (this.site(site) === undefined) throw new DynamoError('not-found', `there is no site ${site}`);
    return this.#ledger.open({ kind: 'delete-path', site, path }, reason);
  }

  cancelOperation(key: BlockReplicaKey, reason: Reason): void {
    const present = this.#replica(key);
    if (present === null || present.operation === 'none') return;
    this.#ledger.closeReplica(key, present.operation, 'cancelled', reason.text);
    this.#ledger.intents.delete(keyOf('blockReplica', present));
    const isEmpty = present.partial?.contents.kind !== 'unknown' && this.#heldFiles(present) === 0;
    if (present.operation === 'copy' && isEmpty) this.#removeReplica(present);
    else this.#ledger.writeReplica({ ...present, operation: 'none' });
  }

  addFile(file: NewFile): FileRecord {
    const { presentAt, ...rest } = file;
    if (!Number.isSafeInteger(file.size) || file.size < 0) {
      throw inputError({ what: `file ${file.lfn}: ${file.size} is not a size in bytes` });
    }
    const block = this.state.get('block', joinKey(file.dataset, file.block)) as BlockRecord | null;
    if (block === null)
      throw new DynamoError('not-found', `file ${file.lfn}: there is no block ${file.block} of ${file.dataset}`);
    if (this.#addedLfns.has(file.lfn)) throw inputError({ what: `file ${file.lfn} is there twice` });
    for (const site of presentAt) {
      if (this.site(site) === undefined)
        throw new DynamoError('not-found', `file ${file.lfn}: there is no site ${site}`);
    }
    const record: FileRecord = { id: this.#ledger.take('nextFile') as FileId, ...rest };
    this.#ledger.addedFiles.set(record.id, record);
    this.#addedLfns.add(record.lfn);
    this.#resizeBlock(block, record, 1, (held, site) =>
      (presentAt as readonly string[]).includes(site) ? holdingNew(held, record) : lackingNew(held, record, block),
    );
    for (const site of presentAt) this.#startReplica(block, site, record);
    this.#growReplicas({ ...block, files: block.files + 1 });
    return record;
  }

  recordFact(fact: Fact): void {
    if (fact.kind === 'file-lost') {
      this.#loseFile(fact.file);
      return;
    }
    const present = this.#replica(fact.replica);
    if (present === null) {
      throw new DynamoError('not-found', `no replica of block ${fact.replica.block} at ${fact.replica.site}`);
    }
    const operation = fact.evidence.kind === 'task' ? fact.evidence.operation : null;
    if (fact.kind === 'replica-gone') {
      this.#closeByFact(present, 'delete', operation, 'every file is gone');
      this.#removeReplica(present);
      return;
    }
    const block = this.state.get('block', joinKey(present.dataset, present.block)) as BlockRecord;
    const change = fact.kind === 'files-arrived' ? withArrived : withGone;
    const partial = change(present.partial, fact.files, block);
    const arrived = fact.kind === 'files-arrived' && partial === null && present.operation === 'copy';
    if (arrived) this.#closeByFact(present, 'copy', operation, 'every file has arrived');
    this.#ledger.writeReplica({
      ...present,
      partial,
      operation: arrived ? 'none' : present.operation,
      lastUpdate: fact.kind === 'files-arrived' ? this.now : present.lastUpdate,
    });
  }

  closeOperation(id: OperationId, detail: string): void {
    this.#ledger.close(id, detail);
  }

  putRequest(before: RequestRecord | null, after: RequestRecord): void {
    this.#ledger.requests.push({ before, after });
  }

  setHistory(history: HistoryRecord): void {
    this.#ledger.history = history;
  }

  nextLockId(): number {
    return this.#ledger.take('nextLock');
  }

  nextRequestId(): number {
    return this.#ledger.take('nextRequest');
  }

  /** What is to be committed. The draft's state is what it leads to. */
  finish(): Promise<DraftOutcome> {
    return this.#ledger.finish();
  }

  /** Takes over what a draft of the same base came to in another thread. */
  adopt(outcome: DraftOutcome): Promise<void> {
    return this.#ledger.adopt(outcome);
  }

  /**
   * A replica whose deletion was begun, perhaps, is wanted back. What became of its files may not have been recorded
   * yet, so that it counts for nothing until its copy has looked at each of them.
   */
  #recall(leaving: BlockReplicaRecord, reason: Reason): void {
    const wasOpenedHere = this.#ledger.closeReplica(leaving, 'delete', 'cancelled', reason.text);
    this.#ledger.intents.delete(keyOf('blockReplica', leaving));
    const held = leaving.partial ?? this.#blockTotals(leaving);
    const partial: Partial = { size: held.size, files: held.files, contents: { kind: 'unknown' } };
    this.#ledger.writeReplica({ ...leaving, operation: 'none', partial: wasOpenedHere ? leaving.partial : partial });
  }

  #putBlockReplica(record: BlockReplicaRecord): void {
    const present = this.#replica(record);
    if (record.operation !== (present?.operation ?? 'none')) {
      throw inputError({
        what: `the replica of block ${record.block} at ${record.site}: an operation cannot be put`,
        hint: 'open a copy or delete the replica',
      });
    }
    if (present !== null && !sameRecord(present.partial, record.partial)) {
      throw inputError({
        what: `the replica of block ${record.block} at ${record.site}: what it holds cannot be put`,
        hint: 'record the files that arrived or went',
      });
    }
    if (present === null) this.#ensureDatasetReplica(record);
    this.#ledger.writeReplica(record, present);
  }

  #openDeletion(present: BlockReplicaRecord, reason: Reason): void {
    if (present.operation === 'delete') return;
    if (present.operation === 'copy') this.#ledger.closeReplica(present, 'copy', 'cancelled', reason.text);
    this.#ledger.writeReplica({ ...present, operation: 'delete' }, present);
    const { dataset, block, site } = present;
    this.#ledger.open({ kind: 'delete', dataset, block, site }, reason);
    this.#ledger.intents.set(keyOf('blockReplica', present), { dataset, block, site });
  }

  #deleteDatasetReplica(present: DatasetReplicaRecord, reason: Reason): void {
    const replicas = [...(this.dataset(present.dataset)?.replica(present.site)?.blockReplicas() ?? [])];
    const key = keyOf('datasetReplica', present);
    if (replicas.length === 0) {
      this.#ledger.write('datasetReplica', key, null);
      return;
    }
    if (present.growing) this.#ledger.write('datasetReplica', key, { ...present, growing: false });
    for (const replica of replicas) this.#openDeletion(replica.toRecord(), reason);
  }

  /** A growing replica of the dataset gets what is new in the block: the block itself, or a copy of its new files. */
  #growReplicas(block: BlockRecord): void {
    for (const replica of this.dataset(block.dataset)?.replicas() ?? []) {
      if (!replica.growing) continue;
      const key = { dataset: block.dataset, block: block.name, site: replica.site.name };
      if (this.#replica(key)?.operation === 'delete') continue;
      this.openCopy(key, { group: replica.group, reason: NEW_DATA });
    }
  }

  /** The block gains or loses a file; what each of its replicas then holds is up to `held`. */
  #resizeBlock(
    block: BlockRecord,
    file: FileRecord,
    sign: 1 | -1,
    held: (held: Partial | null, site: string) => Partial | null,
  ): void {
    const replicas = [...(this.dataset(block.dataset)?.block(block.name)?.replicas() ?? [])].map((r) => r.toRecord());
    this.#ledger.write('block', keyOf('block', block), {
      ...block,
      size: block.size + sign * file.size,
      files: block.files + sign,
      lastUpdate: Math.max(block.lastUpdate, this.now),
    });
    for (const replica of replicas)
      this.#ledger.writeReplica({ ...replica, partial: held(replica.partial, replica.site) });
  }

  /** A site that has a file of the block, and had no replica of it. */
  #startReplica(block: BlockRecord, site: SiteName, file: FileRecord): void {
    const key = { dataset: block.dataset, block: block.name, site };
    if (this.#replica(key) !== null) return;
    const after = { size: block.size + file.size, files: block.files + 1 };
    const partial = withArrived(NOTHING, [file], after);
    const group = this.dataset(block.dataset)?.replica(site)?.group ?? null;
    const replica = { ...key, group, custodial: false, lastUpdate: this.now, operation: 'none', partial } as const;
    this.#ensureDatasetReplica(replica);
    this.#ledger.writeReplica(replica);
  }

  #loseFile(file: FileRecord): void {
    const block = this.state.get('block', joinKey(file.dataset, file.block)) as BlockRecord | null;
    if (block === null || this.lostFiles.has(file.id))
      throw new DynamoError('not-found', `there is no file ${file.lfn}`);
    assert(!this.addedFiles.has(file.id), `file ${file.lfn} is added and lost in one draft`);
    this.#ledger.lostFiles.set(file.id, file);
    const after = { size: block.size - file.size, files: block.files - 1 };
    this.#resizeBlock(block, file, -1, (held) => withoutFile(held, file, after));
  }

  #ensureDatasetReplica({ dataset, site, group }: BlockReplicaRecord): void {
    if (this.state.datasetReplicaRow(dataset, site) !== NO_ROW) return;
    this.#ledger.write('datasetReplica', joinKey(dataset, site), { dataset, site, group, growing: false });
  }

  /** With its last block replica a dataset replica goes, unless it is growing. */
  #removeReplica(replica: BlockReplicaRecord): void {
    this.#ledger.write('blockReplica', keyOf('blockReplica', replica), null);
    const parent = this.dataset(replica.dataset)?.replica(replica.site);
    if (parent === undefined || parent.growing) return;
    for (const _left of parent.blockReplicas()) return;
    this.#ledger.write('datasetReplica', joinKey(replica.dataset, replica.site), null);
  }

  #refuseIfUsed(entity: 'group' | 'site' | 'partition', key: string): void {
    const user = this.#userOf(entity, key);
    if (user !== undefined) throw new DynamoError('conflict', `${entity} ${key} is in use: ${user}`);
  }

  #userOf(entity: 'group' | 'site' | 'partition', key: string): string | undefined {
    const { blockReplicas, datasetReplicas, groups, sites } = this.state;
    if (entity === 'partition') {
      for (const other of this.partitions()) {
        if ('parts' in other && (other.parts as readonly string[]).includes(key))
          return `partition ${other.name} has it as a part`;
      }
      return undefined;
    }
    const row = entity === 'group' ? groups.find(key) : sites.find(key);
    for (const table of [blockReplicas, datasetReplicas]) {
      for (let i = 0; i < table.rows; i++) {
        if (table.isLive(i) && table[entity].get(i) === row) return 'replicas name it';
      }
    }
    return undefined;
  }

  #closeByFact(present: BlockReplicaRecord, kind: 'copy' | 'delete', id: OperationId | null, detail: string): void {
    if (present.operation !== 'none' && (id === null || present.operation !== kind)) {
      this.#ledger.closeReplica(present, present.operation, 'done', detail);
    } else if (id !== null) {
      this.closeOperation(id, detail);
    }
  }

  #replica(key: BlockReplicaKey): BlockReplicaRecord | null {
    return this.state.blockReplica(key);
  }

  #heldFiles({ dataset, block, partial }: BlockReplicaRecord): number {
    return (partial ?? this.#blockTotals({ dataset, block })).files;
  }

  #blockTotals({ dataset, block }: Pick<BlockReplicaKey, 'dataset' | 'block'>): BlockTotals {
    const row = this.state.blockRow(dataset, block);
    return { size: this.state.blocks.size.get(row), files: this.state.blocks.files.get(row) };
  }
}
