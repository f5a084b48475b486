import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listCycles, showCycle } from '../../services/cycles.ts';
import { explainPast } from '../../services/explain-past.ts';
import { pastDeeds } from '../../services/history.ts';
import type { PastRunAsked } from '../../services/past-run.ts';
import { withAuthorisation } from '../../services/policy-text.ts';
import { replayCycle } from '../../services/replay-detox.ts';
import { callerSignal } from '../caller-signal.ts';
import { linkNext } from '../link-next.ts';
import { keys, readBody, readNumber, readQuery, wholeNumber } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

const LIMIT = 1000;
const MAX_OPERATIONS = 100_000;

export function addCycleRoutes(app: FastifyInstance, { application }: RestContext): void {
  const filter = keys({
    planner: z.string().min(1).exactOptional(),
    /** True: the tests; else the real ones. */
    test: z.stringbool().exactOptional(),
    before: wholeNumber(1, Number.MAX_SAFE_INTEGER).exactOptional(),
    limit: wholeNumber(1, LIMIT).default(100),
  });
  const nothing = keys({});

  const past = keys({
    what: z.string().min(1).max(1024),
    site: z.string().min(1).exactOptional(),
    limit: wholeNumber(1, MAX_OPERATIONS).exactOptional(),
  });

  app.get('/api/history', (request) => pastDeeds(application, readQuery(request, past)));

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
