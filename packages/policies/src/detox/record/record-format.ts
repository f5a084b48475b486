/** The record of a run in the history: one format for all of its parts, so that they are readable together or not at all. */
import { DynamoError } from '@dynamo/core';
import type { ByteReader, ByteWriter } from './byte-stream.ts';

export const RECORD_FORMAT = 2;

export function writeFormat(writer: ByteWriter): void {
  writer.whole(RECORD_FORMAT);
}

/** Throws `corrupt` for what another version of Dynamo has written. */
export function readFormat(reader: ByteReader): void {
  checkRecordFormat({ format: reader.whole() });
}

/** `inputs` of the document in the history, of a cycle of that number if it is known. Throws `corrupt` for what another version of Dynamo has written. */
export function checkRecordFormat(
  inputs: { readonly format?: unknown; readonly dynamo?: unknown } | undefined,
  cycle?: number,
): void {
  const format = inputs?.format;
  if (format === RECORD_FORMAT) return;
  const by = typeof inputs?.dynamo === 'string' ? `Dynamo ${inputs.dynamo}` : 'another version of Dynamo';
  throw new DynamoError(
    'corrupt',
    `the record of ${cycle === undefined ? 'the cycle' : `cycle ${cycle}`} has format ${String(format)}, written by ${by}: this one reads format ${RECORD_FORMAT}`,
  );
}
