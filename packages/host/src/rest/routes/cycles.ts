import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listCycles, showCycle } from '../../services/cycles.ts';
import { explainPast } from '../../services/explain-past.ts';
import { pastDeeds } from '../../services/history.ts';
import { pastDecisions, pastOrders } from '../../services/past-decisions.ts';
import type { PastRunAsked } from '../../services/past-run.ts';
import { withAuthorisation } from '../../services/policy-text.ts';
import { replayCycle } from '../../services/replay-detox.ts';
import { callerSignal } from '../caller-signal.ts';
import { linkNext } from '../link-next.ts';
import { keys, readBody, readNumber, readQuery, wholeNumber } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

const LIMIT = 1000;
const MAX_OPERATIONS = 100_000;
const MAX = Number.MAX_SAFE_INTEGER;

export function addCycleRoutes(app: FastifyInstance, { application }: RestContext): void {
  const filter = keys({
    planner: z.string().min(1).exactOptional(),
    /** True: the tests; else the real ones. */
    test: z.stringbool().exactOptional(),
    since: wholeNumber(0, MAX).exactOptional(),
    until: wholeNumber(0, MAX).exactOptional(),
    before: wholeNumber(1, MAX).exactOptional(),
    limit: wholeNumber(1, LIMIT).default(100),
  });
  const nothing = keys({});

  const past = keys({
    what: z.string().min(1).max(1024),
    site: z.string().min(1).exactOptional(),
    limit: wholeNumber(1, MAX_OPERATIONS).exactOptional(),
  });

  app.get('/api/history', (request) => pastDeeds(application, readQuery(request, past)));

  const time = { since: wholeNumber(0, MAX).exactOptional(), until: wholeNumber(0, MAX).exactOptional() };
  const where = { dataset: z.string().min(1).exactOptional(), site: z.string().min(1).exactOptional() };
  const line = wholeNumber(0, MAX).exactOptional();
  const decisions = keys({
    ...{
      ...where,
      ...time,
      line,
      cycle: wholeNumber(1, MAX).exactOptional(),
      before: wholeNumber(1, MAX).exactOptional(),
    },
    decision: z.enum(['delete', 'keep', 'protect']).exactOptional(),
    test: z.stringbool().exactOptional(),
    cycles: wholeNumber(1, LIMIT).exactOptional(),
  });
  const orders = keys({
    ...{ ...where, ...time, line, before: wholeNumber(1, MAX).exactOptional() },
    kind: z.enum(['delete', 'copy', 'hand-over']).exactOptional(),
    planner: z.string().min(1).exactOptional(),
    limit: wholeNumber(1, MAX_OPERATIONS).default(1000),
  });

  app.get('/api/history/decisions', (request) => pastDecisions(application, readQuery(request, decisions)));

  app.get('/api/history/orders', (request) => pastOrders(application, readQuery(request, orders)));

  app.get('/api/cycles', async (request, reply) => {
    const wanted = readQuery(request, filter);
    const found = await listCycles(application, wanted);
    linkNext(request, reply, found.length === wanted.limit ? { before: found.at(-1)?.cycle } : null);
    return found;
  });

  app.get('/api/cycles/:cycle', (request) => {
    readQuery(request, nothing);
    return showCycle(application, readNumber(request, 'cycle'));
  });

  /** The module that the cycle ran: it runs here only if the configuration names it. */
  const given = { policy: z.string().min(1).exactOptional(), file: z.string().min(1).max(255).default('policy') };
  const ofPast = keys(given);
  const ofReplica = keys({ ...given, dataset: z.string().min(1), site: z.string().min(1).exactOptional() });
  const pastRun = (request: FastifyRequest, { policy: text, file }: z.infer<typeof ofPast>): PastRunAsked => {
    const cycle = readNumber(request, 'cycle');
    if (text === undefined) return { cycle };
    return { cycle, policy: withAuthorisation({ file, text }, application.configuration) };
  };

  app.post('/api/cycles/:cycle/replay', (request, reply) =>
    replayCycle(application, pastRun(request, readBody(request, ofPast)), { signal: callerSignal(reply) }),
  );

  app.post('/api/cycles/:cycle/explain', (request, reply) => {
    const { dataset, site, ...policy } = readBody(request, ofReplica);
    const replica = { dataset, ...(site === undefined ? {} : { site }) };
    return explainPast(application, pastRun(request, policy), replica, { signal: callerSignal(reply) });
  });
}
