import { joinKey } from '../change-set/record-key.ts';
import type { OperationId, OperationOutcome } from '../model/operation.ts';
import { ENTITIES, type Entity, type EntityRecords, type FileRecord } from '../model/records.ts';
import type { RequestRecord } from '../model/request.ts';
import type { AccessRecord } from '../seams/access-store.ts';
import type { StoredAttribute } from '../seams/attribute-store.ts';
import type { CommitReceipt, CommittedChange, FindingRecord, Version } from '../seams/commit.ts';
import type { CycleRecord, FoundDeed } from '../seams/history-store.ts';
import type { StoreHead } from '../seams/inventory-store.ts';
import type { Attempt, OperationStatus, PastOperation } from '../seams/operation-store.ts';
import type { WaitingPlan } from '../seams/plan-store.ts';

/** A file as it was from version `came` on, before version `gone` (Infinity: it is there). */
export interface FileSpan {
  readonly file: FileRecord;
  readonly came: number;
  gone: number;
}

export interface MemoryOperation {
  status: OperationStatus;
  /** Counts the claims: part of the token, so that no two claims of an operation have the same. */
  claims: number;
  deadline: number;
  closed: OperationOutcome | null;
  /** Of a closed one. */
  end: PastOperation['end'];
}

/** What the parts of one store in memory share. */
export interface MemoryState {
  head: StoreHead;
  /** The first version that the log has. */
  logStart: number;
  readonly log: CommittedChange[];
  readonly receipts: Map<string, CommitReceipt>;
  readonly records: ReadonlyMap<Entity, Map<string, EntityRecords[Entity]>>;
  /** By file id, oldest span first. */
  readonly files: Map<number, FileSpan[]>;
  /** The id of the file that has the LFN now. */
  readonly liveLfns: Map<string, number>;
  readonly operations: Map<OperationId, MemoryOperation>;
  readonly attempts: Attempt[];
  readonly requests: Map<number, RequestRecord>;
  readonly cycles: CycleRecord[];
  readonly deeds: FoundDeed[];
  /** By digest. */
  readonly contents: Map<string, Uint8Array>;
  readonly findings: Map<string, readonly FindingRecord[]>;
  readonly accesses: Map<string, AccessRecord>;
  readonly attributes: Map<string, StoredAttribute>;
  /** The plan of number n is at n - 1. */
  readonly plans: { plan: WaitingPlan; content: string | null }[];
  closed: boolean;
}

export function emptyMemoryState(): MemoryState {
  return {
    head: { version: 0 as Version, counters: { nextFile: 1, nextOperation: 1, nextLock: 1, nextRequest: 1 } },
    logStart: 1,
    log: [],
    receipts: new Map(),
    records: new Map(ENTITIES.map((entity) => [entity, new Map()])),
    files: new Map(),
    liveLfns: new Map(),
    operations: new Map(),
    attempts: [],
    requests: new Map(),
    cycles: [],
    deeds: [],
    contents: new Map(),
    findings: new Map(),
    accesses: new Map(),
    attributes: new Map(),
    plans: [],
    closed: false,
  };
}

/** The records of one entity by key. */
export function recordsOf<E extends Entity>(state: MemoryState, entity: E): Map<string, EntityRecords[E]> {
  return state.records.get(entity) as Map<string, EntityRecords[E]>;
}

export function blockKey(file: FileRecord): string {
  return joinKey(file.dataset, file.block);
}
