/** What the planners' suites plan on, and by. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InventoryRecord, InventoryStore, Version } from '@dynamo/core';
import { GENERATOR_NOW, generateInventory } from '@dynamo/core/testing';
import { type CheckedPolicy, readPolicy } from '@dynamo/policies';
import { workspaceRoot } from '../workspace.ts';

const POLICY_OF_CMS = join(workspaceRoot, '../shared/cms-policies/Physics.txt');
const POLICY_OF_OURS = join(workspaceRoot, 'examples/physics-policy.txt');

/** Nothing is kept but what the inventory has in memory: its commits are taken, and forgotten. */
export function generatedStore(options: Parameters<typeof generateInventory>[0]): InventoryStore {
  const refuse = (): Promise<never> => Promise.reject(new Error('the bench writes nothing'));
  const counters = { nextFile: 1, nextOperation: 1, nextLock: 1, nextRequest: 1 };
  const head = { version: 1 as Version, counters };
  async function* records(): AsyncGenerator<readonly InventoryRecord[]> {
    yield* generateInventory(options);
  }
  return {
    load: async () => ({ head, commit: null, records: records() }),
    commit: async ({ base, history }) => ({ version: (base + 1) as Version, cycle: history === null ? null : 1 }),
    follow: refuse,
    baseline: refuse,
  };
}

export function physicsPolicy(): CheckedPolicy {
  const file = existsSync(POLICY_OF_CMS) ? POLICY_OF_CMS : POLICY_OF_OURS;
  const outcome = readPolicy(readFileSync(file, 'utf8'), { nowSeconds: GENERATOR_NOW, file });
  if (!outcome.ok) throw new Error(`${file} is not a policy`);
  return outcome.value;
}
