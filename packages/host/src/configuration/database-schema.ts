import { isIPv6 } from 'node:net';
import { z } from 'zod';
import type { DatabaseAddress, DatabaseConfiguration } from './configuration.ts';
import { integer, path, section, withKind } from './schema-words.ts';

const MYSQL_PORT = 3306;

/** Without a kind it is SQLite, as it is without any configuration. */
export function database(): z.ZodType<DatabaseConfiguration> {
  const sqlite = section({ kind: z.literal('sqlite'), file: path().default('dynamo.sqlite') });
  const mysql = section({
    kind: z.literal('mysql'),
    addresses: z.array(address()).min(1),
    database: z.string().min(1).max(64),
    user: z.string().min(1).max(80),
    passwordFile: path().nullable().default(null),
    tls: section({ caFile: path().nullable().default(null) })
      .nullable()
      .default(null),
    connections: integer(2, 1000).default(10),
    leaseSilenceSeconds: z.number().min(0.5).max(3600).default(6),
    connectTimeoutSeconds: z.number().min(0.1).max(300).default(5),
    answerTimeoutSeconds: z.number().min(1).max(3600).default(15),
  });
  return z
    .preprocess(
      withKind('sqlite'),
      z.discriminatedUnion('kind', [sqlite, mysql], {
        error: (issue) => (issue.code === 'invalid_union' ? 'expected kind: sqlite, or kind: mysql' : undefined),
      }),
    )
    .prefault({});
}

/** `db1.example.org`, `db1:3307`, `[::1]:3306`. */
function address(): z.ZodType<DatabaseAddress> {
  return z.string().transform((written, context) => {
    const parsed = parseAddress(written);
    if (parsed !== null) return parsed;
    context.addIssue({ code: 'custom', message: 'expected host or host:port ([address]:port for IPv6)' });
    return z.NEVER;
  });
}

function parseAddress(written: string): DatabaseAddress | null {
  const [, bracketed, name, port] = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(written) ?? [];
  const host = bracketed ?? name;
  if (host === undefined || (bracketed !== undefined && !isIPv6(bracketed))) return null;
  const number = port === undefined ? MYSQL_PORT : Number(port);
  return number >= 1 && number <= 65_535 ? { host, port: number } : null;
}
