import { replicaVariables, type VariableDefinition, type VariableValue } from '@dynamo/core';
import type { CheckedPolicy } from '../../policy/checked-policy.ts';
import type { PolicyFunction } from '../../typescript/policy-function.ts';
import { callOf, runSight } from '../conditions/bind-functions.ts';
import { dependenceOf, type ImageBinders, type ImageFigures } from '../conditions/image-binders.ts';
import { policySights } from '../conditions/policy-sights.ts';
import type { ExplainedFunction, ReadByFunction } from './explanation.ts';

/** What a function says of the replica that is walked, at the moment of the call, and what it reads for that. */
export type FunctionSight = () => ExplainedFunction;

/** Functions of a policy, to be called once more beside the run: they are pure. */
export function functionSights(
  policy: CheckedPolicy,
  { figures, binders, now }: { readonly figures: ImageFigures; readonly binders: ImageBinders; readonly now: number },
): (each: PolicyFunction) => FunctionSight {
  let reads = new Reads();
  const catalogue = policy.variables ?? replicaVariables();
  const { replica, blockReplica } = policySights(figures, binders, catalogue, (...read) => reads.note(...read));
  const run = runSight(now);
  const { walk } = figures;
  return (each) => () => {
    reads = new Reads();
    const seen = each.level === 'replica' ? [replica] : Array.from(walk.copies.subarray(0, walk.count), blockReplica);
    let holds = false;
    // All of them, so that what it read of each block is known.
    for (const sight of seen) holds = callOf(each, sight, run) === true || holds;
    return { text: each.text, holds, decided: false, read: reads.list() };
  };
}

/** By variable; of one of blocks, the value in each of them. */
class Reads {
  readonly #values = new Map<VariableDefinition, Map<number, VariableValue>>();

  note(variable: VariableDefinition, value: VariableValue, row: number): void {
    const known = this.#values.get(variable);
    if (known === undefined) this.#values.set(variable, new Map([[row, value]]));
    else known.set(row, value);
  }

  /** In the order in which they were read first. */
  list(): ReadByFunction[] {
    return Array.from(this.#values, ([variable, values]) => {
      const { name, type } = variable;
      const about = { variable: name, type: type.kind };
      if (dependenceOf(variable) !== 'copy') return { ...about, saw: [...values.values()][0] as VariableValue };
      const counts = Map.groupBy(values.values(), (value) => value);
      const saw = Array.from(counts, ([value, blocks]) => ({ value, blocks: blocks.length }));
      return { ...about, saw: saw.sort((a, b) => (a.value < b.value ? -1 : 1)) };
    });
  }
}
