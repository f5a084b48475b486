import { z } from 'zod';
import { isPolicyModule } from '../services/policy-text.ts';
import type { Configuration, GuardConfiguration, PolicyFileConfiguration } from './configuration.ts';
import { database } from './database-schema.ts';
import { isPersonName } from './person-name.ts';
import { producer, variables } from './producer-schema.ts';
import { fraction, integer, path, seconds, section } from './schema-words.ts';

/** As written in the file: paths are still relative to it. */
export type WrittenConfiguration = Omit<Configuration, 'file'>;

export function configurationSchema(): z.ZodType<WrittenConfiguration> {
  return sections().refine(({ database: { kind }, server }) => kind === 'mysql' || !server.several, {
    path: ['server', 'several'],
    error: 'several servers need a database that several can open: database: {kind: mysql, ..}',
  });
}

function sections(): z.ZodType<WrittenConfiguration> {
  return section({
    dataDirectory: path().default('./dynamo-data'),
    database: database(),
    server: section({
      host: z.string().refine(isLoopback, { error: notLoopback }).default('127.0.0.1'),
      port: integer(0, 65_535).default(8870),
      tokenFile: path().default('token'),
      peopleFile: path().nullable().default(null),
      hosts: z.array(z.string().regex(/^[a-z0-9.-]+$/i, { error: 'expected a name, without a port' })).default([]),
      several: z.boolean().default(false),
      takeOver: z.boolean().default(true),
      url: z
        .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
        .nullable()
        .default(null),
    }).prefault({}),
    log: section({
      level: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
      file: path().nullable().default(null),
    }).prefault({}),
    scheduler: section({
      maxParallelReads: integer(1, 1000).default(8),
      maxWaiting: integer(1, 100_000).default(1000),
    }).prefault({}),
    variables: variables(),
    producers: z.array(producer()).default([]),
    guard: guard(),
    retention: section({
      logDays: integer(1, 100_000).default(90),
      operationDays: integer(1, 100_000).default(730),
      historyDays: integer(1, 100_000).default(730),
    }).prefault({}),
    warmStart: section({
      file: path().nullable().default('inventory.warm'),
      intervalSeconds: seconds(1).default(3600),
    }).prefault({}),
    fileCache: section({ bytes: integer(0, 1e12).default(64e6) }).prefault({}),
    accesses: section({ keepDays: integer(1, 100_000).default(730) }).prefault({}),
    detox: section({
      policies: z.array(policyFile()).default([]),
      intervalSeconds: seconds(1).default(3600),
      deletionPerIteration: fraction().default(0.01),
    }).prefault({}),
    dealer: section({
      file: path().nullable().default(null),
      intervalSeconds: seconds(1).default(600),
      seed: integer(0, Number.MAX_SAFE_INTEGER).default(0),
    }).prefault({}),
    fileOperations: section({
      intervalSeconds: seconds(1).default(5),
      claimed: integer(1, 100_000).default(64),
      parallel: integer(1, 1000).default(8),
      attempts: integer(1, 1000).default(8),
      retryDelaySeconds: seconds(0).default(30),
      leaseSeconds: seconds(5).default(120),
    }).prefault({}),
    consistency: section({
      sites: z.array(z.string().min(1)).default([]),
      intervalSeconds: seconds(1).default(86_400),
      graceSeconds: seconds(0).default(7 * 86_400),
      safetyFraction: fraction().default(0.1),
      act: z.boolean().default(false),
    }).prefault({}),
  });
}

function guard(): z.ZodType<GuardConfiguration> {
  const bytes = integer(0, Number.MAX_SAFE_INTEGER).nullable().default(null);
  const replicas = integer(0, Number.MAX_SAFE_INTEGER).nullable().default(null);
  const part = fraction().nullable();
  return section({
    minimumAgeSeconds: seconds(0).default(0),
    cycle: section({ bytes, replicas }).prefault({}),
    site: section({ bytes, replicas, fraction: part.default(null) }).prefault({}),
    day: section({ bytes, fraction: part.default(null) }).prefault({}),
    suspicious: section({ replicasLost: part.default(0.5), occupancyJump: part.default(0.5) }).prefault({}),
    approval: section({
      bytes,
      replicas,
      approvers: z.array(z.string().refine(isPersonName, { error: 'expected a name as in dynamo-user' })).default([]),
      expireSeconds: seconds(60).default(3 * 86_400),
    }).prefault({}),
  }).prefault({});
}

/** A path by itself, or with the digest that the file must have. */
function policyFile(): z.ZodType<PolicyFileConfiguration> {
  const digest = z.string().regex(/^[0-9a-f]{64}$/, { error: 'expected 64 hexadecimal digits' });
  const written = section({
    ...{ file: path(), sha256: digest.nullable().default(null), test: z.boolean().exactOptional() },
  });
  return z
    .preprocess((given) => (typeof given === 'string' ? { file: given } : given), written)
    .refine(({ file, sha256 }) => sha256 !== null || !isPolicyModule(file), {
      error: 'a policy in TypeScript is a program: {file, sha256}, with the digest that `dynamo policy check` prints',
    });
}

const notLoopback = 'only loopback addresses are served (127.0.0.1, ::1, localhost): put a proxy with TLS in front';

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
