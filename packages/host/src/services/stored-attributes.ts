/** Values of variables that others send, and who supplies which variable. */
import { inputError, type VariableType } from '@dynamo/core';
import { columnsOfWritten, findProducedVariable, writtenAttributes } from '@dynamo/policies';
import type { Application } from './application.ts';
import { producibleVariables } from './attributes.ts';

/** By variable: how many datasets have a value now. */
export type AttributesReport = Readonly<Record<string, number>>;

/** A variable that producers may supply. */
export interface SuppliedVariable {
  readonly name: string;
  readonly type: VariableType['kind'];
  /** The producer that counts; null: none supplies it. */
  readonly producer: string | null;
  readonly description: string;
}

/**
 * Values by variable and dataset, as a file of attributes has them. They replace all that was sent before of these
 * variables. Throws `invalid-input`, and keeps nothing of it, for a variable that no producer of the kind `stored` would
 * supply, and for a value that is none.
 */
export async function sendAttributes(
  { store, configuration, clock }: Pick<Application, 'store' | 'configuration' | 'clock'>,
  document: unknown,
  { file }: { readonly file: string },
): Promise<AttributesReport> {
  const now = clock.nowSeconds();
  const catalogue = producibleVariables(configuration);
  const wanted = new Set(configuration.producers.flatMap((each) => (each.kind === 'stored' ? each.variables : [])));
  const written = writtenAttributes(document, file);
  const variables = [...written.keys()].map((name) => findProducedVariable(name, catalogue, file));
  if (variables.length === 0) throw inputError({ what: 'there is no variable in it', where: { file } });
  for (const { name } of variables) {
    if (wanted.has(name)) continue;
    const hint = `add it to the configuration: producers: [{kind: stored, variables: [${name}]}]`;
    throw inputError({ what: `nobody would read ${name}: no producer supplies it from here`, where: { file }, hint });
  }
  const columns = columnsOfWritten(written, variables, { file, now });
  for (const [name, values] of columns) await store.attributes.put(name, { values, time: now });
  return Object.fromEntries(Array.from(columns, ([name, values]) => [name, values.size]));
}

/** In the order of the language, the experiment's own last. */
export function listVariables({
  configuration,
  producers,
}: Pick<Application, 'configuration' | 'producers'>): readonly SuppliedVariable[] {
  return producibleVariables(configuration)
    .variables()
    .filter(({ source }) => source === 'producer')
    .map(({ name, type, description }) => {
      const producer = producers.findLast(({ provides }) => provides.some((provided) => provided.name === name));
      return { name, type: type.kind, producer: producer?.name ?? null, description };
    });
}
