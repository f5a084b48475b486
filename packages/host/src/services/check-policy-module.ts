import { type Diagnostic, isDynamoError } from '@dynamo/core';
import { type CheckedPolicy, findPolicyWarnings } from '@dynamo/policies';
import { type PolicyCheck, type PolicyCheckOptions, unknownPartition } from './check-policy.ts';
import { readDetoxPolicy } from './planners/detox-planner.ts';
import type { PolicyText } from './policy-text.ts';

/** Judges a policy in TypeScript, by running it. Its faults have no lines: each names its place in the definition. */
export async function checkPolicyModule(policy: PolicyText, options: PolicyCheckOptions): Promise<PolicyCheck> {
  const { file } = policy;
  let checked: CheckedPolicy;
  try {
    checked = await readDetoxPolicy(policy, { now: options.now, variables: options.variables ?? [] });
  } catch (error) {
    if (!isDynamoError(error, 'invalid-input')) throw error;
    const faults = error.message.split('\n').map((line) => line.replace(`${file}: `, ''));
    return { file, ok: false, policy: null, diagnostics: faults.map((message) => faultOf(file, message)) };
  }
  const unknown = unknownPartition(checked, options).map(({ message, hint }) => faultOf(file, message, hint));
  const warnings = findPolicyWarnings(checked).map(({ line, ...rest }): Diagnostic => {
    return { ...rest, line: 1, message: `line ${line}: ${rest.message}` };
  });
  return { file, ok: unknown.length === 0, policy: checked, diagnostics: [...unknown, ...warnings] };
}

function faultOf(file: string, message: string, hint?: string): Diagnostic {
  return { severity: 'error', file, line: 1, column: 1, length: 0, message, hint };
}
