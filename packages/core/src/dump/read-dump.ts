import { throwIfAborted } from '../errors/aborted-error.ts';
import { inputError } from '../errors/input-error.ts';
import type { OperationRecord } from '../model/operation.ts';
import type { InventoryRecord } from '../model/records.ts';
import type { RuleRecord } from '../model/request.ts';
import type { StoreHead } from '../seams/inventory-store.ts';
import { decompress } from './decompress.ts';
import type { DumpSource } from './dump-source.ts';
import { DumpSurvey } from './dump-survey.ts';
import { LineCursor } from './line-cursor.ts';
import { RecordReader } from './record-reader.ts';
import { MAX_LINE_BYTES, wholeLines } from './whole-lines.ts';

const BATCH_RECORDS = 2048;

export interface ReadDumpOptions {
  /** How messages name the dump. */
  readonly file?: string | undefined;
  readonly maxLineBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Dump {
  /** The version that the header says, 0 without one, and counters above every number given out in `records`. */
  readonly head: StoreHead;
  readonly lines: number;
  /** Files that have a line, and so a record. */
  readonly files: number;
  /** The open operations, oldest first; the block replicas of `records` say so too. */
  readonly operations: readonly OperationRecord[];
  /** Rules of users, by number; no cycle has looked at them. */
  readonly rules: readonly RuleRecord[];
  /**
   * Everything else, each record after those it refers to, in batches. Opens the source again each time it is iterated.
   * A fault comes when its line does: what was taken before it is worth nothing then.
   */
  readonly records: AsyncIterable<readonly InventoryRecord[]>;
}

/**
 * Reads an inventory dump, plain or compressed with gzip or zstd. Memory grows with the inventory, not with the text:
 * about 80 bytes a block (with up to 64 sites), 50 a file, and the names of datasets. Throws, and so do the records,
 * `invalid-input` with file, line and key.
 */
export async function readDump(source: DumpSource, options: ReadDumpOptions = {}): Promise<Dump> {
  const survey = await surveyDump(source, options);
  if (survey.lines === 0) {
    throw inputError({
      what: 'the dump is empty',
      where: { file: options.file },
      hint: 'it was cut, or is another file',
    });
  }
  const { version, files, locks, operations, rules } = survey;
  const counters = {
    nextFile: files + 1,
    nextOperation: operations.length + 1,
    nextLock: locks + 1,
    nextRequest: (rules.at(-1)?.id ?? 0) + 1,
  };
  return {
    head: { version, counters },
    lines: survey.lines,
    files,
    operations,
    rules,
    records: { [Symbol.asyncIterator]: () => readRecords(source, survey, options) },
  };
}

async function surveyDump(source: DumpSource, options: ReadDumpOptions): Promise<DumpSurvey> {
  const survey = new DumpSurvey(options.maxLineBytes ?? MAX_LINE_BYTES);
  const cursor = new LineCursor(options.file);
  for await (const bytes of linesOf(source, cursor, options)) survey.readLines(bytes, cursor);
  return survey;
}

async function* readRecords(
  source: DumpSource,
  survey: DumpSurvey,
  options: ReadDumpOptions,
): AsyncGenerator<readonly InventoryRecord[]> {
  const cursor = new LineCursor(options.file);
  const reader = new RecordReader(survey, cursor);
  for await (const bytes of linesOf(source, cursor, options)) {
    reader.readLines(bytes);
    if (reader.waiting >= BATCH_RECORDS) yield reader.take();
  }
  reader.finish();
  if (reader.waiting > 0) yield reader.take();
}

async function* linesOf(
  source: DumpSource,
  cursor: LineCursor,
  { file, maxLineBytes = MAX_LINE_BYTES, signal }: ReadDumpOptions,
): AsyncGenerator<Buffer> {
  for await (const bytes of wholeLines(decompress(source(), file), cursor, maxLineBytes)) {
    throwIfAborted('reading the dump', signal);
    yield bytes;
  }
}
