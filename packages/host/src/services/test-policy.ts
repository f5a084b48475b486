import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  diagnosticsError,
  inputError,
  type PartitionRecord,
  readPartitions,
  replicaVariables,
  type VariableDefinition,
} from '@dynamo/core';
import { type PolicyTestResult, parsePolicyTests, runPolicyTests } from '@dynamo/policies';
import { LineCounter, parseDocument } from 'yaml';
import { readDetoxPolicy } from './planners/detox-planner.ts';
import type { PolicyText } from './policy-text.ts';

export interface PolicyTestSettings {
  /** Of tests that give none: seconds since 1970. */
  readonly now: number;
  /** What the configuration declares beside the language. */
  readonly variables: readonly VariableDefinition[];
}

/**
 * Runs a file of tests of a policy (docs/formats.md). The policy and the partitions that it names lie beside it; a
 * policy in TypeScript is run as the program that it is. Rejects with `invalid-input` for what cannot be read.
 */
export async function testPolicy(
  { file, text }: PolicyText,
  { now, variables }: PolicyTestSettings,
): Promise<readonly PolicyTestResult[]> {
  const document = parseYaml(text, file);
  const catalogue = replicaVariables().extend(variables);
  const { policy, partitions, tests } = parsePolicyTests(document, { file, now, variables: catalogue });
  const beside = (name: string): string => resolve(dirname(file), name);
  const read: PolicyText = {
    file: policy,
    text: await readBeside(beside(policy), { file, path: 'policy' }),
    mayRun: true,
  };
  return runPolicyTests(tests, {
    file,
    policyAt: (at) => readDetoxPolicy(read, { now: at, variables }),
    partitions:
      partitions === null
        ? null
        : partitionsOf(partitions, await readBeside(beside(partitions), { file, path: 'partitions' })),
  });
}

function parseYaml(text: string, file: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) {
    throw inputError({ what: fault.message, where: { file, line: lines.linePos(fault.pos[0]).line } }, fault);
  }
  return document.toJS();
}

async function readBeside(name: string, where: { readonly file: string; readonly path: string }): Promise<string> {
  try {
    return await readFile(name, 'utf8');
  } catch (cause) {
    throw inputError({ what: 'cannot be read', where, hint: (cause as Error).message }, cause);
  }
}

function partitionsOf(file: string, text: string): readonly PartitionRecord[] {
  const outcome = readPartitions(text, { file });
  if (!outcome.ok) throw diagnosticsError(outcome.diagnostics, text);
  return outcome.value.records;
}
