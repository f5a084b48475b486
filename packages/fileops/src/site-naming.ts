/**
 * Where the files of a site are. The protocol is the scheme of the site's backend; a site without chains for it has its
 * files under the backend by their LFNs.
 */
import { compilePfnMapping, type Lfn, type PfnMapping, type SiteRecord } from '@dynamo/core';

export interface SiteNaming {
  /** Null where the site's chains do not take the name, or it has no backend. */
  pfnOf(site: SiteRecord, lfn: Lfn): string | null;
  /** The path of a file relative to the site's root, as its lister spells it; null where it has none below the root. */
  pathOf(site: SiteRecord, lfn: Lfn): string | null;
  /** Null for a site without a backend. */
  pfnOfPath(site: SiteRecord, path: string): string | null;
  /**
   * The one LFN that a path can have, which need not exist; null where it can have none. Undefined where the site has
   * chains and no inverse ones that agree with them: its files can only be looked up.
   */
  lfnOfPath(site: SiteRecord, path: string): Lfn | null | undefined;
  /** Whether the site's files, in byte order of their LFNs, are surely in byte order of their paths. */
  keepsOrder(site: SiteRecord): boolean;
}

/** Mappings are compiled once for each site record that it is given. */
export function createSiteNaming(): SiteNaming {
  const compiled = new WeakMap<SiteRecord, Backend | null>();
  const backendOf = (site: SiteRecord): Backend | null => {
    let backend = compiled.get(site);
    if (backend === undefined) {
      backend = compileBackend(site);
      compiled.set(site, backend);
    }
    return backend;
  };

  const pfnOf: SiteNaming['pfnOf'] = (site, lfn) => {
    const backend = backendOf(site);
    if (backend === null) return null;
    const { root, protocol, mapping } = backend;
    return mapping === null ? root + lfn : mapping.toPfn(protocol, lfn);
  };

  return {
    pfnOf,
    pathOf(site, lfn) {
      const backend = backendOf(site);
      const pfn = pfnOf(site, lfn);
      return backend === null || pfn === null ? null : pathBelow(backend, pfn);
    },
    pfnOfPath: (site, path) => {
      const backend = backendOf(site);
      return backend === null ? null : `${backend.root}/${path}`;
    },
    lfnOfPath(site, path) {
      const backend = backendOf(site);
      if (backend === null) return null;
      const { mapping, protocol, root } = backend;
      if (mapping === null) return `/${path}` as Lfn;
      const pfn = `${root}/${path}`;
      const lfn = mapping.toLfn(protocol, pfn);
      return lfn !== null && mapping.toPfn(protocol, lfn) === pfn ? lfn : undefined;
    },
    keepsOrder(site) {
      const backend = backendOf(site);
      if (backend === null || backend.mapping === null) return true;
      const [chain, ...furtherChains] = site.pfn[backend.protocol] ?? [];
      const [rule, ...furtherRules] = chain ?? [];
      return furtherChains.length + furtherRules.length === 0 && rule !== undefined && replacesPrefix(rule);
    },
  };
}

interface Backend {
  readonly protocol: string;
  /** Without a slash at its end. */
  readonly root: string;
  readonly mapping: PfnMapping | null;
}

function compileBackend(site: SiteRecord): Backend | null {
  const protocol = /^([a-z][a-z0-9+.-]*):\/\//.exec(site.backend ?? '')?.[1];
  if (site.backend === null || protocol === undefined) return null;
  const mapping = site.pfn[protocol] === undefined ? null : compilePfnMapping(site);
  return { protocol, root: site.backend.replace(/\/+$/, ''), mapping };
}

function pathBelow({ root, protocol }: Backend, pfn: string): string | null {
  const url = protocol === 'file' && pfn.startsWith('/') ? `file://${pfn}` : pfn;
  return url.startsWith(`${root}/`) ? url.slice(root.length + 1) : null;
}

/** `/store/(.*)` by `.../{0}`: what follows the prefix stays as it is, so that the order stays. */
function replacesPrefix([pattern, replacement]: readonly [string, string]): boolean {
  return /^\^?[\w/-]*\(\.[*+]\)\$?$/.test(pattern) && /^[^{}]*\{0\}$/.test(replacement);
}
