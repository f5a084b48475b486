import { DynamoError } from '@dynamo/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { commitDetox, previewDetox } from '../../services/detox.ts';
import { callerSignal } from '../caller-signal.ts';
import { callerOf, keys, readBody } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

export function addDetoxRoutes(app: FastifyInstance, { application }: RestContext): void {
  const run = keys({
    policy: z.string().min(1),
    /** What messages call the policy. */
    file: z.string().min(1).max(255).default('policy'),
    commit: z.boolean().default(false),
    now: z.number().int().min(0).exactOptional(),
    guard: z.enum(['on', 'off']).exactOptional(),
    deletion_per_iteration: z.number().gt(0).max(1).exactOptional(),
    blocks: z.boolean().default(false),
  });

  app.post('/api/detox', async (request, reply) => {
    const { policy: text, file, commit, deletion_per_iteration: fraction, ...rest } = readBody(request, run);
    const wanted = {
      ...rest,
      policy: { file, text },
      ...(fraction === undefined ? {} : { deletionPerIteration: fraction }),
    };
    const signal = callerSignal(reply);
    if (!commit) {
      return reply.type('application/json; charset=utf-8').send(await previewDetox(application, wanted, { signal }));
    }
    if (wanted.now !== undefined || wanted.guard === 'off') {
      throw new DynamoError('refused', 'a plan made for another time, or with the guard off, cannot be committed');
    }
    return commitDetox(application, wanted, { ...callerOf(request), signal });
  });
}
