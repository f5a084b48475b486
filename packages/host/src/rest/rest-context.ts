import type { Application } from '../services/application.ts';
import type { HealthReport } from '../services/health.ts';
import type { StreamPlaces } from './stream-places.ts';

/** What the routes work with. */
export interface RestContext {
  readonly application: Application;
  readonly health: () => HealthReport;
  readonly streams: StreamPlaces;
  readonly limits: RestLimits;
}

export interface RestLimits {
  /** Of an ordinary request's body. */
  readonly bodyBytes: number;
  /** Of an injection or deletion document. */
  readonly documentBytes: number;
  /** How long a reader may leave a stream unread before it is cut off. */
  readonly stallMs: number;
  /** How long requests may take to end when the server stops. */
  readonly drainMs: number;
}

export const defaultLimits: RestLimits = {
  bodyBytes: 1 << 20,
  documentBytes: 64 << 20,
  stallMs: 30_000,
  drainMs: 10_000,
};
