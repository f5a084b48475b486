import { readCondition } from '../condition/check-condition.ts';
import type { CheckedCondition } from '../condition/checked-condition.ts';
import { compileCondition, type RowPredicate } from '../condition/compile-condition.ts';
import { partitionVariables } from '../condition/standard-variables.ts';
import type { VariableBinder } from '../condition/variable-binder.ts';
import { formatDiagnostic } from '../diagnostic/format-diagnostic.ts';
import { inputError } from '../errors/input-error.ts';
import type { PartitionRecord } from '../model/records.ts';

/** The partitions of an inventory, checked; by their rows. */
export interface CompiledPartitions {
  /** Of each partition, the rows of the partitions with a condition that it is the union of: itself, if it has one. */
  readonly bases: readonly (readonly number[] | undefined)[];
  /**
   * Rows of the partitions whose conditions use nothing but the site and the owner of a block replica: for those, all
   * replicas of an owner at a site are alike.
   */
  readonly bySiteAndOwner: ReadonlySet<number>;
  /** Whether the time of a block replica can decide where it belongs. */
  readonly usesLastUpdate: boolean;
  /** One predicate a row, over the rows of the binder; undefined for unions. */
  bind(binder: VariableBinder): readonly (RowPredicate | undefined)[];
}

interface PartitionRows {
  readonly rows: number;
  get(row: number): PartitionRecord | undefined;
}

/** Throws `invalid-input` for a condition that does not hold up; unions of unknown parts must have been refused before. */
export function compilePartitions(partitions: PartitionRows): CompiledPartitions {
  const rowOf = new Map<string, number>();
  for (let row = 0; row < partitions.rows; row++) {
    const record = partitions.get(row);
    if (record !== undefined) rowOf.set(record.name, row);
  }
  const conditions: (CheckedCondition | undefined)[] = [];
  const bases: (readonly number[] | undefined)[] = [];
  for (let row = 0; row < partitions.rows; row++) {
    const record = partitions.get(row);
    conditions.push(
      record !== undefined && 'condition' in record ? checkPartition(record.name, record.condition) : undefined,
    );
    bases.push(
      record === undefined ? undefined : [...new Set(basesOf(record, partitions, rowOf))].sort((a, b) => a - b),
    );
  }
  return {
    bases,
    bySiteAndOwner: new Set(conditions.flatMap((c, row) => (c !== undefined && usesSiteAndOwnerOnly(c) ? [row] : []))),
    usesLastUpdate: conditions.some((c) => c?.predicates.some(usesReplicaTime) ?? false),
    bind: (binder) => conditions.map((c) => (c === undefined ? undefined : compileCondition(c, binder))),
  };
}

/** The checked condition of a partition. Throws `invalid-input` with the place of the first fault. */
export function checkPartition(name: string, condition: string): CheckedCondition {
  const outcome = readCondition(condition, partitionVariables());
  if (outcome.ok) return outcome.value;
  const text = outcome.diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, condition)).join('\n');
  throw inputError({ what: `partition ${name}: ${text}` });
}

function usesReplicaTime({ variable }: CheckedCondition['predicates'][number]): boolean {
  return variable.name === 'blockreplica.last_update';
}

function usesSiteAndOwnerOnly({ predicates }: CheckedCondition): boolean {
  return predicates.every(({ variable }) => variable.level === 'site' || variable.name === 'blockreplica.owner');
}

function basesOf(record: PartitionRecord, partitions: PartitionRows, rowOf: ReadonlyMap<string, number>): number[] {
  if ('condition' in record) return [rowOf.get(record.name) as number];
  return record.parts.flatMap((part) => {
    const row = rowOf.get(part);
    const found = row === undefined ? undefined : partitions.get(row);
    return found === undefined ? [] : basesOf(found, partitions, rowOf);
  });
}
