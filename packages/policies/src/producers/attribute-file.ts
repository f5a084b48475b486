import { readFile } from 'node:fs/promises';
import {
  type AttributeColumn,
  type AttributeProducer,
  inputError,
  replicaVariables,
  type VariableCatalogue,
  type VariableDefinition,
} from '@dynamo/core';
import { checkAttributeValue } from './check-attribute-value.ts';
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
  const provides = [...known.keys()].map((name) => findVariable(name, catalogue, path));
  return {
    name: `file ${path}`,
    provides,
    async load(_view, { now, signal }) {
      const written = await readAttributes(path, signal);
      const columns = new Map<string, AttributeColumn>();
      for (const variable of provides) {
        const values = written.get(variable.name);
        if (values === undefined)
          throw inputError({ what: `${variable.name} is not in it any more`, where: { file: path } });
        columns.set(
          variable.name,
          new Map(values.map((each) => [each.dataset, checkAttributeValue(each, variable, { file: path, now })])),
        );
      }
      return columns;
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

function findVariable(name: string, catalogue: VariableCatalogue, file: string): VariableDefinition {
  const variable = catalogue.get(name);
  if (variable === undefined) {
    const near = catalogue.nearest(name);
    const hint = near === undefined ? undefined : `did you mean \`${near.name}\`?`;
    throw inputError({ what: `there is no variable \`${name}\``, where: { file }, hint });
  }
  if (variable.source === 'producer') return variable;
  throw inputError({ what: `\`${name}\` comes from the inventory: a file cannot supply it`, where: { file } });
}
