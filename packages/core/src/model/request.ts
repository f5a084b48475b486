/** A request is what a person asked for; its state changes in the commit that acts on it. */
import type { GroupName, SiteName } from './names.ts';

export type RequestState = 'new' | 'active' | 'done' | 'rejected' | 'cancelled';

export interface CopyRequest {
  readonly id: number;
  readonly kind: 'copy';
  /** Names or globs. */
  readonly datasets: readonly string[];
  /** Names or globs of the sites to copy to; with `copies`, as many of them as it says, else every one. */
  readonly sites: readonly string[];
  readonly copies: number | null;
  readonly group: GroupName | null;
}

export interface DeletionRequest {
  readonly id: number;
  readonly kind: 'delete';
  readonly datasets: readonly string[];
  readonly sites: readonly SiteName[];
}

/**
 * A rule: "keep N copies of what matches this on sites that match that, until then". It stands, in state `active`, until
 * its time has come or it is cancelled.
 */
export interface RuleRequest {
  readonly id: number;
  readonly kind: 'rule';
  /** Names, globs, or conditions of the policy language over replicas (`dataset.status == VALID`); any will do. */
  readonly datasets: readonly string[];
  /** Names, globs, or conditions over sites; any will do. */
  readonly sites: readonly string[];
  /** Of each dataset; at most one a site. */
  readonly copies: number;
  /** Who must own them; null: it does not matter. */
  readonly group: GroupName | null;
  /** Seconds since 1970, that second excluded; null: until it is cancelled. */
  readonly until: number | null;
  /** As the Dealer's last cycle found it; null: none has looked at it as it is now. */
  readonly progress: RuleProgress | null;
}

export interface RuleProgress {
  readonly state: 'satisfied' | 'on the way' | 'stuck';
  readonly datasets: number;
  /** Copies that it needs in all; of those, full under the right group, on their way, and neither. */
  readonly copies: number;
  readonly there: number;
  readonly onTheWay: number;
  readonly missing: number;
  /** Bytes of what is missing: what it would cost. */
  readonly bytesMissing: number;
  /** What keeps it from getting on, and what would have to change; null: nothing. */
  readonly why: string | null;
  readonly remedy: string | null;
}

export interface RequestStatus {
  readonly state: RequestState;
  readonly user: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Why it stands as it does: never empty once the state is not `new`. */
  readonly reason: string;
}

export type RuleRecord = RuleRequest & RequestStatus;

export type RequestRecord = ((CopyRequest | DeletionRequest) & RequestStatus) | RuleRecord;

export interface RequestChange {
  readonly before: RequestRecord | null;
  readonly after: RequestRecord;
}
