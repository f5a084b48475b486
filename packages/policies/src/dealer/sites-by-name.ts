import { compareByteOrder, type InventoryTables } from '@dynamo/core';

/** Rows of all sites in the byte order of their names. */
export function sitesByName({ sites }: Pick<InventoryTables, 'sites'>): number[] {
  const named: { row: number; name: string }[] = [];
  for (let row = 0; row < sites.rows; row++) {
    const name = sites.get(row)?.name;
    if (name !== undefined) named.push({ row, name });
  }
  return named.sort((a, b) => compareByteOrder(a.name, b.name)).map(({ row }) => row);
}
