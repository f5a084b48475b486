import { isDynamoError } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { loadPolicyModule } from './load-policy-module.ts';
import { digestOf } from './policy-text.ts';

const GOOD = `import type { PolicyModule } from '@dynamo/policies';
export const policy: PolicyModule = ({ always, never, replica }) => ({
  partition: 'P', on: [always], when: [always], until: [never],
  lines: [{ protect: (each) => each.size > (1 as number) }], otherwise: 'dismiss', order: [{ increasing: replica.size }],
});
`;

async function faultOf(text: string, file = 'p.ts'): Promise<readonly [string, string]> {
  try {
    await loadPolicyModule({ file, text, mayRun: true });
    return ['none', ''];
  } catch (error) {
    return [isDynamoError(error) ? error.code : 'other', (error as Error).message];
  }
}

describe('loadPolicyModule', () => {
  it('runs a module of TypeScript or JavaScript that is there as a text', async () => {
    expect(await loadPolicyModule({ file: 'p.ts', text: GOOD, mayRun: true })).toBeTypeOf('function');
    const plain = 'export const policy = () => ({});';
    expect(await loadPolicyModule({ file: 'p.mjs', text: plain, mayRun: true })).toBeTypeOf('function');
  });

  it('does not run what nobody has authorised, and says how to', async () => {
    const text = 'globalThis.wasRun = true; export const policy = () => ({});';
    const error = await loadPolicyModule({ file: 'p.js', text }).catch((each: unknown) => each);
    expect(isDynamoError(error, 'refused')).toBe(true);
    expect((error as Error).message).toContain(`name its sha256 ${digestOf({ text })} in the configuration`);
    expect(globalThis).not.toHaveProperty('wasRun');
  });

  it.each([
    ['import { x } from "./x.ts"; export const policy = () => x;', /it imports '\.\/x\.ts': a policy is one file/],
    ['import "node:fs"; export const policy = () => 1;', /it imports 'node:fs'/],
    ['export { policy } from "./x.js";', /it imports '\.\/x\.js'/],
    ['export * from "./x.js";', /it imports '\.\/x\.js'/],
    ['const x = await import("./" + 1); export const policy = () => x;', /it imports something/],
    ['export const policy = () => import("node:fs");', /it imports 'node:fs'/],
    ['export const policy = 1;', /p\.ts: it does not export a function `policy`/],
    ['', /it does not export a function `policy`/],
    ['export const policy = (', /p\.ts: it is not TypeScript: /],
    ['enum A { B } export const policy = () => A;', /it is not TypeScript: .*enum/],
    ['export const policy = () => ({}); throw new Error("no\\nmore");', /p\.ts: it cannot be run: no$/],
  ])('refuses %s', async (text, message) => {
    const [code, said] = await faultOf(text);
    expect(code).toBe('invalid-input');
    expect(said).toMatch(message);
  });
});
