import { readFile } from 'node:fs/promises';
import { type AttributeProducer, inputError, replicaVariables, type VariableCatalogue } from '@dynamo/core';
import { columnsOfWritten, findProducedVariable } from './columns-of-written.ts';
import { parseAttributeCsv } from './parse-attribute-csv.ts';
import { parseAttributeJson } from './parse-attribute-json.ts';
import type { WrittenAttributes } from './written-attributes.ts';

export interface AttributeFileOptions {
  /** `.csv`: a table with a column `dataset` and one for each variable. Else JSON: variable -> dataset -> value. */
  readonly path: string;
  /** Knows the variables by name; an experiment extends the standard one by its own. */
  readonly catalogue?: VariableCatalogue;
  readonly signal?: AbortSignal;
}

/**
 * A producer that reads values from a file, anew for every run. What it provides are the variables that the file named
 * when this was called. Rejects with `invalid-input` for a file that cannot be read or means nothing.
 */
export async function attributeFile(options: AttributeFileOptions): Promise<AttributeProducer> {
  const { path, catalogue = replicaVariables() } = options;
  const known = await readAttributes(path, options.signal);
  const provides = [...known.keys()].map((name) => findProducedVariable(name, catalogue, path));
  return {
    name: `file ${path}`,
    provides,
    async load(_view, { now, signal }) {
      return columnsOfWritten(await readAttributes(path, signal), provides, { file: path, now });
    },
  };
}

async function readAttributes(path: string, signal: AbortSignal | undefined): Promise<WrittenAttributes> {
  let text: string;
  try {
    text = await readFile(path, { encoding: 'utf8', ...(signal === undefined ? {} : { signal }) });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw inputError({ what: 'the file with attributes cannot be read', where: { file: path } }, cause);
  }
  return path.endsWith('.csv') ? parseAttributeCsv(text, path) : parseAttributeJson(text, path);
}
