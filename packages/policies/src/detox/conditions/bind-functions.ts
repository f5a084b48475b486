/** Functions of a policy in TypeScript, as predicates over rows of the image. */
import {
  DynamoError,
  parseTime,
  type RowPredicate,
  replicaVariables,
  resolveTime,
  type VariableDefinition,
} from '@dynamo/core';
import type { CheckedPolicy, PolicyLine } from '../../policy/checked-policy.ts';
import type { UsedVariable } from '../../policy/used-variables.ts';
import type { PolicyFunction } from '../../typescript/policy-function.ts';
import type { BlockReplicaSight, ReplicaSight, RunSight } from '../../typescript/sights.ts';
import type { ImageBinders, ImageFigures } from './image-binders.ts';
import { type PolicySights, policySights } from './policy-sights.ts';

export interface BoundLine {
  /** Row: the replica that is walked. */
  readonly ofReplica: readonly RowPredicate[];
  /** Row: a copy. */
  readonly ofCopy: readonly RowPredicate[];
}

const NONE: BoundLine = { ofReplica: [], ofCopy: [] };

export class BoundFunctions {
  readonly #lines = new Map<PolicyLine, BoundLine>();
  /** Lines whose functions read it. */
  readonly #reads = new Map<VariableDefinition, Set<number>>();
  #at = 0;

  constructor(policy: CheckedPolicy, figures: ImageFigures, binders: ImageBinders, now: number) {
    if (!hasFunctions(policy)) return;
    const sights = policySights(figures, binders, policy.variables ?? replicaVariables(), (variable) => {
      const lines = this.#reads.get(variable);
      if (lines === undefined) this.#reads.set(variable, new Set([this.#at]));
      else lines.add(this.#at);
    });
    const run = runSight(now);
    for (const line of policy.lines) {
      if (line.functions === undefined) continue;
      const bound = line.functions.map((each) => ({
        level: each.level,
        holds: this.#bind(each, line.line, sights, run),
      }));
      const of = (level: PolicyFunction['level']): RowPredicate[] =>
        bound.filter((each) => each.level === level).map(({ holds }) => holds);
      this.#lines.set(line, { ofReplica: of('replica'), ofCopy: of('block') });
    }
  }

  of(line: PolicyLine): BoundLine {
    return this.#lines.get(line) ?? NONE;
  }

  /** What functions have read so far, beside what the policy's conditions name. */
  used(): UsedVariable[] {
    return Array.from(this.#reads, ([variable, lines]) => ({ variable, lines: [...lines].sort((a, b) => a - b) }));
  }

  #bind(each: PolicyFunction, line: number, { replica, blockReplica }: PolicySights, run: RunSight): RowPredicate {
    const call = (sight: ReplicaSight | BlockReplicaSight): boolean => {
      this.#at = line;
      const said = callOf(each, sight, run);
      if (typeof said === 'boolean') return said;
      throw new DynamoError('invalid-input', `${each.place}: the function said ${String(said)}, which is no boolean`);
    };
    return each.level === 'block' ? (copy) => call(blockReplica(copy)) : () => call(replica);
  }
}

export function hasFunctions({ lines }: Pick<CheckedPolicy, 'lines'>): boolean {
  return lines.some(({ functions }) => functions !== undefined);
}

/** What it says, which need not be a boolean. Throws `invalid-input` with its place where it throws. */
export function callOf(
  { test, place }: PolicyFunction,
  sight: ReplicaSight | BlockReplicaSight,
  run: RunSight,
): unknown {
  try {
    // What a function of the level takes is what it is given.
    return (test as (sight: ReplicaSight | BlockReplicaSight, run: RunSight) => unknown)(sight, run);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DynamoError('invalid-input', `${place}: the function failed: ${why}`, { cause });
  }
}

export function runSight(now: number): RunSight {
  const times = new Map<string, number>();
  return Object.freeze({
    now,
    time(text: string): number {
      let seconds = times.get(text);
      if (seconds === undefined) {
        seconds = secondsOf(text, now);
        times.set(text, seconds);
      }
      return seconds;
    },
  });
}

function secondsOf(text: string, now: number): number {
  const parsed = parseTime(text);
  const resolved = parsed.ok ? resolveTime(parsed.value, now) : parsed;
  if (resolved.ok) return resolved.value;
  throw new DynamoError('invalid-input', resolved.message);
}
