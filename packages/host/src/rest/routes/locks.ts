import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addLock, listLocks, removeLock } from '../../services/locks.ts';
import { callerOf, keys, readBody, readNumber, readQuery } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

export function addLockRoutes(app: FastifyInstance, { application }: RestContext): void {
  const nothing = keys({});
  const name = z.string().min(1).max(512);
  const lock = keys({
    dataset: name,
    site: name.nullable().default(null),
    group: name.nullable().default(null),
    block: name.nullable().default(null),
    expires: z.number().int().min(0).nullable().default(null),
    comment: z.string().max(1000).nullable().default(null),
  });

  app.get('/api/locks', (request) => {
    readQuery(request, nothing);
    return listLocks(application);
  });

  app.post('/api/locks', async (request, reply) => {
    const made = await addLock(application, readBody(request, lock), callerOf(request));
    return reply.code(201).send(made);
  });

  app.post('/api/locks/:id/remove', (request) => {
    readBody(request, nothing);
    return removeLock(application, readNumber(request, 'id'), callerOf(request));
  });
}
