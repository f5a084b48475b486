import { DynamoError } from './dynamo-error.ts';

/** A place in what the user gave: a position in a text, or a path in a document (`dataset[3].blocks[0].size`). */
export interface InputPlace {
  readonly file?: string | undefined;
  /** Counted from 1. */
  readonly line?: number | undefined;
  /** Counted from 1, in UTF-16 units. */
  readonly column?: number | undefined;
  readonly path?: string | undefined;
}

export interface InputFault {
  /** What is wrong, in lower case and without a full stop. */
  readonly what: string;
  readonly where?: InputPlace | undefined;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

/** An error in what the user gave; its message reads `file:line:column: path: what (hint)`. */
export function inputError(fault: InputFault, cause?: unknown): DynamoError<'invalid-input'> {
  const { what, where = {}, hint } = fault;
  const place = formatPlace(where);
  const message = `${place === '' ? '' : `${place}: `}${what}${hint === undefined ? '' : ` (${hint})`}`;
  return new DynamoError('invalid-input', message, { data: { what, where, hint }, cause });
}

function formatPlace({ file, line, column, path }: InputPlace): string {
  const position = line === undefined ? '' : `${line}${column === undefined ? '' : `:${column}`}`;
  const inFile =
    file === undefined ? (position === '' ? '' : `line ${position}`) : [file, position].filter(Boolean).join(':');
  return [inFile, path ?? ''].filter(Boolean).join(': ');
}
