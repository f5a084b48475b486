/** The second reading: checks every line against those before it and turns it into records. */
import { isUtf8 } from 'node:buffer';
import { nearestName } from '../condition/nearest-name.ts';
import { checkObject } from '../input/object-schema.ts';
import { parseAdler32 } from '../model/checksums.ts';
import { type BlockName, type DatasetName, parseBlockName, parseLfn } from '../model/names.ts';
import type { OperationId } from '../model/operation.ts';
import { operationTargetKey } from '../model/operation-target-key.ts';
import type { DatasetReplicaRecord, InventoryRecord, Partial } from '../model/records.ts';
import { BlockTable } from './block-table.ts';
import { DumpNames } from './dump-names.ts';
import type { DumpSurvey } from './dump-survey.ts';
import { FastLines } from './fast-lines.ts';
import { FileTable } from './file-table.ts';
import type { LateReplica } from './late-replicas.ts';
import type { LineCursor } from './line-cursor.ts';
import { BLOCK, type BlockLine } from './lines/block-line.ts';
import { BLOCK_REPLICA, type BlockReplicaLine } from './lines/block-replica-line.ts';
import { datasetOfLine } from './lines/dataset-line.ts';
import { DATASET_REPLICA, type DatasetReplicaLine } from './lines/dataset-replica-line.ts';
import { FILE, type FileLine } from './lines/file-line.ts';
import { groupOfLine } from './lines/group-line.ts';
import { versionOfHeader } from './lines/header-line.ts';
import { lockOfLine } from './lines/lock-line.ts';
import { operationOfLine } from './lines/operation-line.ts';
import { partitionOfLine } from './lines/partition-line.ts';
import { QUOTA } from './lines/quota-line.ts';
import { ruleOfLine } from './lines/rule-line.ts';
import { siteOfLine } from './lines/site-line.ts';
import { parseLine } from './parse-line.ts';
import { PartitionTable } from './partition-table.ts';
import { SiteBits } from './site-bits.ts';
import { LINE_FEED } from './whole-lines.ts';

type LineReader = (line: object) => void;

export class RecordReader {
  readonly #survey: DumpSurvey;
  readonly #cursor: LineCursor;
  readonly #names: DumpNames;
  readonly #partitions: PartitionTable;
  readonly #blocks: BlockTable;
  readonly #files: FileTable;
  /** The replicas of each dataset: those that a line defined, and those given out as records. */
  readonly #datasetReplicas: SiteBits;
  readonly #datasetReplicasGiven: SiteBits;
  readonly #blockReplicas: SiteBits;
  /** Of open operations, the lines read so far by what they act on, and the replicas that have one. */
  readonly #operations = new Map<string, number>();
  #replicasWithOperation = 0;
  readonly #fast: FastLines | null;
  #lines = 0;
  #locks = 0;
  #rules = 0;
  #lastRule = 0;
  #records: InventoryRecord[] = [];

  readonly #readers: ReadonlyMap<string, LineReader> = new Map<string, LineReader>([
    ['block_replica', (line) => this.#addBlockReplica(checkObject(BLOCK_REPLICA, line, this.#cursor))],
    ['dataset_replica', (line) => this.#addDatasetReplica(checkObject(DATASET_REPLICA, line, this.#cursor))],
    ['file', (line) => this.#addFile(checkObject(FILE, line, this.#cursor))],
    ['block', (line) => this.#addBlock(checkObject(BLOCK, line, this.#cursor))],
    ['dataset', (line) => this.#readDataset(line)],
    ['quota', (line) => this.#readQuota(line)],
    ['partition', (line) => this.#readPartition(line)],
    ['site', (line) => this.#readSite(line)],
    ['group', (line) => this.#readGroup(line)],
    ['lock', (line) => this.#readLock(line)],
    ['operation', (line) => this.#readOperation(line)],
    ['rule', (line) => this.#readRule(line)],
    ['dump', (line) => this.#readHeader(line)],
  ]);

  /** `fast`: null reads every line the slow way, which finds the same. */
  constructor(survey: DumpSurvey, cursor: LineCursor, fast: FastLines | null = new FastLines()) {
    this.#fast = fast;
    this.#survey = survey;
    this.#cursor = cursor;
    this.#names = new DumpNames(cursor);
    this.#partitions = new PartitionTable(cursor);
    this.#blocks = new BlockTable(survey, cursor);
    this.#files = new FileTable(cursor);
    this.#datasetReplicas = new SiteBits(survey.sites);
    this.#datasetReplicasGiven = new SiteBits(survey.sites);
    this.#blockReplicas = new SiteBits(survey.sites);
  }

  /** Whole lines. The cursor stands on the first of them before, after the last of them afterwards. */
  readLines(bytes: Buffer): void {
    const fast = this.#fast;
    const isWhole = isUtf8(bytes);
    for (let start = 0; start < bytes.length; this.#cursor.line += 1) {
      this.#lines += 1;
      if (fast?.read(bytes, start)) {
        this.#addFast(fast);
        start = fast.end;
        continue;
      }
      const feed = bytes.indexOf(LINE_FEED, start);
      const end = feed === -1 ? bytes.length : feed;
      if (!isWhole && !isUtf8(bytes.subarray(start, end))) throw this.#cursor.fault(undefined, 'not UTF-8');
      this.#readLine(bytes.toString('utf8', start, end), feed === -1);
      start = end + 1;
    }
  }

  get waiting(): number {
    return this.#records.length;
  }

  /** The records since the last time, each after those it refers to. */
  take(): readonly InventoryRecord[] {
    const taken = this.#records;
    this.#records = [];
    return taken;
  }

  /** After the last line: what can only be known then. */
  finish(): void {
    this.#blocks.check(this.#names.blocks);
    if (this.#replicasWithOperation !== this.#operations.size) this.#checkOperations();
    const { lines, files, locks, operations, rules } = this.#survey;
    if (
      lines !== this.#lines ||
      files !== this.#files.count ||
      locks !== this.#locks ||
      operations.length !== this.#operations.size ||
      rules.length !== this.#rules
    ) {
      throw this.#cursor.faultAt(
        this.#lines,
        undefined,
        'the second reading of the dump found other lines than the first',
        'it must not change while it is read, and no line may have the key "type" twice',
      );
    }
  }

  #addFast(fast: FastLines): void {
    const { line } = fast;
    switch (fast.type) {
      case 'block_replica':
        this.#addBlockReplica(line);
        break;
      case 'file':
        this.#addFile(line);
        break;
      case 'block':
        this.#addBlock(line);
        break;
      case 'dataset_replica':
        this.#addDatasetReplica(line);
        break;
      default:
        fast.type satisfies never;
    }
  }

  #readLine(text: string, isCut: boolean): void {
    const line = parseLine(text, this.#cursor, isCut);
    const type = (line as { readonly type?: unknown }).type;
    const read = this.#readers.get(type as string);
    if (read === undefined) throw this.#unknownType(type);
    read(line);
  }

  #readHeader(line: object): void {
    if (this.#cursor.line !== 1) throw this.#cursor.fault('type', 'a dump line can only be the first one');
    versionOfHeader(line, this.#cursor);
  }

  #readGroup(line: object): void {
    const record = groupOfLine(line, this.#cursor);
    this.#names.addGroup(record.name);
    this.#records.push({ entity: 'group', record });
  }

  #readSite(line: object): void {
    const record = siteOfLine(line, this.#cursor);
    this.#names.addSite(record.name);
    this.#records.push({ entity: 'site', record });
  }

  #readPartition(line: object): void {
    const record = partitionOfLine(line, this.#cursor);
    this.#partitions.add(record);
    this.#records.push({ entity: 'partition', record });
  }

  #readQuota(line: object): void {
    const { site, partition, bytes } = checkObject(QUOTA, line, this.#cursor);
    const siteName = this.#names.siteName(this.#names.site(site));
    const partitionName = this.#partitions.addQuota(siteName, partition, bytes);
    this.#records.push({ entity: 'quota', record: { site: siteName, partition: partitionName, bytes } });
  }

  #readDataset(line: object): void {
    const record = datasetOfLine(line, this.#cursor);
    this.#names.addDataset(record.name);
    this.#records.push({ entity: 'dataset', record });
  }

  #addBlock(checked: BlockLine): void {
    const dataset = this.#names.dataset(checked.dataset);
    const name = parseBlockName(checked.name, this.#cursor.at('name'));
    const totals = this.#blocks.add(this.#names.addBlock(dataset, name), checked);
    const record = {
      dataset: this.#names.datasetName(dataset),
      name,
      size: totals.size,
      files: totals.files,
      isOpen: checked.is_open,
      lastUpdate: checked.last_update,
    };
    this.#records.push({ entity: 'block', record });
  }

  #addFile(checked: FileLine): void {
    const dataset = this.#names.dataset(checked.dataset);
    const block = this.#names.block(dataset, checked.block);
    const lfn = parseLfn(checked.lfn, this.#cursor.at('lfn'));
    let checksums = checked.checksums ?? {};
    if (checksums.adler32 !== undefined) {
      checksums = { ...checksums, adler32: parseAdler32(checksums.adler32, this.#cursor.at('checksums')) };
    }
    const id = this.#files.add(lfn, block, checked.size);
    this.#blocks.addFile(block, checked.size);
    const record = {
      id,
      dataset: this.#names.datasetName(dataset),
      block: checked.block as BlockName,
      lfn,
      size: checked.size,
      checksums,
    };
    this.#records.push({ entity: 'file', record });
  }

  #addDatasetReplica(checked: DatasetReplicaLine): void {
    const dataset = this.#names.dataset(checked.dataset);
    const site = this.#names.site(checked.site);
    const group = this.#names.group(checked.group);
    if (!this.#datasetReplicas.add(dataset, site)) {
      throw this.#cursor.fault('site', `the replica of dataset ${checked.dataset} at ${checked.site} is defined twice`);
    }
    if (!this.#datasetReplicasGiven.add(dataset, site)) return;
    const record = {
      dataset: this.#names.datasetName(dataset),
      site: this.#names.siteName(site),
      group,
      growing: checked.growing ?? false,
    };
    this.#records.push({ entity: 'datasetReplica', record });
  }

  #addBlockReplica(checked: BlockReplicaLine): void {
    const dataset = this.#names.dataset(checked.dataset);
    const block = this.#names.block(dataset, checked.block);
    const site = this.#names.site(checked.site);
    const group = this.#names.group(checked.group);
    if (!this.#blockReplicas.add(block, site)) {
      throw this.#cursor.fault('site', `the replica of block ${checked.block} at ${checked.site} is defined twice`);
    }
    const partial = this.#partialOf(checked, block);
    if (this.#datasetReplicasGiven.add(dataset, site)) this.#giveDatasetReplica(dataset, site);
    const operation = this.#survey.hasReplicaOperations
      ? this.#survey.replicaOperation(checked.dataset, checked.block, checked.site)
      : 'none';
    if (operation !== 'none') this.#replicasWithOperation += 1;
    const record = {
      dataset: this.#names.datasetName(dataset),
      block: checked.block as BlockName,
      site: this.#names.siteName(site),
      group,
      custodial: checked.custodial ?? false,
      lastUpdate: checked.last_update,
      operation,
      partial,
    };
    this.#records.push({ entity: 'blockReplica', record });
  }

  #readLock(line: object): void {
    this.#locks += 1;
    this.#records.push({ entity: 'lock', record: lockOfLine(line, this.#locks, this.#cursor) });
  }

  /** Operations come with the survey; here is checked what the line says. */
  #readOperation(line: object): void {
    const { target } = operationOfLine(line, (this.#operations.size + 1) as OperationId, this.#cursor);
    const site = this.#names.site(target.site);
    if (target.kind !== 'delete-path') this.#names.block(this.#names.dataset(target.dataset), target.block);
    const key = operationTargetKey(target);
    if (this.#operations.has(key)) {
      throw this.#cursor.fault('kind', `a second operation on the same data at ${this.#names.siteName(site)}`);
    }
    this.#operations.set(key, this.#cursor.line);
    if (target.kind === 'delete-path') this.#replicasWithOperation += 1;
  }

  /** Rules come with the survey, as operations do. */
  #readRule(line: object): void {
    const { id, group } = ruleOfLine(line, this.#cursor);
    if (group !== null) this.#names.group(group);
    if (id <= this.#lastRule) throw this.#cursor.fault('id', `rule ${id} comes after rule ${this.#lastRule}`);
    this.#lastRule = id;
    this.#rules += 1;
  }

  #partialOf({ size, files, lfns }: BlockReplicaLine, block: number): Partial | null {
    if (size === undefined && files === undefined && lfns === undefined) return null;
    const totals = this.#blocks.totals(block);
    if (lfns !== undefined) {
      if (size === undefined && files === undefined) return this.#files.held(lfns, block, totals);
      throw this.#cursor.fault(
        'lfns',
        'a partial replica gives the files that it has, or their size and number, not both',
      );
    }
    if (size === undefined)
      throw this.#cursor.fault('size', 'a partial replica that gives "files" needs the key "size"');
    if (files === undefined)
      throw this.#cursor.fault('files', 'a partial replica that gives "size" needs the key "files"');
    if (size > totals.size)
      throw this.#cursor.fault('size', `the replica has ${size} bytes, its block only ${totals.size}`);
    if (files > totals.files) {
      throw this.#cursor.fault('files', `the replica has ${files} files, its block only ${totals.files}`);
    }
    return { size, files, contents: { kind: 'unknown' } };
  }

  /** A block replica came before the line of its dataset replica, or there is none. */
  #giveDatasetReplica(dataset: number, site: number): void {
    const key = { dataset: this.#names.datasetName(dataset), site: this.#names.siteName(site) };
    const late = this.#survey.lateReplicas.get(key.dataset, key.site);
    const record: DatasetReplicaRecord =
      late === undefined
        ? { ...key, group: null, growing: false }
        : { ...key, group: this.#lateGroup(key.dataset, late), growing: late.growing };
    this.#records.push({ entity: 'datasetReplica', record });
  }

  #lateGroup(dataset: DatasetName, late: LateReplica): DatasetReplicaRecord['group'] {
    const { group, line } = late;
    if (group === null || this.#names.hasGroup(group)) return this.#names.group(group);
    const what = `the replica of dataset ${dataset} is used before the group of its own line (line ${line}) is defined`;
    throw this.#cursor.fault('dataset', what, 'put group lines first');
  }

  #checkOperations(): void {
    const { operations, operationLines } = this.#survey;
    for (const [index, { target }] of operations.entries()) {
      if (target.kind === 'delete-path') continue;
      const block = this.#names.block(this.#names.dataset(target.dataset), target.block);
      if (this.#blockReplicas.has(block, this.#names.site(target.site))) continue;
      throw this.#cursor.faultAt(
        operationLines[index] as number,
        'block',
        `an operation on a block replica that no line defines (block ${target.block} at ${target.site})`,
      );
    }
  }

  #unknownType(type: unknown): Error {
    if (type === undefined) return this.#cursor.fault('type', 'a line needs the key "type"');
    const near = typeof type === 'string' ? nearestName(type, this.#readers.keys()) : undefined;
    const shown = JSON.stringify(type).slice(0, 80).toWellFormed();
    return this.#cursor.fault(
      'type',
      `unknown type ${shown}`,
      near === undefined ? undefined : `did you mean "${near}"?`,
    );
  }
}
