import { alwaysHolds, type CheckedPredicate } from '@dynamo/core';
import type { CheckedPolicy, PolicyLine } from './checked-policy.ts';
import type { PolicyFinding } from './policy-finding.ts';

/** Lines that no replica, or no block, can reach: an earlier one has taken all that they could match. */
export function findUnreachableLines(policy: CheckedPolicy): PolicyFinding[] {
  const lines = policy.lines.filter(({ condition }) => condition.active);
  const all = lines.findIndex(takesAll);
  const taker = lines[all];
  const reachable = all < 0 ? lines : lines.slice(0, all + 1);
  const findings = findShadowed(reachable);
  if (taker === undefined) return findings;
  const left = lines.length - reachable.length;
  const after = left === 0 ? 'the default decision is' : `the ${left} lines after it and the default decision are`;
  const message = `it takes every replica: ${after} never reached`;
  return [...findings, { span: taker.condition.ast.span, message }];
}

function takesAll({ condition, functions }: PolicyLine): boolean {
  if (functions !== undefined) return false;
  // A predicate on block replicas holds for no replica without blocks.
  return condition.predicates.every((predicate) => predicate.level !== 'blockreplica' && alwaysHolds(predicate));
}

/** An earlier line whose predicates are all among those of a later one took all that the later one could match. */
function findShadowed(lines: readonly PolicyLine[]): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  /** Earlier lines by the key of their first predicate: a line that shadows has it in common with the shadowed one. */
  const byFirst = new Map<string, EarlierLine[]>();
  let blockLinesBefore = 0;
  for (const line of lines) {
    const keys = new Set(line.condition.predicates.map(keyOf));
    const candidates = [...keys].flatMap((key) => byFirst.get(key) ?? []);
    const earlier = candidates.find((each) => isShadowed(line, keys, each, blockLinesBefore));
    if (earlier !== undefined) {
      const same = earlier.keys.size === keys.size ? 'the same condition' : 'a part of its condition';
      const message = `it is never reached: line ${earlier.line.line} has ${same} and comes first`;
      findings.push({ span: line.condition.ast.span, message });
    }
    if (line.level === 'block') blockLinesBefore += 1;
    const [first] = keys;
    // Nobody knows for what a function holds.
    if (first === undefined || line.functions !== undefined) continue;
    const own = { line, keys, blockLinesUpTo: blockLinesBefore };
    byFirst.set(first, [...(byFirst.get(first) ?? []), own]);
  }
  return findings;
}

interface EarlierLine {
  readonly line: PolicyLine;
  readonly keys: ReadonlySet<string>;
  /** How many of the lines up to it, itself included, work block by block. */
  readonly blockLinesUpTo: number;
}

function isShadowed(line: PolicyLine, keys: ReadonlySet<string>, earlier: EarlierLine, blockLines: number): boolean {
  if (!earlier.keys.isSubsetOf(keys)) return false;
  const { level, condition } = earlier.line;
  const lasting = condition.predicates.every(staysFalse);
  if (level === 'replica') return lasting || earlier.blockLinesUpTo === blockLines;
  // It took every block that satisfies all of it. Of those that it left, one may satisfy one of its predicates and
  // another one another, which is all that a line about the whole replica asks for.
  const onBlocks = condition.predicates.filter((predicate) => predicate.level === 'blockreplica').length;
  return lasting && (line.level === 'block' || onBlocks <= 1);
}

/** Whether a predicate that held for nothing still does once further blocks are hidden from the walk. */
function staysFalse({ variable }: CheckedPredicate): boolean {
  return variable.source !== 'image';
}

function keyOf({ variable, test }: CheckedPredicate): string {
  return `${variable.name} ${JSON.stringify(test)}`;
}
