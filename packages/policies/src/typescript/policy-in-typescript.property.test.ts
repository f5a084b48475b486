import vm from 'node:vm';
import { type CheckedPredicate, compilePredicate, type VariableValue } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detoxPlanJson } from '../detox/detox-plan-json.ts';
import { explainDetox } from '../detox/explain/explain-detox.ts';
import type { DetoxExplanation } from '../detox/explain/explanation.ts';
import { formatExplanation } from '../detox/explain/format-explanation.ts';
import { planDetox } from '../detox/plan-detox.ts';
import { readPolicy } from '../policy/check-policy.ts';
import type { CheckedPolicy, PolicyLine } from '../policy/checked-policy.ts';
import { parsePolicy } from '../policy/parse-policy.ts';
import { federation, NOW, policyText } from '../testing-fixtures/random-federation.ts';
import { viewOf } from '../testing-fixtures/view-of.ts';
import { definePolicy } from './define-policy.ts';
import type { LineDefinition, PolicyDefinition, PolicyModule } from './policy-definition.ts';
import { policyToTypeScript } from './policy-to-typescript.ts';
import type { BlockReplicaSight, ReplicaSight } from './sights.ts';

const run = fc.record({ federation, text: policyText, guard: fc.constantFrom('on' as const, 'off' as const) });

describe('a policy in TypeScript', () => {
  it('that was converted from a text decides the same', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ federation: { records }, text, guard }) => {
        const view = await viewOf(records);
        const read = readText(text);
        const defined = definePolicy(converted(text), { nowSeconds: NOW });
        expect(planOf(view, defined, guard, (line) => line)).toBe(planOf(view, read, guard, ordinalOf(read)));
      }),
      { numRuns: 150 },
    );
  });

  it('whose conditions are functions over typed views decides the same', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ federation: { records }, text, guard }) => {
        const view = await viewOf(records);
        const read = readText(text);
        const defined = definePolicy(asFunctions(text, read), { nowSeconds: NOW });
        for (const evaluation of ['changed', 'full'] as const) {
          expect(planOf(view, defined, guard, (line) => line, evaluation)).toBe(
            planOf(view, read, guard, ordinalOf(read), evaluation),
          );
        }
      }),
      { numRuns: 150 },
    );
  });

  it('whose conditions are functions is explained as the text is, by what the functions read', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ federation: { records }, text, guard }) => {
        const view = await viewOf(records);
        const read = readText(text);
        const defined = definePolicy(asFunctions(text, read), { nowSeconds: NOW });
        for (const dataset of view.datasets()) {
          for (const { site } of dataset.replicas()) {
            const explain = (policy: CheckedPolicy): DetoxExplanation =>
              explainDetox(view, { policy, now: NOW, guard }, dataset.name, site.name);
            const [one, other] = [explain(read), explain(defined)];
            expect(takings(other, (line) => line)).toEqual(takings(one, ordinalOf(read)));
            expect(formatExplanation(other)).toContain(dataset.name);
            const lines = one.evaluations.flatMap((evaluation) => evaluation.lines);
            for (const [i, line] of other.evaluations.flatMap((evaluation) => evaluation.lines).entries()) {
              const predicates = lines[i]?.predicates ?? [];
              for (const { read: variables, decided, holds: says } of line.functions) {
                expect(decided).toBe(says === (line.takes !== 'none'));
                for (const { variable, saw } of variables) {
                  const same = predicates.filter((each) => each.variable === variable);
                  expect(same).not.toEqual([]);
                  if (!Array.isArray(saw)) expect(upper(saw)).toBe(upper(same[0]?.saw));
                }
              }
            }
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

function takings({ evaluations, decisions }: DetoxExplanation, numberOf: (line: number) => number): unknown {
  const named = (line: number): number => (line === 0 ? 0 : numberOf(line));
  return {
    decisions: decisions.map((each) => ('rule' in each ? each : { ...each, line: named(each.line) })),
    evaluations: evaluations.map(({ blocks, guard, lines }) => ({
      ...{ blocks, guard },
      lines: lines.map(({ line, takes, taken, considered }) => ({ line: named(line), takes, taken, considered })),
    })),
  };
}

/** Words of enumerations are in capitals for functions. */
function upper(value: unknown): string {
  return String(value).toUpperCase();
}

/** What it decides, with the lines' own texts left out: they say the same in other words. */
function planOf(
  view: Awaited<ReturnType<typeof viewOf>>,
  policy: CheckedPolicy,
  guard: 'on' | 'off',
  numberOf: (line: number) => number,
  evaluation: 'changed' | 'full' = 'changed',
): string {
  const json = detoxPlanJson(planDetox(view, { policy, now: NOW, guard, evaluation }), { blocks: true });
  const { policy_sha256: _digest, lines, decisions, ...rest } = JSON.parse(json);
  const renumber = (each: { readonly line?: number }): unknown =>
    each.line === undefined || each.line === 0 ? each : { ...each, line: numberOf(each.line) };
  return JSON.stringify({
    ...rest,
    lines: lines.map(({ text: _text, ...line }: { text: string; line: number }) => renumber(line)),
    decisions: decisions.map(renumber),
  });
}

function readText(text: string): CheckedPolicy {
  const policy = readPolicy(text, { nowSeconds: NOW });
  if (!policy.ok) throw new Error(JSON.stringify(policy.diagnostics));
  return policy.value;
}

function ordinalOf({ lines }: CheckedPolicy): (line: number) => number {
  return (line) => lines.findIndex((each) => each.line === line) + 1;
}

/** The module, from its source. */
function converted(text: string): PolicyModule {
  const ast = parsePolicy(text);
  if (!ast.ok) throw new Error('it was parsed before');
  const source = policyToTypeScript(ast.value);
  const expression = source
    .slice(source.indexOf(' = (') + 3)
    .trimEnd()
    .replace(/;$/, '');
  return vm.runInThisContext(expression) as PolicyModule;
}

function asFunctions(text: string, { lines }: CheckedPolicy): PolicyModule {
  const plain = converted(text);
  return (words): PolicyDefinition => {
    const definition = plain(words);
    return { ...definition, lines: definition.lines.map((written, i) => asFunction(written, lines[i] as PolicyLine)) };
  };
}

function asFunction(written: LineDefinition, line: PolicyLine): LineDefinition {
  const name = key(line);
  const terms = [Object.entries(written).find(([each]) => each === name)?.[1]].flat();
  const { predicates } = line.condition;
  return { ...written, [name]: predicates.map((predicate, i) => functionFor(predicate, line) ?? terms[i]) };
}

/** A function over blocks says nothing of a replica without blocks, so what asks about the replica stays as it was. */
function functionFor(predicate: CheckedPredicate, { level }: PolicyLine): unknown {
  if (level === 'block') {
    if (predicate.level !== 'blockreplica') return undefined;
    return (block: BlockReplicaSight) => holds(predicate, valueOfBlock(block, predicate));
  }
  if (predicate.level !== 'blockreplica') {
    return (replica: ReplicaSight) => holds(predicate, replica.value(predicate.variable.name));
  }
  return (replica: ReplicaSight) =>
    replica.blockReplicas.some((block) => holds(predicate, valueOfBlock(block, predicate)));
}

function key({ action, level }: PolicyLine): string {
  return level === 'block' ? `${action}Block` : action;
}

function valueOfBlock(block: BlockReplicaSight, { variable }: CheckedPredicate): VariableValue {
  const name = variable.name.slice('blockreplica.'.length).replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return block[name as 'owner'];
}

function holds(predicate: CheckedPredicate, value: VariableValue): boolean {
  const column = { code: () => 0, text: () => String(value) };
  return compilePredicate(predicate, { numeric: () => () => Number(value), text: () => column })(0);
}
