import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { cancelRequest, listRequests, requestCopy, showRequest } from '../../services/requests.ts';
import { linkNext } from '../link-next.ts';
import { callerOf, keys, readBody, readNumber, readQuery, wholeNumber } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

const LIMIT = 1000;

export function addRequestRoutes(app: FastifyInstance, { application }: RestContext): void {
  const filter = keys({
    state: z.enum(['new', 'active', 'done', 'rejected', 'cancelled']).exactOptional(),
    kind: z.enum(['copy', 'delete', 'rule']).exactOptional(),
    user: z.string().min(1).exactOptional(),
    after: wholeNumber(0, Number.MAX_SAFE_INTEGER).exactOptional(),
    limit: wholeNumber(1, LIMIT).default(LIMIT),
  });
  const names = z.array(z.string().min(1)).min(1).max(10_000);
  const copy = keys({
    kind: z.literal('copy'),
    datasets: names,
    sites: names,
    copies: z.number().int().min(1).nullable().default(null),
    group: z.string().min(1).nullable().default(null),
  });
  const nothing = keys({});

  app.get('/api/requests', async (request, reply) => {
    const wanted = readQuery(request, filter);
    const found = await listRequests(application, wanted);
    linkNext(request, reply, found.length === wanted.limit ? { after: found.at(-1)?.id } : null);
    return found;
  });

  app.get('/api/requests/:id', (request) => {
    readQuery(request, nothing);
    return showRequest(application, readNumber(request, 'id'));
  });

  app.post('/api/requests', async (request, reply) => {
    const { kind: _copy, ...wanted } = readBody(request, copy);
    const made = await requestCopy(application, wanted, callerOf(request));
    return reply.code(201).header('location', `/api/requests/${made.id}`).send(made);
  });

  app.post('/api/requests/:id/cancel', (request) => {
    readBody(request, nothing);
    return cancelRequest(application, readNumber(request, 'id'), callerOf(request));
  });
}
