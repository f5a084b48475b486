/** The guard as the host's configuration has it: further rules and limits, one set for planners, commits and requests. */
import {
  bytesAtSites,
  type DeletionLimits,
  type GuardRule,
  type InventoryStore,
  type InventoryView,
} from '@dynamo/core';
import { freshCopyRule } from '@dynamo/policies';
import type { GuardConfiguration } from '../configuration/configuration.ts';
import { DeletedVolume } from './deleted-volume.ts';

export interface HostGuard {
  readonly rules: readonly GuardRule[];
  /** Of a commit that is made on that view at that time. */
  limits(view: InventoryView, now: number): Promise<DeletionLimits>;
}

const DAY_SECONDS = 86_400;

export function hostGuard(configuration: GuardConfiguration, store: InventoryStore): HostGuard {
  const deleted = new DeletedVolume(store);
  const { day } = configuration;
  return {
    rules: guardRules(configuration),
    async limits(view, now) {
      const { bytes, replicas } = configuration.approval;
      const limits = {
        ...{ cycle: withoutNulls(configuration.cycle), site: withoutNulls(configuration.site) },
        unapproved: withoutNulls({ bytes, replicas }),
      };
      if (day.bytes === null && day.fraction === null) return limits;
      const gone = await deleted.since(now - DAY_SECONDS, view);
      const allowed = [day.bytes, day.fraction === null ? null : day.fraction * (totalBytes(view) + gone)];
      return { ...limits, day: { bytes: Math.max(0, smallest(allowed) - gone) } };
    },
  };
}

/** The rules alone, for a planner that has only values. */
export function guardRules({ minimumAgeSeconds }: Pick<GuardConfiguration, 'minimumAgeSeconds'>): readonly GuardRule[] {
  return minimumAgeSeconds === 0 ? [] : [freshCopyRule({ seconds: minimumAgeSeconds })];
}

function totalBytes({ tables }: InventoryView): number {
  return bytesAtSites(tables).reduce((sum, bytes) => sum + bytes, 0);
}

function smallest(numbers: readonly (number | null)[]): number {
  return Math.min(...numbers.map((number) => number ?? Number.POSITIVE_INFINITY));
}

function withoutNulls<T extends object>(limits: T): { readonly [K in keyof T]?: number } {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== null)) as never;
}
