import type { AttributeColumn, AttributeProducer, CopyRequest, InventoryTables, RequestRecord } from '@dynamo/core';
import { resolveDatasets } from '../dealer/plugins/resolve-datasets.ts';
import { resolveSites } from '../dealer/plugins/resolve-sites.ts';
import { sitesByName } from '../dealer/sites-by-name.ts';
import { standardVariable } from './standard-variable.ts';

/**
 * Supplies `dataset.unhandled_copy_exists` and `dataset.tape_copy_requested` out of the requests for copies that are
 * neither done nor refused. Whole datasets count, and those of which some blocks are asked for.
 */
export function copyRequestProducer(
  /** All that are new or active, as they are when the run begins. */
  read: (options: { readonly signal?: AbortSignal }) => Promise<readonly RequestRecord[]>,
): AttributeProducer {
  const unhandled = standardVariable('dataset.unhandled_copy_exists');
  const toTape = standardVariable('dataset.tape_copy_requested');
  return {
    name: 'copy requests',
    provides: [unhandled, toTape],
    async load({ tables }, { signal }) {
      const requests = (await read(signal === undefined ? {} : { signal })).filter(isOpenCopy);
      const forTape = requests.filter(({ sites }) => namesTape(tables, sites));
      return new Map([
        [unhandled.name, wantedBy(tables, requests)],
        [toTape.name, wantedBy(tables, forTape)],
      ]);
    },
  };
}

type OpenCopy = RequestRecord & CopyRequest;

function isOpenCopy(request: RequestRecord): request is OpenCopy {
  return request.kind === 'copy' && (request.state === 'new' || request.state === 'active');
}

/** What a request names that does not exist is the Dealer's to refuse. */
function wantedBy(tables: InventoryTables, requests: readonly OpenCopy[]): AttributeColumn {
  const patterns = requests.map(({ datasets }) => datasets);
  const units = resolveDatasets(tables, patterns, 1).flatMap((wanted) => wanted.units);
  return new Map(units.map(({ dataset }) => [tables.datasets.name.get(dataset) ?? '', true]));
}

function namesTape(tables: InventoryTables, patterns: readonly string[]): boolean {
  const { rows } = resolveSites({ tables, sites: sitesByName(tables) }, patterns);
  return rows.some((row) => tables.sites.get(row)?.storage === 'mss');
}
