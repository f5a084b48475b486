/**
 * The first of the two readings: what only later lines tell. It looks at how each line begins and parses few of them;
 * faults are left to the second reading, which comes to the same lines again.
 */
import { joinKey } from '../change-set/record-key.ts';
import type { ReplicaOperation } from '../model/enumerations.ts';
import type { OperationId, OperationRecord } from '../model/operation.ts';
import { operationTargetKey } from '../model/operation-target-key.ts';
import type { RuleRecord } from '../model/request.ts';
import type { Version } from '../seams/commit.ts';
import { LateReplicas } from './late-replicas.ts';
import type { LineCursor } from './line-cursor.ts';
import { versionOfHeader } from './lines/header-line.ts';
import { operationOfLine } from './lines/operation-line.ts';
import { ruleOfLine } from './lines/rule-line.ts';
import { NameIndex } from './name-index.ts';
import { NumberList } from './number-list.ts';
import { parseLine } from './parse-line.ts';
import { LINE_FEED, tooLong } from './whole-lines.ts';

export interface Totals {
  readonly size: number;
  readonly files: number;
}

type LooseLine = Readonly<Record<string, unknown>>;

/** How our own dumps, and most others, begin a line: then the type is known without parsing. */
const START = '{"type":"';
const BLOCK_REPLICA_START = Buffer.from(`${START}block_replica"`);

export class DumpSurvey {
  version = 0 as Version;
  lines = 0;
  sites = 0;
  files = 0;
  locks = 0;
  readonly operations: OperationRecord[] = [];
  readonly operationLines: number[] = [];
  readonly rules: RuleRecord[] = [];
  readonly lateReplicas: LateReplicas = new LateReplicas();
  readonly #replicaOperations = new Map<string, ReplicaOperation>();
  /** Blocks without size or files of their own, and the sums over their files. */
  readonly #blocks = new NameIndex();
  readonly #sizes = NumberList.float64();
  readonly #files = NumberList.uint32();
  readonly #maxLineBytes: number;
  #hasBlockReplicas = false;
  #isOver = false;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Sums over the files of a block whose line has no size or files; undefined if no file line names it. */
  totals(dataset: string, block: string): Totals | undefined {
    const index = this.#blocks.find(0, joinKey(dataset, block));
    if (index === -1 || this.#files.get(index) === 0) return undefined;
    return { size: this.#sizes.get(index), files: this.#files.get(index) };
  }

  get hasReplicaOperations(): boolean {
    return this.#replicaOperations.size > 0;
  }

  replicaOperation(dataset: string, block: string, site: string): ReplicaOperation {
    return this.#replicaOperations.get(joinKey(dataset, block, site)) ?? 'none';
  }

  /** Whole lines. The cursor stands on the first of them before, after the last of them afterwards. */
  readLines(bytes: Buffer, cursor: LineCursor): void {
    for (let start = 0; start < bytes.length; cursor.line += 1) {
      const feed = bytes.indexOf(LINE_FEED, start);
      const end = feed === -1 ? bytes.length : feed;
      this.lines += 1;
      if (end - start > this.#maxLineBytes) throw tooLong(cursor, this.#maxLineBytes);
      // By far the most lines, of which nothing has to be known in advance.
      if (beginsWith(bytes, start, BLOCK_REPLICA_START)) this.#hasBlockReplicas = true;
      else if (!this.#isOver) this.#readLine(bytes.toString('utf8', start, end), cursor);
      start = end + 1;
    }
  }

  #readLine(text: string, cursor: LineCursor): void {
    const type = text.startsWith(START) ? text.slice(START.length, text.indexOf('"', START.length)) : undefined;
    if (type === undefined || this.#needsParsing(type, text)) this.#parse(text, cursor);
    else this.#count(type);
  }

  #needsParsing(type: string, text: string): boolean {
    switch (type) {
      case 'dump':
      case 'operation':
      case 'rule':
        return true;
      case 'block':
        // Inside a text the quotes would be escaped, so these are keys.
        return !(text.includes('"size":') && text.includes('"files":'));
      case 'file':
        return this.#blocks.count > 0;
      case 'dataset_replica':
        return this.#hasBlockReplicas;
      default:
        return false;
    }
  }

  #parse(text: string, cursor: LineCursor): void {
    try {
      const line = parseLine(text, cursor, false) as LooseLine;
      this.#count(line.type);
      this.#note(line, cursor);
    } catch {
      // The second reading will fail here, or before, and say why.
      this.#isOver = true;
    }
  }

  #count(type: unknown): void {
    if (type === 'site') this.sites += 1;
    else if (type === 'file') this.files += 1;
    else if (type === 'lock') this.locks += 1;
    else if (type === 'block_replica') this.#hasBlockReplicas = true;
  }

  #note(line: LooseLine, cursor: LineCursor): void {
    switch (line.type) {
      case 'dump':
        if (cursor.line === 1) this.version = versionOfHeader(line, cursor);
        return;
      case 'block':
        if (line.size === undefined || line.files === undefined)
          this.#blocks.add(0, joinKey(String(line.dataset), String(line.name)));
        return;
      case 'file':
        this.#addFile(line);
        return;
      case 'dataset_replica':
        if (!this.#hasBlockReplicas) return;
        this.lateReplicas.add(String(line.dataset), String(line.site), {
          line: cursor.line,
          group: typeof line.group === 'string' ? line.group : null,
          growing: line.growing === true,
        });
        return;
      case 'operation': {
        const operation = operationOfLine(line, (this.operations.length + 1) as OperationId, cursor);
        this.operations.push(operation);
        this.operationLines.push(cursor.line);
        const { target } = operation;
        if (target.kind !== 'delete-path') this.#replicaOperations.set(operationTargetKey(target), target.kind);
        return;
      }
      case 'rule':
        this.rules.push(ruleOfLine(line, cursor));
    }
  }

  #addFile(line: LooseLine): void {
    const index = this.#blocks.find(0, joinKey(String(line.dataset), String(line.block)));
    if (index === -1) return;
    this.#sizes.add(index, Number(line.size));
    this.#files.add(index, 1);
  }
}

function beginsWith(bytes: Uint8Array, at: number, start: Uint8Array): boolean {
  for (let i = 0; i < start.length; i += 1) if (bytes[at + i] !== start[i]) return false;
  return true;
}
