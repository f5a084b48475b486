import {
  applyDeletion,
  applyInjection,
  type DeletionSummary,
  DynamoError,
  type InjectionSummary,
  inputError,
  parseDeletion,
  parseInjection,
  type Version,
} from '@dynamo/core';
import { type Application, type WritingOptions, writeInventory } from './application.ts';

/** A document that is not yet parsed, with the name that messages call it by. */
export interface DocumentText {
  readonly file: string;
  readonly text: string;
}

/** What a document did, and the version that has it. */
export interface Applied<Summary> {
  readonly version: Version;
  readonly summary: Summary;
}

/** Puts what an injection document describes into the inventory: all of it, or nothing and the path of its fault. */
export function injectDocument(
  application: Application,
  document: DocumentText,
  options: WritingOptions,
): Promise<Applied<InjectionSummary>> {
  return injectParsed(application, parseDocument(document), { ...options, file: document.file });
}

/** The same of a document that came as a value. */
export async function injectParsed(
  application: Application,
  value: unknown,
  { file, ...options }: WritingOptions & { readonly file?: string },
): Promise<Applied<InjectionSummary>> {
  const document = parseInjection(value, { file });
  const { clock, store } = application;
  const { version, result } = await writeInventory(application, 'inject', options, (draft) =>
    applyInjection(draft, document, { files: store.files, now: clock.nowSeconds(), signal: options.signal }),
  );
  return { version, summary: result };
}

/** Orders the deletion of what a document names: all of it, or nothing. The guard judges each replica. */
export function deleteDocument(
  application: Application,
  document: DocumentText,
  options: WritingOptions,
): Promise<Applied<DeletionSummary>> {
  return deleteParsed(application, parseDocument(document), { ...options, file: document.file });
}

/** The same of a document that came as a value. */
export async function deleteParsed(
  application: Application,
  value: unknown,
  { file, ...options }: WritingOptions & { readonly file?: string },
): Promise<Applied<DeletionSummary>> {
  const document = parseDeletion(value, { file });
  const reason = { source: 'operator', text: `deleted by ${options.user}` };
  const { version, result } = await writeInventory(application, 'delete', options, (draft) =>
    applyDeletion(draft, document, reason),
  );
  return { version, summary: result };
}

/** The document of a text, not yet judged. Throws `invalid-input` where it is no JSON. */
export function parseDocument({ file, text }: DocumentText): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw new DynamoError('internal', `reading ${file} failed`, { cause });
    throw inputError({ what: 'not JSON', where: { file }, hint: cause.message }, cause);
  }
}
