import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { checkConsistency, listFindings } from '../../services/consistency.ts';
import { callerSignal } from '../caller-signal.ts';
import { callerOf, keys, parameter, readBody, readQuery } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

export function addConsistencyRoutes(app: FastifyInstance, { application }: RestContext): void {
  const nothing = keys({});
  const check = keys({ act: z.boolean().default(false) });

  app.get('/api/consistency/:site', (request) => {
    readQuery(request, nothing);
    return listFindings(application, parameter(request, 'site'));
  });

  app.post('/api/consistency/:site', (request, reply) => {
    const { act } = readBody(request, check);
    const options = { act, ...callerOf(request), signal: callerSignal(reply) };
    return checkConsistency(application, parameter(request, 'site'), options);
  });
}
