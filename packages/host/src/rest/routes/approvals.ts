import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { approvePlan, listPlans, rejectPlan, showPlan } from '../../services/approvals.ts';
import { callerSignal } from '../caller-signal.ts';
import { callerOf, keys, readBody, readNumber, readQuery } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

/** Plans that wait for a second person: the name of the caller says who that is. */
export function addApprovalRoutes(app: FastifyInstance, { application }: RestContext): void {
  const filter = keys({ all: z.enum(['true', 'false']).default('false') });
  const nothing = keys({});
  const decision = keys({ comment: z.string().min(1).max(1000).exactOptional() });

  app.get('/api/detox/pending', (request) => {
    const { all } = readQuery(request, filter);
    return listPlans(application, { all: all === 'true' });
  });

  app.get('/api/detox/pending/:id', (request) => {
    readQuery(request, nothing);
    return showPlan(application, readNumber(request, 'id'));
  });

  app.post('/api/detox/pending/:id/approve', (request, reply) => {
    const options = { ...readBody(request, decision), ...callerOf(request), signal: callerSignal(reply) };
    return approvePlan(application, readNumber(request, 'id'), options);
  });

  app.post('/api/detox/pending/:id/reject', (request, reply) => {
    const options = { ...readBody(request, decision), ...callerOf(request), signal: callerSignal(reply) };
    return rejectPlan(application, readNumber(request, 'id'), options);
  });
}
