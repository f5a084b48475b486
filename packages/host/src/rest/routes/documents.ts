import type { FastifyInstance } from 'fastify';
import { deleteParsed, injectParsed } from '../../services/inject.ts';
import { callerOf } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

/** The body is the document itself; the services judge it, and name the path of its fault. */
export function addDocumentRoutes(app: FastifyInstance, { application, limits }: RestContext): void {
  const options = { bodyLimit: limits.documentBytes };
  app.post('/api/inject', options, (request) => injectParsed(application, request.body, callerOf(request)));
  app.post('/api/delete', options, (request) => deleteParsed(application, request.body, callerOf(request)));
}
