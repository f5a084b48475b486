import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { streamReplicas } from '../../services/replica-stream.ts';
import { keys, readQuery } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';
import { sendLines } from '../send-lines.ts';

export function addReplicaRoutes(
  app: FastifyInstance,
  { application, streams, limits: { stallMs } }: RestContext,
): void {
  const filter = keys({
    site: z.string().min(1).exactOptional(),
    dataset: z.string().min(1).exactOptional(),
  }).refine(({ site, dataset }) => site !== undefined || dataset !== undefined, { error: 'name a site or a dataset' });

  app.get('/api/replicas', async (request, reply) => {
    const wanted = readQuery(request, filter);
    return sendLines(reply, { streams, stallMs }, (write, signal) =>
      streamReplicas(application, { ...wanted, signal }, write),
    );
  });
}
