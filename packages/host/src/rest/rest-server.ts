import type { AddressInfo } from 'node:net';
import { DynamoError, isDynamoError } from '@dynamo/core';
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  fastify,
  LogController,
} from 'fastify';
import type { Application } from '../services/application.ts';
import type { HealthReport } from '../services/health.ts';
import { callerCheck } from './access/check-caller.ts';
import type { People } from './access/people-file.ts';
import { elsewhere, type LeaderSight, leaderFor } from './leader-check.ts';
import { checkMinimumVersion, MINIMUM_HEADER, VERSION_HEADER } from './minimum-version.ts';
import { addPageRoutes, isOpenRoute } from './page-routes.ts';
import { defaultLimits, type RestContext, type RestLimits } from './rest-context.ts';
import { answerError, type ErrorAnswer, RestError } from './rest-error.ts';
import { addApprovalRoutes } from './routes/approvals.ts';
import { addAttributeRoutes } from './routes/attributes.ts';
import { addConsistencyRoutes } from './routes/consistency.ts';
import { addCycleRoutes } from './routes/cycles.ts';
import { addDatasetRoutes } from './routes/datasets.ts';
import { addDealerRoutes } from './routes/dealer.ts';
import { addDetoxRoutes } from './routes/detox.ts';
import { addDocumentRoutes } from './routes/documents.ts';
import { addLockRoutes } from './routes/locks.ts';
import { addOperationRoutes } from './routes/operations.ts';
import { addReplicaRoutes } from './routes/replicas.ts';
import { addRequestRoutes } from './routes/requests.ts';
import { addRuleRoutes } from './routes/rules.ts';
import { addSiteRoutes } from './routes/sites.ts';
import { addStatusRoutes } from './routes/status.ts';
import { streamPlaces } from './stream-places.ts';

export interface RestOptions {
  /** A loopback address. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly token: string;
  /** Those with tokens of their own. */
  readonly people?: People;
  readonly log: FastifyBaseLogger;
  readonly health: () => HealthReport;
  /** Names, besides the loopback's, that the server is called by: those of a proxy in front of it. */
  readonly hosts?: readonly string[];
  /** Told when a change was refused because another server has become the writer. */
  readonly onLostLease?: (error: unknown) => void;
  /** Of several servers: whether this one leads, or else may be a moment behind. Default: it leads. */
  readonly leaderOf?: () => LeaderSight;
  readonly limits?: Partial<RestLimits>;
}

export interface RestServer {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, and resolves when those at work are answered, or cut off after `drainMs`. */
  close(): Promise<void>;
}

/** Answers over HTTP until it is closed. Rejects with `unavailable` where the address is taken. */
export async function startRestServer(application: Application, options: RestOptions): Promise<RestServer> {
  const app = restApplication(application, options);
  await app.listen({ host: options.host, port: options.port }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause;
    const message = `${options.host}:${options.port} is taken by another program: choose another server.port`;
    throw new DynamoError('unavailable', message, { cause });
  });
  const { port } = app.server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, port, close: () => closeSoon(app, { ...defaultLimits, ...options.limits }) };
}

/** Whoever neither sends the rest of a request nor reads an answer would keep the server from stopping. */
async function closeSoon(app: FastifyInstance, { drainMs }: RestLimits): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), drainMs);
  await app.close().finally(() => clearTimeout(timer));
}

function restApplication(application: Application, options: RestOptions): FastifyInstance {
  const limits = { ...defaultLimits, ...options.limits };
  const app = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytes,
    // A dataset's name has 512 characters, each of up to twelve when it is encoded.
    routerOptions: { maxParamLength: 512 * 12 },
    exposeHeadRoutes: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    // An address that cannot be decoded never reaches a route or a hook.
    frameworkErrors: (error, _request, reply: FastifyReply) => {
      void reply.code(400).send(answerError(new RestError(400, 'invalid-input', error.message)).answer);
    },
  });
  // JSON is all that is taken.
  app.removeContentTypeParser('text/plain');
  addHooks(app, application, options);
  const context: RestContext = {
    application,
    limits,
    health: options.health,
    // Others always find a reader's place.
    streams: streamPlaces(Math.max(1, Math.floor(application.configuration.scheduler.maxParallelReads / 2))),
  };
  for (const addRoutes of ROUTES) addRoutes(app, context);
  return app;
}

const ROUTES: readonly ((app: FastifyInstance, context: RestContext) => void)[] = [
  addPageRoutes,
  addStatusRoutes,
  addSiteRoutes,
  addDatasetRoutes,
  addReplicaRoutes,
  addRequestRoutes,
  addRuleRoutes,
  addCycleRoutes,
  addOperationRoutes,
  addLockRoutes,
  addConsistencyRoutes,
  addDocumentRoutes,
  addDetoxRoutes,
  addApprovalRoutes,
  addDealerRoutes,
  addAttributeRoutes,
];

/** How long a client may take to send a request, body included. */
const REQUEST_TIMEOUT_MS = 120_000;

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

function addHooks(app: FastifyInstance, { inventory }: Application, options: RestOptions): void {
  const hosts = [...new Set([...LOOPBACK, options.host, ...(options.hosts ?? [])])];
  const check = callerCheck(options.token, hosts, options.people);
  const leaderOf = options.leaderOf ?? ((): LeaderSight => ({ leads: true, url: null }));

  app.addHook('onRequest', (request, reply, done) => {
    check.checkHost(request.headers);
    reply.headers(SAFETY_HEADERS);
    // By the route that was found, not by the address as it was written, which has many spellings.
    if (!isOpenRoute(request.routeOptions.url)) {
      const person = check.checkCaller(request.headers);
      if (person !== null) request.headers['dynamo-user'] = person;
      checkMinimumVersion(request.headers[MINIMUM_HEADER], inventory, !leaderOf().leads);
      reply.header(VERSION_HEADER, inventory.version);
    }
    done();
  });

  // With the body, which says whether a plan is to be carried out.
  app.addHook('preHandler', (request, reply, done) => {
    const leader = leaderFor(request, leaderOf());
    if (leader === null) done();
    else void reply.code(307).header('location', leader).send(elsewhere(leader));
  });

  app.addHook('onSend', (request, reply, _payload, done) => {
    if (request.method !== 'GET' && reply.hasHeader(VERSION_HEADER)) reply.header(VERSION_HEADER, inventory.version);
    done();
  });

  // Queries are many and change nothing: they are told at the level debug.
  app.addHook('onResponse', (request, reply, done) => {
    const level = reply.statusCode >= 400 ? 'warn' : request.method === 'GET' ? 'debug' : 'info';
    const { method, url, headers } = request;
    const user = headers['dynamo-user'];
    request.log[level]({ method, url, user, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
    done();
  });

  app.setNotFoundHandler((request) => {
    throw new RestError(404, 'not-found', `there is no ${request.method} ${request.url.split('?')[0]}`);
  });

  app.setErrorHandler((error: FastifyError, request, reply): ErrorAnswer => {
    const { status, answer, retryAfter, isOurs } = answerError(error);
    if (isDynamoError(error, 'lost-lease')) options.onLostLease?.(error);
    if (isOurs) request.log.error({ err: error, url: request.url }, 'a request failed');
    reply.code(status).type('application/json; charset=utf-8');
    if (retryAfter !== null) reply.header('retry-after', retryAfter);
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    return answer;
  });
}

/** Nothing here is for other sites, for frames, or for caches. */
const SAFETY_HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
