import { DynamoError } from '@dynamo/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readConfiguredPolicies } from '../../services/configured-policies.ts';
import { commitDetox, previewDetox, testDetox } from '../../services/detox.ts';
import { type ExplainedDecision, explainDecision } from '../../services/explain-detox.ts';
import { withAuthorisation } from '../../services/policy-text.ts';
import { callerSignal } from '../caller-signal.ts';
import { callerOf, keys, readBody, readQuery } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

export function addDetoxRoutes(app: FastifyInstance, { application }: RestContext): void {
  const run = keys({
    policy: z.string().min(1),
    /** What messages call the policy. */
    file: z.string().min(1).max(255).default('policy'),
    commit: z.boolean().default(false),
    /** Kept in the history as a test. */
    test: z.boolean().default(false),
    now: z.number().int().min(0).exactOptional(),
    guard: z.enum(['on', 'off']).exactOptional(),
    deletion_per_iteration: z.number().gt(0).max(1).exactOptional(),
    blocks: z.boolean().default(false),
    version: z.number().int().min(0).exactOptional(),
  });

  const replica = { dataset: z.string().min(1), site: z.string().min(1) };
  const ofConfigured = keys({ ...replica, partition: z.string().min(1).exactOptional() });
  const ofGiven = keys({
    ...replica,
    policy: z.string().min(1),
    file: z.string().min(1).max(255).default('policy'),
    now: z.number().int().min(0).exactOptional(),
    guard: z.enum(['on', 'off']).exactOptional(),
    deletion_per_iteration: z.number().gt(0).max(1).exactOptional(),
  });

  // What the configured policies make of it, each.
  app.get('/api/detox/explain', async (request, reply) => {
    const { partition, ...wanted } = readQuery(request, ofConfigured);
    const signal = callerSignal(reply);
    const policies = await readConfiguredPolicies(application.configuration);
    const explained: ExplainedDecision[] = [];
    for (const policy of policies) explained.push(await explainDecision(application, { policy }, wanted, { signal }));
    return explained.filter(({ explanation }) => partition === undefined || explanation.partition === partition);
  });

  app.post('/api/detox/explain', (request, reply) => {
    const { policy: text, file, dataset, site, deletion_per_iteration: fraction, ...rest } = readBody(request, ofGiven);
    const asked = {
      ...rest,
      policy: withAuthorisation({ file, text }, application.configuration),
      ...(fraction === undefined ? {} : { deletionPerIteration: fraction }),
    };
    return explainDecision(application, asked, { dataset, site }, { signal: callerSignal(reply) });
  });

  app.post('/api/detox', async (request, reply) => {
    const { policy: text, file, commit, test, deletion_per_iteration: fraction, ...rest } = readBody(request, run);
    const wanted = {
      ...rest,
      policy: withAuthorisation({ file, text }, application.configuration),
      ...(fraction === undefined ? {} : { deletionPerIteration: fraction }),
    };
    const signal = callerSignal(reply);
    if (test) {
      if (commit) throw new DynamoError('invalid-input', 'a test is not committed: leave out test, or commit');
      return testDetox(application, wanted, { ...callerOf(request), signal });
    }
    if (!commit) {
      return reply.type('application/json; charset=utf-8').send(await previewDetox(application, wanted, { signal }));
    }
    if (wanted.now !== undefined || wanted.guard === 'off') {
      throw new DynamoError('refused', 'a plan made for another time, or with the guard off, cannot be committed');
    }
    return commitDetox(application, wanted, { ...callerOf(request), signal });
  });
}
