import { checkAccess } from '@dynamo/policies';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { reportAccesses } from '../../services/accesses.ts';
import { listVariables, sendAttributes } from '../../services/stored-attributes.ts';
import { keys, readBody, readQuery } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

/** What others know about data: accesses to it, and values of variables. */
export function addAttributeRoutes(app: FastifyInstance, { application, limits }: RestContext): void {
  const nothing = keys({});
  const options = { bodyLimit: limits.documentBytes };
  const report = keys({ accesses: z.array(z.unknown()) });

  app.post('/api/accesses', options, (request) => {
    const { accesses } = readBody(request, report);
    return reportAccesses(
      application,
      accesses.map((access, i) => checkAccess(access, { path: `accesses[${i}]` })),
      { file: 'the body' },
    );
  });

  app.get('/api/attributes', (request) => {
    readQuery(request, nothing);
    return listVariables(application);
  });

  app.post('/api/attributes', options, (request) => sendAttributes(application, request.body, { file: 'the body' }));
}
