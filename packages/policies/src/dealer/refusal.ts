/** Why a proposal was not taken, as data: it is put into words only for those that are listed. */

export type RefusalReason =
  /** Nothing to do. */
  | 'already-there'
  | 'on-the-way'
  /** About the data. */
  | 'no-blocks'
  | 'dataset-status'
  | 'no-source'
  /** About the place. */
  | 'not-a-target'
  | 'site-not-ready'
  | 'placement-rule'
  | 'outside-partition'
  | 'no-quota'
  | 'being-deleted'
  | 'on-the-way-for-another-group'
  | 'nothing-to-hand-over'
  | 'needed-by-another'
  | 'site-full'
  | 'site-pending'
  /** About all of it. */
  | 'no-destination'
  | 'cycle-volume';

export interface Refusal {
  readonly reason: RefusalReason;
  /** The place, where there is only one in question. */
  readonly site?: number;
  /** What it came to, and the most it may be: bytes for `cycle-volume`, fractions of the quota for the sites' limits. */
  readonly value?: number;
  readonly limit?: number;
  /** A rule, a partition, a block, a status: what the words need. */
  readonly detail?: string;
  /** For `no-destination`: how many sites each reason ruled out. */
  readonly sites?: ReadonlyMap<RefusalReason, number>;
}

export interface RefusalWords {
  readonly why: string;
  /** What would have to change. */
  readonly remedy: string;
}

export function refusalWords(refusal: Refusal, siteName: string): RefusalWords {
  const { value = 0, limit = 0, detail = '' } = refusal;
  switch (refusal.reason) {
    case 'already-there':
      return words(`all of it is at ${siteName} already`, 'nothing: it is done');
    case 'on-the-way':
      return words(`all of it is on its way to ${siteName}`, 'nothing: it will arrive');
    case 'no-blocks':
      return words('the dataset has no blocks', 'inject its blocks');
    case 'dataset-status':
      return words(`the dataset is ${detail}`, 'make it valid or production');
    case 'no-source':
      return words(
        `block ${detail} has files of which no source is known`,
        'recover them, make a site that has them usable (`source_sites`), or declare them lost',
      );
    case 'not-a-target':
      return words(`${siteName} is not a target of this configuration`, 'let `target_sites` name it');
    case 'site-not-ready':
      return words(`${siteName} is ${detail}`, 'make it ready, or name another site');
    case 'placement-rule':
      return words(`placement rule ${detail} keeps it away from ${siteName}`, 'name another site, or change the rule');
    case 'outside-partition':
      return words(
        `at ${siteName} it would be in ${detail === '' ? 'no partition with a quota' : `no replica of partition ${detail}`}, so nothing would bound it`,
        'name a group whose replicas the partition takes',
      );
    case 'no-quota':
      return words(`${siteName} has no quota for partition ${detail}`, 'state one (`dynamo quota`)');
    case 'being-deleted':
      return words(`it is being deleted at ${siteName} under another group`, 'nothing: it is proposed again once gone');
    case 'on-the-way-for-another-group':
      return words(`it is on its way to ${siteName} for ${detail}`, 'nothing: it is handed over once it has arrived');
    case 'nothing-to-hand-over':
      return words(`${siteName} has no complete replica of it`, 'copy it there first');
    case 'needed-by-another':
      return words(
        `${detail} needs it at ${siteName} for the group that owns it`,
        'ask for that group, or end what needs it',
      );
    case 'site-full':
      return words(
        `${detail} at ${siteName} would be filled to ${percent(value)}, at most ${percent(limit)} is allowed`,
        'delete there, raise the quota, or raise `target_site_occupancy`',
      );
    case 'site-pending':
      return words(
        `${percent(value)} of ${detail}'s quota at ${siteName} would be on its way, at most ${percent(limit)} is allowed`,
        'wait for transfers to end, or raise `max_site_pending_fraction`',
      );
    case 'no-destination':
      return words(`no site can take it: ${countedSites(refusal.sites)}`, remedyOfSites(refusal.sites, siteName));
    case 'cycle-volume':
      return words(
        `this cycle would order ${value} bytes, at most ${limit} are allowed`,
        detail === 'alone'
          ? `raise \`max_total_cycle_volume\`: it is larger than a whole cycle`
          : 'nothing: it is proposed again in the next cycle',
      );
    default:
      return refusal.reason satisfies never;
  }
}

function words(why: string, remedy: string): RefusalWords {
  return { why, remedy };
}

function percent(fraction: number): string {
  return Number.isFinite(fraction) ? `${(fraction * 100).toFixed(1)} %` : 'infinitely full';
}

const SHORT: { readonly [R in RefusalReason]?: string } = {
  'already-there': 'have it',
  'on-the-way': 'are getting it',
  'not-a-target': 'not a target',
  'site-not-ready': 'not ready',
  'placement-rule': 'kept off by a placement rule',
  'outside-partition': 'outside the partition',
  'no-quota': 'without a quota',
  'being-deleted': 'deleting it',
  'needed-by-another': 'with it for others',
  'site-full': 'too full',
  'site-pending': 'with too much on its way',
};

function countedSites(sites: ReadonlyMap<RefusalReason, number> = new Map()): string {
  const parts = [...sites].map(([reason, count]) => `${count} ${SHORT[reason] ?? reason}`);
  return parts.length === 0 ? 'none is a target' : parts.join(', ');
}

/** That of the reason that rules out the most sites and can be mended. */
function remedyOfSites(sites: ReadonlyMap<RefusalReason, number> = new Map(), siteName: string): string {
  const mendable = [...sites].filter(([reason]) => reason !== 'already-there' && reason !== 'on-the-way');
  const [worst] = mendable.sort(([, a], [, b]) => b - a);
  if (worst === undefined) return sites.size === 0 ? 'let `target_sites` name a ready site' : 'name more sites';
  return refusalWords({ reason: worst[0] }, siteName).remedy;
}
