/** Where the bytes of a site stand in a plan of Detox, and why it could not free as much as it should. */
import { inputError } from '@dynamo/core';
import type { DetoxDocument } from './detox-document.ts';

export interface SiteShare {
  readonly decision: 'protect' | 'keep' | 'delete';
  /** The line of the policy, or the rule of the guard. */
  readonly by: string;
  /** Decisions: a dataset replica, or a part of one. */
  readonly decisions: number;
  readonly bytes: number;
}

export interface SiteExplanation {
  readonly site: string;
  readonly partition: string;
  readonly version: number;
  /** Bytes; null: never stated. */
  readonly quota: number | null;
  readonly before: number;
  readonly after: number;
  readonly triggered: boolean;
  readonly reachedStop: boolean;
  /** The most bytes first. */
  readonly shares: readonly SiteShare[];
  /** Bytes about which nothing was decided: what the policy ignores. */
  readonly ignored: number;
  /** In words; null: it has freed what it should, or had nothing to free. */
  readonly shortfall: string | null;
}

/** Throws `invalid-input` for a site that is not one of the policy's. */
export function explainSite(
  { partition, inventory_version, sites, lines, decisions }: DetoxDocument,
  name: string,
): SiteExplanation {
  const site = sites.find((each) => each.site === name);
  if (site === undefined) {
    const known = sites.map((each) => each.site);
    throw inputError({ what: `${name} is not a site of the policy`, hint: `its sites: ${known.join(', ') || 'none'}` });
  }
  const texts = new Map(lines.map(({ line, text }) => [line, text]));
  const shares = new Map<string, SiteShare>();
  for (const { site: at, decision, line, rule, size } of decisions) {
    if (at !== name) continue;
    const by = rule !== undefined ? `the guard: ${rule}` : describeLine(line ?? 0, texts);
    const known = shares.get(`${decision} ${by}`);
    shares.set(`${decision} ${by}`, {
      ...{ decision, by },
      decisions: (known?.decisions ?? 0) + 1,
      bytes: (known?.bytes ?? 0) + size,
    });
  }
  const sorted = [...shares.values()].sort((a, b) => b.bytes - a.bytes);
  const decided = sorted.reduce((sum, { bytes }) => sum + bytes, 0);
  const { quota, before, deleted, triggered, reached_stop: reachedStop } = site;
  return {
    ...{
      site: name,
      partition,
      version: inventory_version,
      quota,
      before,
      after: before - deleted,
      triggered,
      reachedStop,
    },
    ...{ shares: sorted, ignored: Math.max(0, before - decided), shortfall: shortfallOf(site, sorted) },
  };
}

function describeLine(line: number, texts: ReadonlyMap<number, string>): string {
  const text = texts.get(line) ?? '';
  return line === 0 ? `the default decision: ${text}` : `line ${line}: ${text}`;
}

function shortfallOf(
  { triggered, reached_stop, kept, quota }: DetoxDocument['sites'][number],
  shares: readonly SiteShare[],
): string | null {
  if (!triggered || reached_stop) return null;
  if (kept > 0)
    return 'replicas that were dismissed are kept: what dismissed them did so to a part only, or their turn never came';
  const held = shares.find(({ decision }) => decision === 'protect');
  if (held === undefined) return 'nothing there could be dismissed: the policy ignores what the site has';
  const part = quota === null || quota <= 0 ? '' : ` (${Math.round((held.bytes / quota) * 100)} % of the quota)`;
  return `all that could go has gone: the rest is protected, most of it${part} by ${held.by}`;
}
