import {
  DynamoError,
  SITE_STATUSES,
  type SiteRecord,
  STORAGE_TYPES,
  type TextColumn,
  type VariableBinder,
  type VariableDefinition,
} from '@dynamo/core';

/** Row: an index into `sites`. `numbers`: those that depend on the partition, by the name of the variable. */
export function siteBinder(
  sites: readonly SiteRecord[],
  numbers: Readonly<Record<string, (site: number) => number>>,
): VariableBinder {
  const record = (site: number): SiteRecord => sites[site] as SiteRecord;
  const texts: Readonly<Record<string, TextColumn>> = {
    'site.name': { code: (site) => site, text: (code) => record(code).name },
    'site.status': {
      code: (site) => SITE_STATUSES.indexOf(record(site).status),
      text: (code) => SITE_STATUSES[code] as string,
    },
    'site.storage_type': {
      code: (site) => STORAGE_TYPES.indexOf(record(site).storage),
      text: (code) => STORAGE_TYPES[code] as string,
    },
  };
  return {
    numeric: (variable) => numbers[variable.name] ?? unreadable(variable),
    text: (variable) => texts[variable.name] ?? unreadable(variable),
  };
}

export function unreadable(variable: VariableDefinition): never {
  throw new DynamoError('invalid-input', `${variable.name} cannot be used here in a Detox policy: nothing gives it`);
}
