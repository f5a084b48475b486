import type { SiteExplanation } from '../services/explain-site.ts';
import { formatBytes, formatOccupancy, formatTable } from './format.ts';

/** Where the bytes of a site stand, for people. */
export function formatSite({ site, partition, version, ...figures }: SiteExplanation): string {
  const { quota, before, after, triggered, reachedStop, shares, ignored, shortfall } = figures;
  const full = (bytes: number): string => `${formatBytes(bytes)} (${formatOccupancy(occupancy(bytes, quota))})`;
  const stopped = triggered ? (reachedStop ? ', which is enough' : ', which is not enough') : ', and is not over';
  return [
    `${site}, partition ${partition}, version ${version}: quota ${quota === null ? 'none' : formatBytes(quota)}`,
    `holds ${full(before)}, and ${full(after)} afterwards${stopped}`,
    ...(shortfall === null ? [] : [shortfall]),
    '',
    formatTable(
      [
        { title: 'what' },
        { title: 'bytes', align: 'right' },
        { title: '', align: 'right' },
        { title: 'decisions', align: 'right' },
        { title: 'by' },
      ],
      [
        ...shares.map(({ decision, bytes, decisions, by }) => [
          ...[decision, formatBytes(bytes), formatOccupancy(occupancy(bytes, quota)), decisions, by],
        ]),
        ...(ignored > 0 ? [['ignored', formatBytes(ignored), formatOccupancy(occupancy(ignored, quota)), '', '']] : []),
      ],
    ),
  ].join('\n');
}

/** Null: infinitely full. */
export function occupancy(bytes: number, quota: number | null): number | null {
  if (quota === null || quota === 0) return null;
  return quota < 0 ? 0 : bytes / quota;
}
