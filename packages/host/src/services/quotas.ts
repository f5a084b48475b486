import { parsePartitionName, parseSiteName, type QuotaRecord } from '@dynamo/core';
import { type Application, type WritingOptions, writeSmall } from './application.ts';

/** States the quota of a site partition in bytes; negative: unlimited. */
export async function setQuota(
  application: Application,
  wanted: { readonly site: string; readonly partition: string; readonly bytes: number },
  options: WritingOptions,
): Promise<QuotaRecord> {
  const quota: QuotaRecord = {
    site: parseSiteName(wanted.site),
    partition: parsePartitionName(wanted.partition),
    bytes: wanted.bytes,
  };
  await writeSmall(application, 'quota', options, (draft) => draft.put('quota', quota));
  return quota;
}
