import { count, flag, size, text, textOrNull, time } from '../../input/checks.ts';
import type { Check } from '../../input/object-schema.ts';
import type { Lfn } from '../../model/names.ts';
import type { BlockReplicaRecord } from '../../model/records.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';

export interface BlockReplicaLine {
  readonly dataset: string;
  readonly block: string;
  readonly site: string;
  readonly last_update: number;
  readonly group?: string | null | undefined;
  readonly custodial?: boolean | undefined;
  /** A partial replica has size and files, the bytes and the number of the files present, */
  readonly size?: number | undefined;
  readonly files?: number | undefined;
  /** or the names of the files present. */
  readonly lfns?: readonly string[] | undefined;
}

const lfns: Check = (value) =>
  Array.isArray(value) && value.every((lfn) => typeof lfn === 'string') ? undefined : 'not a list of LFNs';

export const BLOCK_REPLICA: LineSchema<BlockReplicaLine> = lineSchema<BlockReplicaLine>(
  'block_replica',
  { dataset: text, block: text, site: text, last_update: time },
  { group: textOrNull, custodial: flag, size, files: count, lfns },
);

/** `lfns`: the files present, where they are known. */
export function printBlockReplica(replica: BlockReplicaRecord, lfns: readonly Lfn[] | null): string {
  const counts = lfns === null ? replica.partial : null;
  return JSON.stringify({
    type: 'block_replica',
    dataset: replica.dataset,
    block: replica.block,
    site: replica.site,
    group: replica.group ?? undefined,
    last_update: replica.lastUpdate,
    custodial: replica.custodial ? true : undefined,
    size: counts?.size,
    files: counts?.files,
    lfns: lfns ?? undefined,
  });
}
