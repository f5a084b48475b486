import type { SiteStatus, StorageType } from '../../model/enumerations.ts';
import { parseSiteName } from '../../model/names.ts';
import type { PfnSpecification, SiteRecord } from '../../model/records.ts';
import type { LineCursor } from '../line-cursor.ts';
import {
  type Check,
  checkLine,
  flag,
  type LineSchema,
  lineSchema,
  siteStatus,
  storageType,
  text,
  textOrNull,
} from '../line-schema.ts';
import { inKeyOrder } from './in-key-order.ts';

interface SiteLine {
  readonly name: string;
  readonly storage: StorageType;
  readonly status: SiteStatus;
  readonly host?: string | null;
  readonly backend?: string | null;
  /** Default true. */
  readonly verified?: boolean;
  readonly pfn?: PfnSpecification;
  readonly lfn?: PfnSpecification;
}

/** Per protocol a list of chains, each a list of [pattern, replacement]. */
const chains: Check = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object of chains by protocol';
  for (const [protocol, list] of Object.entries(value)) {
    if (!isListOf(list, (chain) => isListOf(chain, isPair))) {
      return `${JSON.stringify(protocol)} is not a list of chains, each a list of [pattern, replacement]`;
    }
  }
  return undefined;
};

const SITE: LineSchema<SiteLine> = lineSchema<SiteLine>(
  'site',
  { name: text, storage: storageType, status: siteStatus },
  { host: textOrNull, backend: textOrNull, verified: flag, pfn: chains, lfn: chains },
);

export function siteOfLine(line: object, cursor: LineCursor): SiteRecord {
  const { name, storage, status, host, backend, verified, pfn, lfn } = checkLine(SITE, line, cursor);
  return {
    name: parseSiteName(name, cursor.at('name')),
    host: host ?? null,
    storage,
    status,
    backend: backend ?? null,
    verified: verified ?? true,
    pfn: pfn ?? {},
    lfn: lfn ?? {},
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

function isListOf(value: unknown, accepts: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(accepts);
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === 'string');
}
