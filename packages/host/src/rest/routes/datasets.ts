import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { showDataset } from '../../services/browse.ts';
import { listDatasetPage } from '../../services/dataset-page.ts';
import { linkNext } from '../link-next.ts';
import { keys, parameter, readQuery, wholeNumber } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

const LIMIT = 10_000;

export function addDatasetRoutes(app: FastifyInstance, { application }: RestContext): void {
  const page = keys({
    pattern: z.string().min(1).max(512).exactOptional(),
    after: z.string().min(1).max(512).exactOptional(),
    limit: wholeNumber(1, LIMIT).default(1000),
  });
  const nothing = keys({});

  app.get('/api/datasets', async (request, reply) => {
    const wanted = readQuery(request, page);
    const found = await listDatasetPage(application, wanted);
    linkNext(request, reply, found.length === wanted.limit ? { after: found.at(-1)?.name } : null);
    return found;
  });

  // Names have slashes: encoded, each is one part of the address.
  app.get('/api/datasets/:dataset', (request) => {
    readQuery(request, nothing);
    return showDataset(application, parameter(request, 'dataset'));
  });
}
