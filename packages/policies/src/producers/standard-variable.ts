import { assert, replicaVariables, type VariableDefinition } from '@dynamo/core';

/** A variable of the language, by its name. */
export function standardVariable(name: string): VariableDefinition {
  const variable = replicaVariables().get(name);
  assert(variable?.source === 'producer', `${name} is a variable that producers supply`);
  return variable;
}
