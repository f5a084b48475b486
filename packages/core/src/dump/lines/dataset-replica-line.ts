import { flag, text, textOrNull } from '../../input/checks.ts';
import type { DatasetReplicaRecord } from '../../model/records.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';

export interface DatasetReplicaLine {
  readonly dataset: string;
  readonly site: string;
  readonly group?: string | null | undefined;
  readonly growing?: boolean | undefined;
}

export const DATASET_REPLICA: LineSchema<DatasetReplicaLine> = lineSchema<DatasetReplicaLine>(
  'dataset_replica',
  { dataset: text, site: text },
  { group: textOrNull, growing: flag },
);

export function printDatasetReplica({ dataset, site, group, growing }: DatasetReplicaRecord): string {
  return JSON.stringify({
    type: 'dataset_replica',
    dataset,
    site,
    group: group ?? undefined,
    growing: growing ? true : undefined,
  });
}
