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

export interface RequestStatus {
  readonly state: RequestState;
  readonly user: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Why it stands as it does: never empty once the state is not `new`. */
  readonly reason: string;
}

export type RequestRecord = (CopyRequest | DeletionRequest) & RequestStatus;

export interface RequestChange {
  readonly before: RequestRecord | null;
  readonly after: RequestRecord;
}
