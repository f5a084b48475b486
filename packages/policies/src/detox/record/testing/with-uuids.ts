import type { InventoryRecord } from '@dynamo/core';

/** Of these, some are the same for many digits, one is as long as a UUID and none, and one is in upper case. */
const NAMES = [
  '3f2a91c0-0000-4000-8000-000000000001',
  '3f2a91c0-0000-4000-8000-000000000002',
  '3f2a91c7-1111-4000-8000-000000000001',
  '3f2b0000-1111-4000-8000-00000000000b',
  '3F2A91C0-0000-4000-8000-000000000001',
];

/** The blocks b0, b1 .. of a random federation under such names, other ones for each dataset. */
export function withUuids(records: readonly InventoryRecord[]): readonly InventoryRecord[] {
  return records.map((each) => {
    const { entity } = each;
    const record = each.record as { readonly block?: string | null; readonly name?: string; readonly dataset?: string };
    const rename = (name: string): string => nameFor(name, record.dataset ?? '');
    if (entity === 'block' && record.name !== undefined) {
      return { entity, record: { ...record, name: rename(record.name) } } as unknown as InventoryRecord;
    }
    if (record.block === undefined || record.block === null) return each;
    return { entity, record: { ...record, block: rename(record.block) } } as unknown as InventoryRecord;
  });
}

function nameFor(name: string, dataset: string): string {
  // In some datasets nothing is alike, in others almost all of it.
  const at = (Number(name.slice(1)) + dataset.length) % NAMES.length;
  return dataset.length % 2 === 0 ? (NAMES[at] as string) : `${at}a7c${(NAMES[at] as string).slice(4).toLowerCase()}`;
}
