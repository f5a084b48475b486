/** A server that follows another one answers questions itself, and sends whoever wants a change to the leader. */
import type { FastifyRequest } from 'fastify';
import { type ErrorAnswer, RestError } from './rest-error.ts';

export interface LeaderSight {
  /** This server. */
  readonly leads: boolean;
  /** How the leader is reached; null: it is not known. */
  readonly url: string | null;
}

/** Posts that change nothing unless they say `commit` or `test`. */
const PLANS: readonly string[] = ['/api/detox', '/api/dealer'];
const QUESTIONS: readonly string[] = ['/api/detox/explain', '/api/cycles/:cycle/replay', '/api/cycles/:cycle/explain'];

/** The address to go to instead; null: it is answered here. Throws 503 where there is no leader at the moment. */
export function leaderFor(request: FastifyRequest, { leads, url }: LeaderSight): string | null {
  if (leads || !isChange(request)) return null;
  if (url === null) throw new RestError(503, 'unavailable', 'no server leads at the moment: ask again soon');
  return new URL(request.url, url).href;
}

export function elsewhere(leader: string): ErrorAnswer {
  const message = `this server follows another one, which makes the changes: ${leader}`;
  return { error: { code: 'unavailable', message, where: null } };
}

function isChange({ method, routeOptions: { url: route }, body }: FastifyRequest): boolean {
  if (method === 'GET' || route === undefined || QUESTIONS.includes(route)) return false;
  if (!PLANS.includes(route)) return true;
  if (typeof body !== 'object' || body === null) return false;
  const { commit = false, test = false } = body as { readonly commit?: unknown; readonly test?: unknown };
  return commit !== false || test !== false;
}
