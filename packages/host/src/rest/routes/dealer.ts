import { DynamoError } from '@dynamo/core';
import { parseDealerConfiguration } from '@dynamo/policies';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { commitDealer, previewDealer } from '../../services/dealer.ts';
import { callerSignal } from '../caller-signal.ts';
import { callerOf, keys, readBody } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

export function addDealerRoutes(app: FastifyInstance, { application }: RestContext): void {
  const run = keys({
    /** As in the Dealer's configuration file; default: the configured one. */
    configuration: z.record(z.string(), z.unknown()).exactOptional(),
    commit: z.boolean().default(false),
    now: z.number().int().min(0).exactOptional(),
    seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).exactOptional(),
  });

  app.post('/api/dealer', async (request, reply) => {
    const { configuration: document, commit, ...rest } = readBody(request, run);
    const configuration = document === undefined ? {} : { configuration: parseDealerConfiguration(document) };
    const signal = callerSignal(reply);
    const wanted = { ...rest, ...configuration };
    if (!commit) {
      return reply.type('application/json; charset=utf-8').send(await previewDealer(application, wanted, { signal }));
    }
    if (wanted.now !== undefined) {
      throw new DynamoError('refused', 'a plan made for another time cannot be committed');
    }
    return commitDealer(application, wanted, { ...callerOf(request), signal });
  });
}
