import type { TextColumn, VariableBinder } from '../condition/variable-binder.ts';
import { partitionBinder } from '../inventory/partition-binder.ts';
import type { InventoryTables } from '../inventory/tables.ts';
import { compilePartitions } from './compile-partitions.ts';

/** For a block-replica row and a group row. */
export type PartitionTest = (replicaRow: number, groupRow: number) => boolean;

/** Whether a block replica would be in the partition of that row if that group owned it. An open deletion is not looked at. */
export function partitionUnderGroup(tables: InventoryTables, partitionRow: number): PartitionTest {
  let owner = 0;
  const stored = partitionBinder(tables);
  const binder: VariableBinder = {
    numeric: (variable) => stored.numeric(variable),
    text: (variable) => {
      const column: TextColumn = stored.text(variable);
      return variable.name === 'blockreplica.owner' ? { code: () => owner, text: column.text } : column;
    },
  };
  const compiled = compilePartitions(tables.partitions);
  const predicates = compiled.bind(binder);
  const bases = (compiled.bases[partitionRow] ?? []).flatMap((base) => predicates[base] ?? []);
  return (replicaRow, groupRow) => {
    owner = groupRow;
    return bases.some((predicate) => predicate(replicaRow));
  };
}
