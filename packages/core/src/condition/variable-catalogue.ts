import { inputError } from '../errors/input-error.ts';
import { nearestName } from './nearest-name.ts';
import type { VariableDefinition } from './variable.ts';

export interface CatalogueUse {
  /** For messages: `a partition condition`. */
  readonly purpose: string;
  /** Whether there is a run with a clock; without one, `90 days ago` and `until` mean nothing. */
  readonly clock: boolean;
}

/** The variables that one kind of condition may use. Immutable: producers and experiments add by `extend`. */
export class VariableCatalogue {
  readonly purpose: string;
  readonly clock: boolean;
  readonly #byName: ReadonlyMap<string, VariableDefinition>;

  constructor(use: CatalogueUse, variables: Iterable<VariableDefinition>) {
    this.purpose = use.purpose;
    this.clock = use.clock;
    const byName = new Map<string, VariableDefinition>();
    for (const variable of variables) {
      refuseClash(byName.get(variable.name), variable);
      byName.set(variable.name, variable);
    }
    this.#byName = byName;
  }

  get(name: string): VariableDefinition | undefined {
    return this.#byName.get(name);
  }

  nearest(name: string): VariableDefinition | undefined {
    const near = nearestName(name, this.#byName.keys());
    return near === undefined ? undefined : this.#byName.get(near);
  }

  /** In the order in which they were added. */
  variables(): VariableDefinition[] {
    return [...this.#byName.values()];
  }

  /** A catalogue with these as well. Giving a variable again is fine if nothing about it differs but the description. */
  extend(variables: Iterable<VariableDefinition>): VariableCatalogue {
    const added = [...variables];
    for (const variable of added) refuseMalformed(variable);
    return new VariableCatalogue(this, [...this.#byName.values(), ...added]);
  }
}

function refuseMalformed({ name, level, type }: VariableDefinition): void {
  if (!/^[a-z]+\.[A-Za-z_][A-Za-z0-9_]*$/.test(name) || !name.startsWith(`${level}.`)) {
    throw inputError({
      what: `variable ${JSON.stringify(name)} is not named \`${level}.\` and letters, digits, underscores`,
      hint: `name it \`${level}.my_attribute\``,
    });
  }
  if (type.kind === 'enum' && type.values.some((value) => !/^[A-Z][A-Z0-9_]*$/.test(value))) {
    throw inputError({ what: `the words of variable ${name} are not all in capitals`, hint: 'write NONE, not none' });
  }
}

function refuseClash(known: VariableDefinition | undefined, added: VariableDefinition): void {
  if (known === undefined) return;
  const same =
    known.level === added.level &&
    known.source === added.source &&
    JSON.stringify(known.type) === JSON.stringify(added.type);
  if (!same) throw inputError({ what: `variable ${added.name} is defined twice, and differently` });
}
