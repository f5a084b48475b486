import type { FastifyInstance } from 'fastify';
import { listServers } from '../../services/servers.ts';
import { status } from '../../services/status.ts';
import { checkStore, compactStore, verifyStore } from '../../services/store-care.ts';
import { keys, readBody, readQuery } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

export function addStatusRoutes(app: FastifyInstance, { application, health }: RestContext): void {
  const nothing = keys({});

  app.get('/api/status', (request) => {
    readQuery(request, nothing);
    return status(application);
  });

  app.get('/api/servers', async (request, reply) => {
    readQuery(request, nothing);
    // As text, since null is an answer too.
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(await listServers(application)));
  });

  app.get('/api/store/check', (request) => {
    readQuery(request, nothing);
    return checkStore(application);
  });

  app.get('/api/store/verify', (request) => {
    readQuery(request, nothing);
    return verifyStore(application);
  });

  app.post('/api/store/compact', (request) => {
    readBody(request, nothing);
    return compactStore(application);
  });

  app.get('/api/health', (request, reply) => {
    readQuery(request, nothing);
    const report = health();
    return reply.code(report.status === 'ok' || report.status === 'degraded' ? 200 : 503).send(report);
  });
}
