/** What people asked for: datasets or blocks, at each of some sites or at as many of them as they said. */
import type { CopyRequest, InventoryTables, RequestChange, RequestRecord, RequestState } from '@dynamo/core';
import { NO_ROW } from '@dynamo/core';
import type { CopyRequestsConfiguration } from '../dealer-configuration.ts';
import type { DealerContext, DealerPlugin, Proposal, ProposalOutcome, Stake } from '../dealer-plugin.ts';
import { presenceAt } from '../presence.ts';
import { refusalWords } from '../refusal.ts';
import { resolveDatasets, type WantedData } from './resolve-datasets.ts';
import { resolveSites } from './resolve-sites.ts';

/** The older request goes first; equal ones would share its place. */
export function copyRequests({
  wholeDatasetFraction,
}: Pick<CopyRequestsConfiguration, 'wholeDatasetFraction'>): DealerPlugin {
  return {
    name: 'copy_requests',
    propose(context) {
      const { tables, requests } = context;
      const open = requests.filter((request): request is OpenRequest => request.kind === 'copy');
      const wanted = resolveDatasets(
        tables,
        open.map(({ datasets }) => datasets),
        wholeDatasetFraction,
      );
      const proposals: Proposal[] = [];
      const stakes = new Map<string, Stake>();
      const cases = open.map((request, i) =>
        openCase(context, request, wanted[i] as WantedData, { proposals, stakes }),
      );
      return {
        proposals,
        stake: (dataset, site, group) => stakes.get(stakeKey(dataset, site, group)) ?? null,
        conclude: (outcomes) => ({
          requests: cases.flatMap((each) => changeOf(each, outcomes, context)),
          report: { open: open.length },
        }),
      };
    },
  };
}

type OpenRequest = RequestRecord & CopyRequest;

interface Case {
  readonly request: OpenRequest;
  /** Copies that are wanted in all, there, and on their way. */
  readonly copies: number;
  readonly there: number;
  readonly coming: number;
  /** What can never be, each in words. */
  readonly faults: readonly string[];
  /** Its proposals are those from `from` up to `to`. */
  readonly from: number;
  readonly to: number;
}

interface Collected {
  readonly proposals: Proposal[];
  /** Of the oldest request that has the data where it wants it. */
  readonly stakes: Map<string, Stake>;
}

function stakeKey(dataset: number, site: number, group: number): string {
  return `${dataset} ${site} ${group}`;
}

function openCase(context: DealerContext, request: OpenRequest, wanted: WantedData, collected: Collected): Case {
  const { tables } = context;
  const from = collected.proposals.length;
  const sites = resolveSites(context, request.sites);
  const group = request.group === null ? null : tables.groups.find(request.group);
  const faults = [...wanted.faults, ...sites.faults];
  if (group === NO_ROW) faults.push(`there is no group ${request.group}`);
  let copies = 0;
  let there = 0;
  let coming = 0;
  if (group !== NO_ROW && sites.rows.length > 0) {
    for (const { dataset, blocks } of wanted.units) {
      const { copies: wantedCopies, ...found } = take(tables, request, { dataset, blocks, group, sites, collected });
      copies += wantedCopies;
      there += found.there;
      coming += found.coming;
    }
  }
  return { request, copies, there, coming, faults, from, to: collected.proposals.length };
}

interface Unit {
  readonly dataset: number;
  readonly blocks: readonly number[] | null;
  readonly group: number | null;
  readonly sites: ReturnType<typeof resolveSites>;
  readonly collected: Collected;
}

function take(
  tables: InventoryTables,
  request: OpenRequest,
  { dataset, blocks, group, sites, collected: { proposals, stakes } }: Unit,
): { copies: number; there: number; coming: number } {
  const each = request.copies === null;
  let there = 0;
  let coming = 0;
  const common = {
    dataset,
    blocks,
    group,
    rank: -request.id,
    reason: wordsOf(request),
    reference: `request ${request.id}`,
  };
  for (const [i, site] of sites.rows.entries()) {
    // A copy at a site that is not ready is of no use to who wants some copies, whichever they are.
    if (!each && tables.sites.get(site)?.status !== 'ready') continue;
    const presence = presenceAt(tables, dataset, blocks, site, group);
    // Also where it will have to be taken over: two requests would else exchange its blocks for ever.
    if ((each || presence !== 'missing') && group !== null) stake(site, group);
    if (presence === 'there') there += 1;
    else if (presence === 'coming') coming += 1;
    else if (each) proposals.push({ ...common, destinations: sites.single[i] as readonly number[] });
  }
  if (request.copies === null) return { copies: sites.rows.length, there, coming };
  // One more than there are sites without it: that one is refused, and says why there cannot be so many.
  const possible = Math.min(request.copies, sites.rows.length + 1) - there - coming;
  for (let missing = possible; missing > 0; missing--) {
    proposals.push({ ...common, destinations: sites.rows });
  }
  there = Math.min(there, request.copies);
  return { copies: request.copies, there, coming: Math.min(coming, request.copies - there) };

  function stake(site: number, owner: number): void {
    const key = stakeKey(dataset, site, owner);
    const known = stakes.get(key);
    if (known === undefined || known.rank < -request.id) stakes.set(key, { rank: -request.id, by: wordsOf(request) });
  }
}

function wordsOf({ id, user, copies }: OpenRequest): string {
  return `request ${id} of ${user}${copies === null ? '' : ` (${copies} ${copies === 1 ? 'copy' : 'copies'})`}`;
}

function changeOf(
  { request, copies, there, coming, faults, from, to }: Case,
  outcomes: readonly ProposalOutcome[],
  { tables, now }: DealerContext,
): RequestChange[] {
  let onTheWay = coming;
  let why: string | null = null;
  for (let i = from; i < to; i++) {
    const outcome = outcomes[i];
    if (outcome === undefined) continue;
    if (outcome.kind === 'taken' || outcome.refusal.reason === 'on-the-way') {
      onTheWay += 1;
      continue;
    }
    const { site } = outcome.refusal;
    const words = refusalWords(
      outcome.refusal,
      (site === undefined ? undefined : tables.sites.get(site)?.name) ?? 'the site',
    );
    why ??= `${words.why} (to do: ${words.remedy})`;
  }
  const waiting = copies - there - onTheWay;
  const open = onTheWay + waiting;
  const state: RequestState = open > 0 ? 'active' : faults.length > 0 || copies === 0 ? 'rejected' : 'done';
  const parts = copies === 0 ? [] : [`${there} of ${copies} there`];
  if (onTheWay > 0) parts.push(`${onTheWay} on the way`);
  if (waiting > 0) parts.push(`${waiting} waiting: ${why}`);
  parts.push(...faults);
  if (parts.length === 0) parts.push('it names nothing that could be copied');
  const reason = parts.join('; ');
  if (state === request.state && reason === request.reason) return [];
  return [{ before: request, after: { ...request, state, reason, updatedAt: now } }];
}
