import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { DynamoError, inputError } from '@dynamo/core';
import type { Configuration, PolicyFileConfiguration } from '../configuration/configuration.ts';
import { digestOf, type PolicyText } from './policy-text.ts';

/** The Detox policies that the configuration names, as they are now: editing one needs no restart. */
export function readConfiguredPolicies({ detox }: Configuration): Promise<readonly PolicyText[]> {
  return Promise.all(detox.policies.map(readPolicyFile));
}

/** Rejects with `refused` where the file is not the one that was authorised. */
export async function readPolicyFile({ file: path, sha256 }: PolicyFileConfiguration): Promise<PolicyText> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const hint = cause instanceof Error ? cause.message : String(cause);
    throw inputError({ what: 'the policy cannot be read', where: { file: path }, hint }, cause);
  }
  if (sha256 === null) return { file: basename(path), text };
  const digest = digestOf({ text });
  if (digest === sha256) return { file: basename(path), text, mayRun: true };
  const what = `${path} has changed since it was authorised: its sha256 is ${digest}, the configuration names ${sha256}`;
  throw new DynamoError('refused', what, { data: { file: path, sha256: digest, authorised: sha256 } });
}
