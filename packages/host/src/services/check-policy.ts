import {
  type Diagnostic,
  nearestName,
  type PartitionRecord,
  readPartitions,
  replicaVariables,
  type VariableDefinition,
} from '@dynamo/core';
import { type CheckedPolicy, findPolicyWarnings, readPolicy } from '@dynamo/policies';
import type { PolicyText } from './policy-text.ts';

export interface PolicyCheckOptions {
  /** The run's clock, in seconds since 1970. */
  readonly now: number;
  /** What the configuration declares beside the language. */
  readonly variables?: readonly VariableDefinition[] | undefined;
  /** The partition file that the policy is to be used with. */
  readonly partitions?: PolicyText | undefined;
  /** The partitions that an inventory defines. */
  readonly known?: readonly PartitionRecord[] | undefined;
}

export interface PolicyCheck {
  readonly file: string;
  /** True where nothing is wrong; warnings are not. */
  readonly ok: boolean;
  /** Null where something is. */
  readonly policy: CheckedPolicy | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Judges a policy by its text: syntax, names, types, what is missing, what can hardly be meant. */
export function checkPolicyText({ file, text }: PolicyText, options: PolicyCheckOptions): PolicyCheck {
  const lines = replicaVariables().extend(options.variables ?? []);
  const outcome = readPolicy(text, { file, nowSeconds: options.now, lines });
  if (!outcome.ok) return { file, ok: false, policy: null, diagnostics: outcome.diagnostics };
  const unknown = unknownPartition(outcome.value, options);
  const diagnostics = [...unknown, ...findPolicyWarnings(outcome.value)];
  return { file, ok: unknown.length === 0, policy: outcome.value, diagnostics };
}

/** The partitions of a file, or its faults. */
export function checkPartitionText({ file, text }: PolicyText): readonly Diagnostic[] {
  const outcome = readPartitions(text, { file });
  return outcome.ok ? [] : outcome.diagnostics;
}

/** An error where the policy names a partition that is not among those given. */
export function unknownPartition(
  policy: CheckedPolicy,
  { partitions, known }: PolicyCheckOptions,
): readonly Diagnostic[] {
  const outcome = partitions === undefined ? undefined : readPartitions(partitions.text, { file: partitions.file });
  const records = outcome?.ok === true ? outcome.value.records : known;
  if (records === undefined) return [];
  const names: readonly string[] = records.map(({ name }) => name);
  if (names.includes(policy.partition)) return [];
  const lines = policy.text.split('\n');
  const line = lines.findIndex((written) => /^\s*Partition\s/.test(written)) + 1;
  const column = (lines[line - 1] ?? '').indexOf(policy.partition) + 1;
  const near = nearestName(policy.partition, names);
  return [
    {
      severity: 'error',
      file: policy.file,
      line,
      column,
      length: policy.partition.length,
      message: `there is no partition \`${policy.partition}\``,
      hint: near === undefined ? `known: ${names.join(', ')}` : `did you mean \`${near}\`?`,
    },
  ];
}
