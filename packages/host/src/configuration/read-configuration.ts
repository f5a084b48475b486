import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DynamoError, inputError } from '@dynamo/core';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Configuration, DatabaseConfiguration, ProducerConfiguration } from './configuration.ts';
import { configurationSchema, type WrittenConfiguration } from './configuration-schema.ts';

/** One fault of a configuration file, at its place. */
export interface ConfigurationFault {
  /** Counted from 1; null where the place is what is missing. */
  readonly line: number | null;
  readonly path: string;
  readonly what: string;
}

/** Reads one JSON or YAML file. Throws `invalid-input` with every fault in it. */
export async function readConfiguration(file: string): Promise<Configuration> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw inputError({ what: 'the configuration cannot be read', where: { file }, hint: why }, cause);
  }
  return parseConfiguration(text, resolve(file));
}

/** Without a file: SQLite below `./dynamo-data`, loopback only, no cycles that delete. */
export function defaultConfiguration(workingDirectory: string): Configuration {
  return { file: null, ...absolute(configurationSchema().parse({}), workingDirectory) };
}

/** JSON is YAML: one reader takes both, and knows the lines of both. Paths are relative to the file. */
export function parseConfiguration(text: string, file: string): Configuration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = [...document.errors, ...document.warnings].map(
    ({ message, pos }): ConfigurationFault => ({ line: lines.linePos(pos[0]).line, path: '', what: message }),
  );
  if (syntax.length > 0) throw faultsError(file, syntax);
  const parsed = configurationSchema().safeParse(document.toJS() ?? {});
  if (parsed.success) return { file, ...absolute(parsed.data, dirname(file)) };
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    const node = document.getIn(path, true);
    return isNode(node) && node.range ? lines.linePos(node.range[0]).line : null;
  };
  throw faultsError(
    file,
    parsed.error.issues.flatMap((issue) => faultsOf(issue, lineOf)),
  );
}

function faultsOf(
  issue: z.core.$ZodIssue,
  lineOf: (path: readonly PropertyKey[]) => number | null,
): readonly ConfigurationFault[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ line: lineOf(issue.path), path: pathText(issue.path), what: lowerFirst(issue.message) }];
  }
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    return { line: lineOf(path), path: pathText(path), what: `unknown key (${issue.message})` };
  });
}

function faultsError(file: string, faults: readonly ConfigurationFault[]): DynamoError<'invalid-input'> {
  const shown = faults.map(({ line, path, what }) => {
    const place = line === null ? file : `${file}:${line}`;
    return path === '' ? `${place}: ${what}` : `${place}: ${path}: ${what}`;
  });
  return new DynamoError('invalid-input', shown.join('\n'), { data: { file, faults } });
}

/** `detox.policies[2]`, as in every error about a document. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** SQLite's file is data; a password and an authority are part of the configuration. */
function absoluteDatabase(
  database: DatabaseConfiguration,
  { base, dataDirectory }: { readonly base: string; readonly dataDirectory: string },
): DatabaseConfiguration {
  if (database.kind === 'sqlite') return { ...database, file: resolve(dataDirectory, database.file) };
  const { passwordFile, tls } = database;
  return {
    ...database,
    passwordFile: passwordFile === null ? null : resolve(base, passwordFile),
    tls: tls === null || tls.caFile === null ? tls : { caFile: resolve(base, tls.caFile) },
  };
}

function absoluteProducer(producer: ProducerConfiguration, base: string): ProducerConfiguration {
  if ('file' in producer) return { ...producer, file: resolve(base, producer.file) };
  if (producer.kind !== 'http' || producer.tokenFile === null) return producer;
  return { ...producer, tokenFile: resolve(base, producer.tokenFile) };
}

function absolute(written: WrittenConfiguration, base: string): WrittenConfiguration {
  const dataDirectory = resolve(base, written.dataDirectory);
  const { database, server, log, producers, detox, dealer, warmStart } = written;
  return {
    ...written,
    dataDirectory,
    database: absoluteDatabase(database, { base, dataDirectory }),
    server: {
      ...server,
      tokenFile: resolve(dataDirectory, server.tokenFile),
      peopleFile: server.peopleFile === null ? null : resolve(base, server.peopleFile),
    },
    log: { ...log, file: log.file === null ? null : resolve(dataDirectory, log.file) },
    warmStart: { ...warmStart, file: warmStart.file === null ? null : resolve(dataDirectory, warmStart.file) },
    producers: producers.map((producer) => absoluteProducer(producer, base)),
    detox: { ...detox, policies: detox.policies.map((policy) => ({ ...policy, file: resolve(base, policy.file) })) },
    dealer: { ...dealer, file: dealer.file === null ? null : resolve(base, dealer.file) },
  };
}
