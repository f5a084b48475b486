import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { inputError } from '@dynamo/core';

export interface InputText {
  /** As it was named, for messages. */
  readonly file: string;
  readonly text: string;
}

/** A whole file; `-` is standard input. Throws `invalid-input`, naming it, where it cannot be read. */
export async function readInput(file: string): Promise<InputText> {
  if (file === '-') return { file: '<standard input>', text: await readAll(process.stdin) };
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch (cause) {
    throw inputError({ what: 'cannot be read', where: { file }, hint: (cause as Error).message }, cause);
  }
}
