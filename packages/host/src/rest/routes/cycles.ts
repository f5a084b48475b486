import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { listCycles, showCycle } from '../../services/cycles.ts';
import { linkNext } from '../link-next.ts';
import { keys, readNumber, readQuery, wholeNumber } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

const LIMIT = 1000;

export function addCycleRoutes(app: FastifyInstance, { application }: RestContext): void {
  const filter = keys({
    planner: z.string().min(1).exactOptional(),
    before: wholeNumber(1, Number.MAX_SAFE_INTEGER).exactOptional(),
    limit: wholeNumber(1, LIMIT).default(100),
  });
  const nothing = keys({});

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
