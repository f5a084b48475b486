/** Reads the variables of partition conditions for block-replica rows of a state: stored facts only. */

import type { VariableDefinition } from '../condition/variable.ts';
import type { TextColumn, VariableBinder } from '../condition/variable-binder.ts';
import { DynamoError } from '../errors/dynamo-error.ts';
import { DATASET_STATUSES, SITE_STATUSES, STORAGE_TYPES } from '../model/enumerations.ts';
import type { SiteRecord } from '../model/records.ts';
import type { InventoryTables } from './tables.ts';

const NULL_GROUP = 'None';

/** Good until a row of the small tables or of the datasets comes to mean another record. */
export function partitionBinder(
  state: Pick<InventoryTables, 'blockReplicas' | 'blocks' | 'datasets' | 'sites' | 'groups'>,
): VariableBinder {
  const { blockReplicas: replicas, blocks, datasets, sites, groups } = state;
  const datasetOf = (row: number): number => blocks.dataset.get(replicas.block.get(row));
  const siteOf = (row: number): SiteRecord => sites.get(replicas.site.get(row)) as SiteRecord;
  const releases = new Map<string, number>();
  const releaseTexts: string[] = [];

  const texts: Readonly<Record<string, () => TextColumn>> = {
    'dataset.name': () => ({ code: datasetOf, text: (code) => datasets.name.get(code) as string }),
    'dataset.status': () => ({
      code: (row) => datasets.status.get(datasetOf(row)),
      text: (code) => DATASET_STATUSES[code] as string,
    }),
    'dataset.release': () => ({
      code: (row) => {
        const release = datasets.softwareVersion.get(datasetOf(row)) ?? '';
        let code = releases.get(release);
        if (code === undefined) {
          code = releaseTexts.push(release) - 1;
          releases.set(release, code);
        }
        return code;
      },
      text: (code) => releaseTexts[code] as string,
    }),
    'blockreplica.owner': () => ({
      code: (row) => replicas.group.get(row),
      text: (code) => groups.get(code)?.name ?? NULL_GROUP,
    }),
    'site.name': () => ({
      code: (row) => replicas.site.get(row),
      text: (code) => (sites.get(code) as SiteRecord).name,
    }),
    'site.status': () => ({
      code: (row) => SITE_STATUSES.indexOf(siteOf(row).status),
      text: (code) => SITE_STATUSES[code] as string,
    }),
    'site.storage_type': () => ({
      code: (row) => STORAGE_TYPES.indexOf(siteOf(row).storage),
      text: (code) => STORAGE_TYPES[code] as string,
    }),
  };
  const numbers: Readonly<Record<string, (row: number) => number>> = {
    'dataset.last_update': (row) => datasets.lastUpdate.get(datasetOf(row)),
    'blockreplica.last_update': (row) => replicas.lastUpdate.get(row),
  };

  return {
    numeric: (variable) => numbers[variable.name] ?? unknown(variable),
    text: (variable) => (texts[variable.name] ?? unknown(variable))(),
  };
}

function unknown(variable: VariableDefinition): never {
  throw new DynamoError('internal', `${variable.name} is allowed in partition conditions but cannot be read there`);
}
