import type { DynamoError } from '../errors/dynamo-error.ts';
import { type InputPlace, inputError } from '../errors/input-error.ts';

/** Where reading is: one object for all lines, since most of them have no fault to report. */
export class LineCursor {
  readonly file: string | undefined;
  /** Counted from 1. */
  line = 1;

  constructor(file: string | undefined) {
    this.file = file;
  }

  /** A place on the current line. */
  at(key?: string): InputPlace {
    return { file: this.file, line: this.line, path: key };
  }

  fault(key: string | undefined, what: string, hint?: string): DynamoError<'invalid-input'> {
    return inputError({ what, where: this.at(key), hint });
  }

  faultAt(line: number, key: string | undefined, what: string, hint?: string): DynamoError<'invalid-input'> {
    return inputError({ what, where: { file: this.file, line, path: key }, hint });
  }
}
