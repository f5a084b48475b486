/** The Dealer's plan as JSON: what `dynamo dealer --json` prints and the history keeps. See docs/formats.md. */
import { compareByteOrder, type RequestState } from '@dynamo/core';
import type { DealerResult } from './dealer-result.ts';

export interface DealerDocument {
  readonly partition: string | null;
  readonly inventory_version: number;
  readonly now: number;
  readonly seed: number;
  readonly volume: number;
  readonly plugins: readonly {
    readonly plugin: string;
    readonly priority: number;
    readonly proposed: number;
    readonly taken: number;
    readonly bytes: number;
    readonly report?: unknown;
  }[];
  readonly sites: readonly {
    readonly site: string;
    readonly partition: string;
    readonly quota: number | null;
    readonly projected_before: number;
    readonly projected_after: number;
    readonly pending_before: number;
    readonly pending_after: number;
  }[];
  readonly taken: readonly {
    readonly plugin: string;
    readonly dataset: string;
    readonly site: string;
    readonly group: string | null;
    readonly bytes: number;
    /** Numbers of blocks; `blocks` lists them where not the whole dataset was asked for. */
    readonly copied: number;
    readonly handed_over: number;
    readonly blocks?: readonly string[];
    readonly yielded?: readonly { readonly block: string; readonly to: string }[];
    readonly reason: string;
    readonly reference?: string;
  }[];
  readonly refused_counts: Readonly<Record<string, number>>;
  readonly refused: readonly {
    readonly plugin: string;
    readonly dataset: string;
    readonly site?: string;
    readonly blocks?: number;
    readonly wanted: string;
    readonly reference?: string;
    readonly reason: string;
    readonly why: string;
    readonly remedy: string;
  }[];
  readonly requests: readonly { readonly id: number; readonly state: RequestState; readonly reason: string }[];
}

/** Of the refused proposals, as many for each reason as the configuration says; all are counted. */
export function dealerDocument(result: DealerResult): DealerDocument {
  const { configuration, version, now, seed, volume, plugins, sites, taken, refusedCounts, requests } = result;
  return {
    partition: configuration.partition,
    inventory_version: version,
    now,
    seed,
    volume,
    plugins: plugins.map(({ report, ...rest }) => ({ ...rest, ...(report === null ? {} : { report }) })),
    sites: sites.map((each) => ({
      site: each.site,
      partition: each.partition,
      quota: each.quota,
      projected_before: each.projectedBefore,
      projected_after: each.projectedAfter,
      pending_before: each.pendingBefore,
      pending_after: each.pendingAfter,
    })),
    taken: taken.map(({ copied, handedOver, yielded, whole, reference, ...rest }) => ({
      ...rest,
      copied: copied.length,
      handed_over: handedOver.length,
      ...(whole ? {} : { blocks: [...new Set([...copied, ...handedOver])].sort(compareByteOrder) }),
      ...(yielded.length === 0 ? {} : { yielded }),
      ...(reference === null ? {} : { reference }),
    })),
    refused_counts: Object.fromEntries(refusedCounts),
    refused: listed(result),
    requests: requests.map(({ after: { id, state, reason } }) => ({ id, state, reason })),
  };
}

function listed({ refused, configuration }: DealerResult): DealerDocument['refused'] {
  const counts = new Map<string, number>();
  return refused
    .filter(({ reason }) => {
      const count = (counts.get(reason) ?? 0) + 1;
      counts.set(reason, count);
      return count <= configuration.listedPerReason;
    })
    .map(({ plugin, dataset, site, blocks, wanted, reference, reason, why, remedy }) => ({
      plugin,
      dataset,
      ...(site === null ? {} : { site }),
      ...(blocks === null ? {} : { blocks }),
      wanted,
      ...(reference === null ? {} : { reference }),
      reason,
      why,
      remedy,
    }));
}
