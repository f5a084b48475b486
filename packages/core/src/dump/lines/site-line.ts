import { anything, flag, oneOf, text, textOrNull } from '../../input/checks.ts';
import { checkObject } from '../../input/object-schema.ts';
import type { SiteStatus, StorageType } from '../../model/enumerations.ts';
import { SITE_STATUSES, STORAGE_TYPES } from '../../model/enumerations.ts';
import { parseSiteName } from '../../model/names.ts';
import type { SiteRecord } from '../../model/records.ts';
import { parsePfnSpecification } from '../../pfn/parse-pfn-specification.ts';
import type { LineCursor } from '../line-cursor.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';
import { inKeyOrder } from './in-key-order.ts';

interface SiteLine {
  readonly name: string;
  readonly storage: StorageType;
  readonly status: SiteStatus;
  readonly host?: string | null;
  readonly backend?: string | null;
  /** Default true. */
  readonly verified?: boolean;
  readonly pfn?: unknown;
  readonly lfn?: unknown;
}

const SITE: LineSchema<SiteLine> = lineSchema<SiteLine>(
  'site',
  { name: text, storage: oneOf(STORAGE_TYPES), status: oneOf(SITE_STATUSES) },
  { host: textOrNull, backend: textOrNull, verified: flag, pfn: anything, lfn: anything },
);

export function siteOfLine(line: object, cursor: LineCursor): SiteRecord {
  const { name, storage, status, host, backend, verified, pfn, lfn } = checkObject(SITE, line, cursor);
  return {
    name: parseSiteName(name, cursor.at('name')),
    host: host ?? null,
    storage,
    status,
    backend: backend ?? null,
    verified: verified ?? true,
    pfn: pfn === undefined ? {} : parsePfnSpecification(pfn, cursor.at('pfn')),
    lfn: lfn === undefined ? {} : parsePfnSpecification(lfn, cursor.at('lfn')),
  };
}

export function printSite(site: SiteRecord): string {
  return JSON.stringify({
    type: 'site',
    name: site.name,
    host: site.host ?? undefined,
    storage: site.storage,
    status: site.status,
    backend: site.backend ?? undefined,
    verified: site.verified ? undefined : false,
    pfn: inKeyOrder(site.pfn),
    lfn: inKeyOrder(site.lfn),
  });
}
