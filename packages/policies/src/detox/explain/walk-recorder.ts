import type { CheckedPolicy, PolicyLine } from '../../policy/checked-policy.ts';
import { type ImageFigures, imageBinders } from '../conditions/image-binders.ts';
import type { LineMatcher } from '../conditions/line-matcher.ts';
import { DEFAULT_LINE, type Decisions, GUARD_LINE } from '../decisions.ts';
import { GUARD_RULES } from '../guard-in-run.ts';
import type { WalkObserver } from '../walk.ts';
import type { DetoxExplanation, ExplainedLine } from './explanation.ts';
import { type PredicateSight, sightOf } from './see-predicates.ts';

/** Keeps what the last walk of one replica saw. */
export class WalkRecorder implements WalkObserver {
  readonly replica: number;
  readonly #policy: CheckedPolicy;
  readonly #figures: ImageFigures;
  readonly #decisions: Decisions;
  readonly #sights: readonly (readonly PredicateSight[])[];
  #guarded = new Map<string, string[]>();
  #lines: ExplainedLine[] = [];

  constructor(replica: number, policy: CheckedPolicy, figures: ImageFigures, decisions: Decisions) {
    this.replica = replica;
    this.#policy = policy;
    this.#figures = figures;
    this.#decisions = decisions;
    const binders = imageBinders(figures);
    this.#sights = policy.lines.map(({ condition }) =>
      condition.predicates.map((predicate) => sightOf(predicate, binders, figures.walk)),
    );
  }

  get guard(): DetoxExplanation['guard'] {
    return [...this.#guarded].map(([rule, blocks]) => ({ rule, blocks }));
  }

  /** With those before the end whose time is not now. */
  get lines(): readonly ExplainedLine[] {
    const { lines } = this.#policy;
    const asked = new Map(this.#lines.map((line) => [line.line, line]));
    const last = Math.max(...lines.map(({ line }, index) => (asked.has(line) ? index : -1)), -1);
    const upTo = asked.has(0) ? lines : lines.slice(0, last + 1);
    const explained = upTo.map((line) => asked.get(line.line) ?? outOfTime(line, this.#figures.walk.count));
    const byDefault = asked.get(0);
    return byDefault === undefined ? explained : [...explained, byDefault];
  }

  begins(): void {
    this.#guarded = new Map();
    this.#lines = [];
  }

  guards(copies: Uint32Array): void {
    for (const copy of copies) {
      const rule = GUARD_RULES[(this.#decisions.lineOfCopy[copy] as number) - GUARD_LINE] as string;
      this.#guarded.set(rule, [...(this.#guarded.get(rule) ?? []), this.#blockName(copy)].sort());
    }
  }

  sees({ code, level }: LineMatcher): void {
    const { line, text } = this.#policy.lines[code - 1] as PolicyLine;
    const predicates = (this.#sights[code - 1] ?? []).map((sight) => sight());
    const holds = predicates.every((predicate) => predicate.holds);
    const takes = holds && level === 'replica' ? 'all' : 'none';
    this.#lines.push({ line, text, takes, considered: this.#figures.walk.count, taken: null, predicates });
  }

  takes(copies: Uint32Array): void {
    const line = this.#lines.pop();
    if (line === undefined) return;
    if (copies.length === line.considered) this.#lines.push({ ...line, takes: 'all' });
    else if (copies.length === 0) this.#lines.push(line);
    else this.#lines.push({ ...line, takes: 'some', taken: [...copies].map((copy) => this.#blockName(copy)).sort() });
  }

  ends(code: number): void {
    if (code !== DEFAULT_LINE) return;
    const text = this.#policy.defaultText;
    const considered = this.#figures.walk.count;
    this.#lines.push({ line: 0, text, takes: 'all', considered, taken: null, predicates: [] });
  }

  #blockName(copy: number): string {
    const { tables, blockRow, copyBlock } = this.#figures.image.arrays;
    return tables.blocks.name(blockRow[copyBlock[copy] as number] as number);
  }
}

function outOfTime({ line, text }: PolicyLine, considered: number): ExplainedLine {
  return { line, text, takes: 'none', considered, taken: null, predicates: null };
}
