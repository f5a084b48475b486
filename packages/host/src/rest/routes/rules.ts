import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ruleProgress } from '../../services/rule-progress.ts';
import { addRule, changeRule, listRules, previewRule, removeRule, showRule } from '../../services/rules.ts';
import { callerSignal } from '../caller-signal.ts';
import { linkNext } from '../link-next.ts';
import { callerOf, keys, readBody, readNumber, readQuery, wholeNumber } from '../read-request.ts';
import type { RestContext } from '../rest-context.ts';

const LIMIT = 1000;
/** Each is read from the history whole. */
const CYCLES = 100;

export function addRuleRoutes(app: FastifyInstance, { application }: RestContext): void {
  const filter = keys({
    state: z.enum(['new', 'active', 'done', 'cancelled']).exactOptional(),
    user: z.string().min(1).exactOptional(),
    after: wholeNumber(0, Number.MAX_SAFE_INTEGER).exactOptional(),
    limit: wholeNumber(1, LIMIT).default(LIMIT),
  });
  const texts = z.array(z.string().min(1)).min(1).max(1000);
  const copies = z.number();
  const group = z.string().min(1).nullable();
  const until = z.number().int().min(0).nullable();
  const rule = keys({
    datasets: texts,
    sites: texts,
    copies,
    group: group.default(null),
    until: until.default(null),
    /** Only says what it would come to, and cost. */
    preview: z.boolean().default(false),
  });
  const changes = keys({
    datasets: texts.exactOptional(),
    sites: texts.exactOptional(),
    copies: copies.exactOptional(),
    group: group.exactOptional(),
    until: until.exactOptional(),
  });
  const progress = keys({
    rule: z.string().min(1).exactOptional(),
    limit: wholeNumber(1, CYCLES).default(10),
  });
  const nothing = keys({});

  app.get('/api/rules', async (request, reply) => {
    const wanted = readQuery(request, filter);
    const found = await listRules(application, wanted);
    linkNext(request, reply, found.length === wanted.limit ? { after: found.at(-1)?.id } : null);
    return found;
  });

  app.get('/api/rules/progress', (request) => ruleProgress(application, readQuery(request, progress)));

  app.get('/api/rules/:id', (request, reply) => {
    readQuery(request, nothing);
    return showRule(application, readNumber(request, 'id'), { signal: callerSignal(reply) });
  });

  app.post('/api/rules', async (request, reply) => {
    const { preview, ...wanted } = readBody(request, rule);
    const caller = callerOf(request);
    if (preview) return previewRule(application, wanted, { ...caller, signal: callerSignal(reply) });
    const made = await addRule(application, wanted, caller);
    return reply.code(201).header('location', `/api/rules/${made.id}`).send(made);
  });

  app.post('/api/rules/:id/change', (request) =>
    changeRule(application, readNumber(request, 'id'), readBody(request, changes), callerOf(request)),
  );

  app.post('/api/rules/:id/remove', (request) => {
    readBody(request, nothing);
    return removeRule(application, readNumber(request, 'id'), callerOf(request));
  });
}
