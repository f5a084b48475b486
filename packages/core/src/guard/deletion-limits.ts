/** Volume: what may go at a time, however good the reasons for each deletion are. */
import type { InventoryTables } from '../inventory/tables.ts';
import { REPLICA_FLAG } from '../inventory/tables.ts';

/** Each may be left out: no limit. */
export interface DeletionVolume {
  readonly bytes?: number;
  /** Block replicas. */
  readonly replicas?: number;
}

/** Of one commit, which for a planner is one cycle. They hold beside all other rules of the guard. */
export interface DeletionLimits {
  /** At all sites together. */
  readonly cycle?: DeletionVolume;
  /** At each site; `fraction` of the bytes that it has of anything. */
  readonly site?: DeletionVolume & { readonly fraction?: number };
  /** What is left of a day's bytes. */
  readonly day?: { readonly bytes: number };
  /** More than that in one commit needs a second person's approval: the commit is refused without. */
  readonly unapproved?: DeletionVolume;
  /** Sites at which nothing may go, and why. */
  readonly closedSites?: ReadonlyMap<string, string>;
}

/** The names of these rules, as plans and messages show them. */
export const LIMIT_RULES = ['suspicious-site', 'site-volume', 'cycle-volume', 'day-volume'] as const;
export type LimitRule = (typeof LIMIT_RULES)[number];

export interface LimitReached {
  readonly rule: LimitRule;
  readonly why: string;
}

interface Taken {
  bytes: number;
  replicas: number;
}

/** Counts the deletions of one commit, and refuses those that would be too much. */
export class DeletionTally {
  readonly #limits: DeletionLimits;
  readonly #tables: InventoryTables;
  readonly #all: Taken = { bytes: 0, replicas: 0 };
  readonly #atSite = new Map<number, Taken>();
  #bytesAtSites: Float64Array | undefined;

  constructor(limits: DeletionLimits, tables: InventoryTables) {
    this.#limits = limits;
    this.#tables = tables;
  }

  /** Null: they may go, and are counted; else nothing is. `site` is a row. */
  take(site: number, wanted: DeletionVolume): LimitReached | null {
    const bytes = wanted.bytes ?? 0;
    const replicas = wanted.replicas ?? 0;
    const there = this.#atSite.get(site) ?? { bytes: 0, replicas: 0 };
    const reached = this.#reached(site, there, { bytes, replicas });
    if (reached !== null) return reached;
    this.#all.bytes += bytes;
    this.#all.replicas += replicas;
    this.#atSite.set(site, { bytes: there.bytes + bytes, replicas: there.replicas + replicas });
    return null;
  }

  /** What was taken does not go after all. */
  giveBack(site: number, { bytes = 0, replicas = 0 }: DeletionVolume): void {
    const there = this.#atSite.get(site);
    if (there === undefined) return;
    this.#all.bytes -= bytes;
    this.#all.replicas -= replicas;
    there.bytes -= bytes;
    there.replicas -= replicas;
  }

  /** Why what was taken needs a second person's approval, or null. */
  get needsApproval(): string | null {
    const why = exceeds(this.#all, this.#limits.unapproved ?? {});
    return why === null ? null : `more than ${why} would go, which needs a second person's approval`;
  }

  get taken(): Required<DeletionVolume> {
    return { ...this.#all };
  }

  #reached(site: number, there: Taken, { bytes, replicas }: Taken): LimitReached | null {
    const { cycle = {}, site: ofSite = {}, day, closedSites } = this.#limits;
    const name = this.#tables.sites.get(site)?.name ?? '';
    const closed = closedSites?.get(name);
    if (closed !== undefined) return { rule: 'suspicious-site', why: `${name} is left alone: ${closed}` };
    const atSite = { bytes: there.bytes + bytes, replicas: there.replicas + replicas };
    const fraction = ofSite.fraction === undefined ? undefined : ofSite.fraction * this.#bytesAt(site);
    const why = exceeds(atSite, ofSite) ?? exceeds(atSite, fraction === undefined ? {} : { bytes: fraction });
    if (why !== null) return { rule: 'site-volume', why: `more than ${why} would go at ${name} in one cycle` };
    const all = { bytes: this.#all.bytes + bytes, replicas: this.#all.replicas + replicas };
    const whyAll = exceeds(all, cycle);
    if (whyAll !== null) return { rule: 'cycle-volume', why: `more than ${whyAll} would go in one cycle` };
    if (day === undefined || all.bytes <= day.bytes) return null;
    return {
      rule: 'day-volume',
      why: `more than the ${Math.floor(day.bytes)} bytes that are left of the day would go`,
    };
  }

  #bytesAt(site: number): number {
    this.#bytesAtSites ??= bytesAtSites(this.#tables);
    return this.#bytesAtSites[site] ?? 0;
  }
}

function exceeds(taken: Taken, limit: DeletionVolume): string | null {
  if (limit.bytes !== undefined && taken.bytes > limit.bytes) return `${Math.floor(limit.bytes)} bytes`;
  if (limit.replicas !== undefined && taken.replicas > limit.replicas) return `${limit.replicas} block replicas`;
  return null;
}

/** Bytes present by site row, without what is being deleted. */
export function bytesAtSites({ blockReplicas, sites }: InventoryTables): Float64Array {
  const bytes = new Float64Array(sites.rows);
  for (let row = 0; row < blockReplicas.rows; row++) {
    if (!blockReplicas.isLive(row) || (blockReplicas.flags.get(row) & REPLICA_FLAG.deletionOpen) !== 0) continue;
    const site = blockReplicas.site.get(row);
    bytes[site] = (bytes[site] as number) + blockReplicas.size(row);
  }
  return bytes;
}
