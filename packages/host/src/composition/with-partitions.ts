import { type InventoryRecord, inputError, type PartitionRecord } from '@dynamo/core';

/**
 * The records of a dump with the partitions of a file in place of those of the same names. The dump's other partitions
 * stay, as do the quotas, which fit the file's partitions or are refused: a union has none of its own.
 */
export function withPartitions(
  partitions: readonly PartitionRecord[],
  { file, dump }: { readonly file: string; readonly dump: string },
): (records: AsyncIterable<readonly InventoryRecord[]>) => AsyncIterable<readonly InventoryRecord[]> {
  const replaced = new Set<string>(partitions.map(({ name }) => name));
  const unions = partitions.filter((partition) => 'parts' in partition);
  const parts = new Set<string>(unions.flatMap((union) => ('parts' in union ? union.parts : [])));
  const unionNames = new Set<string>(unions.map(({ name }) => name));

  const stays = ({ entity, record }: InventoryRecord): boolean => {
    if (entity === 'partition') return !replaced.has(record.name);
    if (entity !== 'quota') return true;
    const { partition, site, bytes } = record;
    const fault = unionNames.has(partition)
      ? `is a union, but ${dump} states a quota of it at ${site}: a union's quota is the sum of its parts'`
      : bytes < 0 && parts.has(partition)
        ? `is part of a union, but ${dump} states that it is unlimited at ${site}`
        : undefined;
    if (fault !== undefined) throw inputError({ what: `partition ${partition} ${fault}`, where: { file } });
    return true;
  };

  return async function* (records) {
    // They refer to nothing but one another; unions of the dump may refer to them.
    yield partitions.map((record) => ({ entity: 'partition', record }));
    for await (const batch of records) yield batch.filter(stays);
  };
}
