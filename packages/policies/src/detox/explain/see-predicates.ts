import type { CheckedPredicate, RowPredicate, VariableBinder, VariableValue } from '@dynamo/core';
import { type Dependence, dependenceOf, type ImageBinders } from '../conditions/image-binders.ts';
import { compileAlone } from '../conditions/line-matcher.ts';
import type { WalkState } from '../conditions/walk-state.ts';
import type { ExplainedPredicate, SeenInBlocks } from './explanation.ts';
import { valueFor } from './turning-value.ts';

/** What a predicate sees and says of the replica that is walked, at the moment of the call. */
export type PredicateSight = () => ExplainedPredicate;

export function sightOf(predicate: CheckedPredicate, binders: ImageBinders, walk: WalkState): PredicateSight {
  const { variable, text, test } = predicate;
  const dependence = dependenceOf(variable);
  const holds = compileAlone(predicate, binders);
  const value = valueReader(predicate, binders[dependence]);
  const explained = (says: boolean, saw: ExplainedPredicate['saw']): ExplainedPredicate => ({
    text,
    variable: variable.name,
    type: variable.type.kind,
    holds: says,
    saw: test.kind === 'flag' && !isList(saw) ? saw !== 0 : saw,
    // The line is not over yet: what decided is known at its end.
    decided: false,
    turns: valueFor(predicate, !says),
  });
  if (dependence !== 'copy') {
    const row = (): number => rowOf(dependence, walk);
    return () => explained(holds(row()), value(row()));
  }
  return () => {
    const seen = seenInBlocks(walk, value, holds).map((each) =>
      test.kind === 'flag' ? { ...each, value: each.value !== 0 } : each,
    );
    return explained(
      seen.some((each) => each.holds),
      seen,
    );
  };
}

function isList(saw: ExplainedPredicate['saw']): saw is readonly SeenInBlocks[] {
  return typeof saw === 'object';
}

function rowOf(dependence: Exclude<Dependence, 'copy'>, walk: WalkState): number {
  if (dependence === 'dataset') return walk.dataset;
  return dependence === 'site' ? walk.site : walk.replica;
}

function valueReader({ variable, test }: CheckedPredicate, binder: VariableBinder): (row: number) => VariableValue {
  if (test.kind !== 'text' && test.kind !== 'enum') return binder.numeric(variable);
  const column = binder.text(variable);
  return (row) => column.text(column.code(row));
}

function seenInBlocks(walk: WalkState, value: (copy: number) => VariableValue, holds: RowPredicate): SeenInBlocks[] {
  const counts = new Map<VariableValue, { blocks: number; holds: boolean }>();
  for (let i = 0; i < walk.count; i++) {
    const copy = walk.copies[i] as number;
    const seen = value(copy);
    const known = counts.get(seen);
    if (known === undefined) counts.set(seen, { blocks: 1, holds: holds(copy) });
    else known.blocks += 1;
  }
  return [...counts].map(([seen, rest]) => ({ value: seen, ...rest })).sort((a, b) => (a.value < b.value ? -1 : 1));
}
