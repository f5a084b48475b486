import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { listCycles, showCycle } from '../../services/cycles.ts';
import { pastDeeds } from '../../services/history.ts';
import { linkNext } from '../link-next.ts';
import { keys, readNumber, readQuery, wholeNumber } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

const LIMIT = 1000;
const MAX_OPERATIONS = 100_000;

export function addCycleRoutes(app: FastifyInstance, { application }: RestContext): void {
  const filter = keys({
    planner: z.string().min(1).exactOptional(),
    before: wholeNumber(1, Number.MAX_SAFE_INTEGER).exactOptional(),
    limit: wholeNumber(1, LIMIT).default(100),
  });
  const nothing = keys({});

  const past = keys({
    what: z.string().min(1).max(1024),
    site: z.string().min(1).exactOptional(),
    limit: wholeNumber(1, MAX_OPERATIONS).exactOptional(),
  });

  app.get('/api/history', (request) => pastDeeds(application, readQuery(request, past)));

  app.get('/api/cycles', async (request, reply) => {
    const wanted = readQuery(request, filter);
    const found = await listCycles(application, wanted);
    linkNext(request, reply, found.length === wanted.limit ? { before: found.at(-1)?.cycle } : null);
    return found;
  });

  app.get('/api/cycles/:cycle', (request) => {
    readQuery(request, nothing);
    return showCycle(application, readNumber(request, 'cycle'));
  });
}
