import { compareByteOrder } from '@dynamo/core';
import type { CheckedPolicy, PolicyLine } from '../../policy/checked-policy.ts';
import { type ImageFigures, imageBinders } from '../conditions/image-binders.ts';
import type { LineMatcher } from '../conditions/line-matcher.ts';
import { DEFAULT_LINE, type Decisions, GUARD_LINE } from '../decisions.ts';
import type { WalkObserver } from '../walk.ts';
import type { ExplainedEvaluation, ExplainedLine } from './explanation.ts';
import { type FunctionSight, functionSights } from './see-functions.ts';
import { type PredicateSight, sightOf } from './see-predicates.ts';

interface RecordedWalk {
  /** Copies of which it is the last one so far. */
  readonly lastOf: Set<number>;
  /** By the number of the rule. */
  readonly guarded: Map<number, string[]>;
  readonly lines: ExplainedLine[];
}

/** Keeps what the walks of one replica saw, as long as they are the last ones of some of its blocks. */
export class WalkRecorder implements WalkObserver {
  readonly replica: number;
  readonly #policy: CheckedPolicy;
  readonly #figures: ImageFigures;
  readonly #decisions: Decisions;
  readonly #sights: readonly (readonly PredicateSight[])[];
  readonly #functions: readonly (readonly FunctionSight[])[];
  #walks: RecordedWalk[] = [];
  #lines: ExplainedLine[] = [];

  constructor(
    replica: number,
    { policy, now }: { readonly policy: CheckedPolicy; readonly now: number },
    figures: ImageFigures,
    decisions: Decisions,
  ) {
    this.replica = replica;
    this.#policy = policy;
    this.#figures = figures;
    this.#decisions = decisions;
    const binders = imageBinders(figures);
    this.#sights = policy.lines.map(({ condition }) =>
      condition.predicates.map((predicate) => sightOf(predicate, binders, figures.walk)),
    );
    const sightOfFunction = functionSights(policy, { figures, binders, now });
    this.#functions = policy.lines.map(({ functions = [] }) => functions.map(sightOfFunction));
  }

  /** `ruleNames`: of the guard, by their numbers. */
  evaluations(ruleNames: readonly string[]): ExplainedEvaluation[] {
    return this.#walks.map(({ lastOf, guarded, lines }) => ({
      blocks: this.#names(lastOf),
      guard: [...guarded].map(([rule, blocks]) => ({ rule: ruleNames[rule] as string, blocks })),
      lines: this.#withOutOfTime(lines).map(withDeciders),
    }));
  }

  begins(): void {
    const { walk } = this.#figures;
    const copies = walk.copies.subarray(0, walk.count);
    for (const { lastOf } of this.#walks) for (const copy of copies) lastOf.delete(copy);
    this.#lines = [];
    this.#walks = this.#walks.filter(({ lastOf }) => lastOf.size > 0);
    this.#walks.push({ lastOf: new Set(copies), guarded: new Map(), lines: this.#lines });
  }

  guards(copies: Uint32Array): void {
    const guarded = this.#walks.at(-1)?.guarded;
    const byRule = Map.groupBy(copies, (copy) => (this.#decisions.lineOfCopy[copy] as number) - GUARD_LINE);
    for (const [rule, kept] of byRule) guarded?.set(rule, this.#names(kept));
  }

  sees({ code, level }: LineMatcher): void {
    const { line, text } = this.#policy.lines[code - 1] as PolicyLine;
    const predicates = (this.#sights[code - 1] ?? []).map((sight) => sight());
    // As in the run: a function is not called where a predicate has failed.
    const reached = predicates.every((predicate) => predicate.holds) ? (this.#functions[code - 1] ?? []) : [];
    const functions = reached.map((sight) => sight());
    const holds = [...predicates, ...functions].every((each) => each.holds);
    const takes = holds && level === 'replica' ? 'all' : 'none';
    this.#lines.push({ line, text, takes, considered: this.#figures.walk.count, taken: null, predicates, functions });
  }

  takes(copies: Uint32Array): void {
    const line = this.#lines.pop();
    if (line === undefined) return;
    if (copies.length === line.considered) this.#lines.push({ ...line, takes: 'all' });
    else if (copies.length === 0) this.#lines.push(line);
    else this.#lines.push({ ...line, takes: 'some', taken: this.#names(copies) });
  }

  ends(code: number): void {
    if (code !== DEFAULT_LINE) return;
    const text = this.#policy.defaultText;
    const considered = this.#figures.walk.count;
    this.#lines.push({ line: 0, text, takes: 'all', considered, taken: null, predicates: [], functions: [] });
  }

  #withOutOfTime(asked: readonly ExplainedLine[]): ExplainedLine[] {
    const { lines } = this.#policy;
    const byLine = new Map(asked.map((line) => [line.line, line]));
    const byDefault = byLine.get(0);
    const last = lines.findLastIndex(({ line }) => byLine.has(line));
    const upTo = byDefault === undefined ? lines.slice(0, last + 1) : lines;
    const explained = upTo.map((line) => byLine.get(line.line) ?? outOfTime(line));
    return byDefault === undefined ? explained : [...explained, byDefault];
  }

  #names(copies: Iterable<number>): string[] {
    const { tables, blockRow, copyBlock } = this.#figures.image.arrays;
    const names = Array.from(copies, (copy) => tables.blocks.name(blockRow[copyBlock[copy] as number] as number));
    return names.sort(compareByteOrder);
  }
}

function outOfTime({ line, text }: PolicyLine): ExplainedLine {
  return { line, text, takes: 'none', considered: 0, taken: null, predicates: null, functions: [] };
}

/** What a line takes it takes because all of its predicates hold; what it leaves, because of those that do not. */
function withDeciders(line: ExplainedLine): ExplainedLine {
  if (line.predicates === null) return line;
  const isTaking = line.takes !== 'none';
  const decided = <T extends { readonly holds: boolean }>(each: T): T => ({
    ...each,
    decided: each.holds === isTaking,
  });
  return { ...line, predicates: line.predicates.map(decided), functions: line.functions.map(decided) };
}
