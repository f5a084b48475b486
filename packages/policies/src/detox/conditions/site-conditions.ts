import { compileCondition, occupancyOf, type RowPredicate, type SiteRecord } from '@dynamo/core';
import type { PolicySiteCondition } from '../../policy/checked-policy.ts';
import { siteBinder } from './site-binder.ts';

/** What `On`, `When` and `Until` read of a site, by its index in `sites`. */
export interface SiteUse {
  readonly sites: readonly SiteRecord[];
  readonly usedBytes: (site: number) => number;
  /** Null: never stated. */
  readonly quota: (site: number) => number | null;
}

/** Whether any of the conditions holds. Reads anew with every call. */
export function anyHolds(conditions: readonly PolicySiteCondition[], use: SiteUse): RowPredicate {
  const binder = siteBinder(use.sites, {
    'site.occupancy': (site) => occupancyOf(use.usedBytes(site), use.quota(site)),
    'site.quota': (site) => use.quota(site) ?? 0,
    always: () => 1,
    never: () => 0,
  });
  const predicates = conditions.map(({ condition }) => compileCondition(condition, binder));
  return (site) => predicates.some((predicate) => predicate(site));
}
