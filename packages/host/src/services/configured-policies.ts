import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { inputError } from '@dynamo/core';
import type { Configuration } from '../configuration/configuration.ts';
import type { PolicyText } from './check-policy.ts';

/** The Detox policies that the configuration names, as they are now: editing one needs no restart. */
export function readConfiguredPolicies({ detox }: Configuration): Promise<readonly PolicyText[]> {
  return Promise.all(detox.policies.map(readPolicyFile));
}

export async function readPolicyFile(path: string): Promise<PolicyText> {
  try {
    return { file: basename(path), text: await readFile(path, 'utf8') };
  } catch (cause) {
    const hint = cause instanceof Error ? cause.message : String(cause);
    throw inputError({ what: 'the policy cannot be read', where: { file: path }, hint }, cause);
  }
}
