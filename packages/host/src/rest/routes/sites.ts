import type { FastifyInstance } from 'fastify';
import { listSites, showSite } from '../../services/browse.ts';
import { keys, parameter, readQuery } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

export function addSiteRoutes(app: FastifyInstance, { application }: RestContext): void {
  const nothing = keys({});

  app.get('/api/sites', (request) => {
    readQuery(request, nothing);
    return listSites(application);
  });

  app.get('/api/sites/:site', (request) => {
    readQuery(request, nothing);
    return showSite(application, parameter(request, 'site'));
  });
}
