import { nearestName, replicaVariables } from '@dynamo/core';
import { z } from 'zod';
import type { ProducerConfiguration, VariableConfiguration } from './configuration.ts';
import { integer, isObject, path, seconds, section, withKind } from './schema-words.ts';

const KINDS: readonly ProducerConfiguration['kind'][] = [
  ...(['file', 'access-log', 'accesses', 'stored', 'http'] as const),
  ...(['protected-sites', 'copy-requests', 'enforcer'] as const),
];

/** `{file}` alone is a file of values, as ever. */
export function producer(): z.ZodType<ProducerConfiguration> {
  const horizonDays = integer(1, 100_000).default(730);
  const halfLifeDays = z.number().positive().max(100_000).default(30);
  const names = z.array(z.string().min(1)).min(1);
  const kind = <K extends ProducerConfiguration['kind']>(name: K): z.ZodLiteral<K> => z.literal(name);
  return z.preprocess(
    withKind('file'),
    z.discriminatedUnion(
      'kind',
      [
        section({ kind: kind('file'), file: path() }),
        section({ kind: kind('access-log'), file: path(), horizonDays, halfLifeDays }),
        section({ kind: kind('accesses'), horizonDays, halfLifeDays }),
        section({ kind: kind('stored'), variables: names, maxAgeSeconds: seconds(1).nullable().default(null) }),
        section({
          kind: kind('http'),
          url: z.url({ protocol: /^https?$/, error: 'expected an http or https URL' }),
          variables: names,
          tokenFile: path().nullable().default(null),
          timeoutSeconds: seconds(1).default(60),
        }),
        section({ kind: kind('protected-sites'), sites: names }),
        section({ kind: kind('copy-requests') }),
        section({ kind: kind('enforcer') }),
      ],
      { error: (issue) => (issue.code === 'invalid_union' ? unknownKind(issue.input) : undefined) },
    ),
  );
}

/** Names of the language are taken already. */
export function variables(): z.ZodType<readonly VariableConfiguration[]> {
  const name = z.string().regex(/^(?:dataset|replica)\.[a-z]\w{0,63}$/i, {
    error: 'expected dataset.NAME or replica.NAME, with a NAME of letters, digits and _',
  });
  const variable = section({
    name: name.refine((written) => replicaVariables().get(written) === undefined, {
      error: 'the policy language has a variable of that name already',
    }),
    type: z.enum(['number', 'time', 'boolean', 'text']),
    description: z.string().default(''),
  });
  return z
    .array(variable)
    .default([])
    .refine((all) => new Set(all.map((each) => each.name)).size === all.length, {
      error: 'two variables have one name',
    });
}

function unknownKind(input: unknown): string {
  const written = isObject(input) ? input.kind : input;
  const near = typeof written === 'string' ? nearestName(written, KINDS) : undefined;
  return near === undefined ? `expected one of the kinds ${KINDS.join(', ')}` : `did you mean the kind ${near}?`;
}
