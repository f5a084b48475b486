import { type AccessRecord, inputError, throwIfAborted } from '@dynamo/core';
import { ACCESS_KEYS, checkAccess, checkKey } from './check-access.ts';
import { csvFields } from './csv-fields.ts';

export interface ReadAccessLogOptions {
  /** For messages. */
  readonly file: string;
  /** A table with a header, or an object in each line. */
  readonly format: 'csv' | 'ndjson';
  readonly signal?: AbortSignal;
}

/** Lines given out together. */
const BATCH = 4096;
/** In characters: the longest sensible line has two names of 512. */
const MAX_LINE = 65_536;

type ReadLine = (line: string, number: number) => AccessRecord | undefined;

/**
 * Accesses from an access log in UTF-8 (docs/formats.md), line by line, with no more than a batch in memory. Throws
 * `invalid-input` with the line of the first fault; what came before it has been given out then.
 */
export async function* readAccessLog(
  chunks: AsyncIterable<Uint8Array>,
  { file, format, signal }: ReadAccessLogOptions,
): AsyncGenerator<readonly AccessRecord[]> {
  const read = format === 'csv' ? csvReader(file) : ndjsonReader(file);
  let batch: AccessRecord[] = [];
  let number = 0;
  for await (const lines of linesOf(chunks, file, () => number)) {
    throwIfAborted('reading an access log', signal);
    for (const line of lines) {
      number += 1;
      const record = line.trim() === '' ? undefined : read(line, number);
      if (record === undefined) continue;
      batch.push(record);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function ndjsonReader(file: string): ReadLine {
  return (line, number) => {
    const where = { file, line: number };
    let written: unknown;
    try {
      written = JSON.parse(line);
    } catch (cause) {
      throw inputError({ what: `it is not JSON: ${(cause as Error).message}`, where }, cause);
    }
    return checkAccess(written, where);
  };
}

function csvReader(file: string): ReadLine {
  let header: readonly string[] | undefined;
  return (line, number) => {
    const where = { file, line: number };
    const fields = csvFields(line, where);
    if (header === undefined) {
      header = fields;
      for (const name of fields) checkKey(name, where);
      if (new Set(fields).size < fields.length) throw inputError({ what: 'two columns have one name', where });
      for (const name of ['dataset', 'day']) {
        if (fields.includes(name)) continue;
        throw inputError({ what: `there is no column ${name}`, where, hint: `columns: ${ACCESS_KEYS.join(', ')}` });
      }
      return undefined;
    }
    if (fields.length !== header.length) {
      throw inputError({ what: `${fields.length} fields, and the header has ${header.length}`, where });
    }
    return checkAccess(Object.fromEntries(header.map((name, column) => [name, fields[column]])), where);
  };
}

async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  lineNumber: () => number,
): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (cause) {
      throw inputError({ what: 'it is not UTF-8', where: { file, line: lineNumber() + 1 } }, cause);
    }
  };
  let rest = '';
  for await (const bytes of chunks) {
    const lines = (rest + decode(bytes)).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
    if (rest.length <= MAX_LINE) continue;
    const where = { file, line: lineNumber() + 1 };
    throw inputError({ what: `the line is longer than ${MAX_LINE} characters`, where, hint: 'is it an access log?' });
  }
  rest += decode();
  if (rest !== '') yield [rest];
}
