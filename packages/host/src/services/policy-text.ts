import { createHash } from 'node:crypto';
import { DynamoError } from '@dynamo/core';
import type { Configuration } from '../configuration/configuration.ts';

/** A policy as it was given: a text of the policy language, or a module in TypeScript. */
export interface PolicyText {
  /** What messages call it; a name that ends as programs do (`.ts`, `.mjs`) says that it is a module. */
  readonly file: string;
  readonly text: string;
  /**
   * Set for a module by whoever may run programs here: the person at the command line for their own, or the host for one
   * whose digest its administrator has authorised.
   */
  readonly mayRun?: boolean;
}

export function isPolicyModule(file: string): boolean {
  return /\.[cm]?[jt]s$/i.test(file);
}

/** SHA-256 of its UTF-8, in hexadecimal. */
export function digestOf({ text }: Pick<PolicyText, 'text'>): string {
  return createHash('sha256').update(text).digest('hex');
}

/** For a policy that came from outside: a module may run if the configuration names its digest. */
export function withAuthorisation(policy: PolicyText, configuration: Pick<Configuration, 'detox'>): PolicyText {
  const { file, text } = policy;
  return isAuthorised(policy, configuration) ? { file, text, mayRun: true } : { file, text };
}

function isAuthorised(policy: PolicyText, { detox }: Pick<Configuration, 'detox'>): boolean {
  if (!isPolicyModule(policy.file)) return true;
  const digest = digestOf(policy);
  return detox.policies.some(({ sha256 }) => sha256 === digest);
}

/** Throws `refused` for a module whose digest the configuration does not name. */
export function refuseUnauthorised(policy: PolicyText, configuration: Pick<Configuration, 'detox'>): void {
  if (!isAuthorised(policy, configuration)) throw notAuthorised(policy);
}

export function notAuthorised(policy: PolicyText): DynamoError<'refused'> {
  const digest = digestOf(policy);
  return new DynamoError(
    'refused',
    `${policy.file} is a program, and nobody has authorised it: to do so, name its sha256 ${digest} in the configuration (detox.policies)`,
    { data: { file: policy.file, sha256: digest } },
  );
}
