import { type CheckedPredicate, type Diagnostic, findContradiction } from '@dynamo/core';
import type { CheckedPolicy } from './checked-policy.ts';
import { findUnreachableLines } from './find-unreachable-lines.ts';
import { findWatermarkFaults } from './find-watermark-faults.ts';
import type { PolicyFinding } from './policy-finding.ts';
import { conditionsOf } from './used-variables.ts';

/** What can be said of a policy without an inventory. Only what is certain is said: no warning is no proof. */
export function findPolicyWarnings(policy: CheckedPolicy): Diagnostic[] {
  const findings: PolicyFinding[] = [
    ...findIdleConditions(policy),
    ...findSwallowedWords(policy),
    ...findUnreachableLines(policy),
    ...findWatermarkFaults(policy),
  ];
  return findings
    .map(({ span, message, hint }): Diagnostic => ({ severity: 'warning', file: policy.file, ...span, message, hint }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Conditions that hold for nothing: outside of `until` or `from`, or contradicting themselves. */
function findIdleConditions(policy: CheckedPolicy): PolicyFinding[] {
  const blockLines = new Set(policy.lines.filter(({ level }) => level === 'block').map(({ line }) => line));
  return conditionsOf(policy).flatMap(({ line, condition }): PolicyFinding[] => {
    const { ast, window, active, predicates } = condition;
    if (window !== null && !active) {
      const message =
        window.kind === 'until' ? 'its time is over, so it holds for nothing' : 'its time has not come yet';
      return [{ span: ast.window?.span ?? ast.span, message }];
    }
    // Of a whole replica, different blocks may satisfy predicates that exclude each other in one.
    const together = blockLines.has(line) ? predicates : predicates.filter(({ level }) => level !== 'blockreplica');
    const contradiction = findContradiction(together);
    if (contradiction === undefined) return [];
    const message = `it never holds: nothing satisfies ${quotedList(contradiction)}`;
    return [{ span: contradiction.at(-1)?.span ?? ast.span, message }];
  });
}

/** `X == A or dataset.name == B` has no operand `A`: there is no `or`, and ` and ` is in lower case. */
function findSwallowedWords(policy: CheckedPolicy): PolicyFinding[] {
  const joint = /\s(or|OR|Or|AND|And|&&|\|\|)\s+(?:not\s+)?(?:dataset|replica|blockreplica|site)\./;
  return conditionsOf(policy).flatMap(({ condition }) =>
    condition.predicates.flatMap(({ text, span, test }): PolicyFinding[] => {
      const word = test.kind === 'text' ? joint.exec(text)?.[1] : undefined;
      if (word === undefined) return [];
      const hint = /and|&/i.test(word) ? 'write ` and ` in lower case' : 'there is no `or`: write several lines';
      return [{ span, message: `\`${word}\` and what follows it is part of the operand`, hint }];
    }),
  );
}

function quotedList(predicates: readonly CheckedPredicate[]): string {
  return predicates.map(({ text }) => `\`${text}\``).join(' and ');
}
