import type { OperationId } from '@dynamo/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { listTransferPage, releaseTransfer } from '../../services/transfer-page.ts';
import { showTransfer } from '../../services/transfers.ts';
import { linkNext } from '../link-next.ts';
import { keys, readBody, readNumber, readQuery, wholeNumber } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

const LIMIT = 10_000;

export function addOperationRoutes(app: FastifyInstance, { application }: RestContext): void {
  const filter = keys({
    state: z.enum(['queued', 'claimed', 'held']).exactOptional(),
    site: z.string().min(1).exactOptional(),
    dataset: z.string().min(1).exactOptional(),
    after: wholeNumber(0, Number.MAX_SAFE_INTEGER)
      .transform((after) => after as OperationId)
      .exactOptional(),
    limit: wholeNumber(1, LIMIT).default(1000),
  });
  const nothing = keys({});

  app.get('/api/operations', async (request, reply) => {
    const wanted = readQuery(request, filter);
    const found = await listTransferPage(application, wanted);
    linkNext(request, reply, found.length === wanted.limit ? { after: found.at(-1)?.id } : null);
    return found;
  });

  app.get('/api/operations/:id', (request) => {
    readQuery(request, nothing);
    return showTransfer(application, readNumber(request, 'id'));
  });

  app.post('/api/operations/:id/release', (request) => {
    readBody(request, nothing);
    return releaseTransfer(application, readNumber(request, 'id'));
  });
}
