import { type AttributeColumn, inputError, type VariableCatalogue, type VariableDefinition } from '@dynamo/core';
import { checkAttributeValue } from './check-attribute-value.ts';
import type { WrittenAttributes } from './written-attributes.ts';

/** The variable of that name. Throws `invalid-input` where there is none, or where the inventory says what it is. */
export function findProducedVariable(name: string, catalogue: VariableCatalogue, file: string): VariableDefinition {
  const variable = catalogue.get(name);
  if (variable === undefined) {
    const near = catalogue.nearest(name);
    const hint = near === undefined ? undefined : `did you mean \`${near.name}\`?`;
    throw inputError({ what: `there is no variable \`${name}\``, where: { file }, hint });
  }
  if (variable.source === 'producer') return variable;
  throw inputError({ what: `\`${name}\` comes from the inventory: nobody else can supply it`, where: { file } });
}

/** The columns of these variables, out of what was written. Throws `invalid-input` where one is missing or wrong. */
export function columnsOfWritten(
  written: WrittenAttributes,
  variables: readonly VariableDefinition[],
  { file, now }: { readonly file: string; readonly now: number },
): ReadonlyMap<string, AttributeColumn> {
  const columns = new Map<string, AttributeColumn>();
  for (const variable of variables) {
    const values = written.get(variable.name);
    if (values === undefined) throw inputError({ what: `${variable.name} is not in it`, where: { file } });
    columns.set(
      variable.name,
      new Map(values.map((each) => [each.dataset, checkAttributeValue(each, variable, { file, now })])),
    );
  }
  return columns;
}
