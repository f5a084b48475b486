import type { PolicyAction } from '../policy/policy-ast.ts';
import { everyPredicate, type LineMatcher, matches } from './conditions/line-matcher.ts';
import type { WalkState } from './conditions/walk-state.ts';
import { DECISION, DEFAULT_LINE, GUARD_LINE } from './decisions.ts';
import type { Deleter, RunParts } from './delete-copies.ts';
import { GrowingColumn } from './image/growing-column.ts';

/** Is told what the walks of one replica see. The walk is as it was when the line was asked, and must not be changed. */
export interface WalkObserver {
  readonly replica: number;
  begins(): void;
  /** The guard takes these. */
  guards(copies: Uint32Array): void;
  /** The line is asked next. */
  sees(line: LineMatcher): void;
  /** A line for blocks takes these: all that are still there, or some. */
  takes(copies: Uint32Array): void;
  ends(line: number): void;
}

export interface WalkParts extends RunParts {
  readonly walk: WalkState;
  readonly lines: readonly LineMatcher[];
  readonly defaultAction: PolicyAction;
  readonly deleter: Deleter;
  /** By their replicas. */
  readonly observers: ReadonlyMap<number, WalkObserver>;
}

/** Takes dataset replicas down the lines of the policy. */
export class Walker {
  readonly #parts: WalkParts;
  /** What the line at hand takes. */
  readonly #taken = new GrowingColumn();
  /** Handed over in this walk: hidden, and decided with what ends it. */
  readonly #handedOver = new GrowingColumn();

  constructor(parts: WalkParts) {
    this.#parts = parts;
  }

  /** Evaluates the replica; returns whether it stays in the game. */
  evaluate(replica: number): boolean {
    const { walk, lines, defaultAction } = this.#parts;
    const observer = this.#parts.observers.get(replica);
    walk.begin(replica);
    observer?.begins();
    this.#handedOver.clear();
    if (this.#guardTakesAll(replica, observer)) return false;
    for (const line of lines) {
      observer?.sees(line);
      if (!matches(line, walk)) continue;
      if (line.level === 'replica') return this.#end(replica, line.action, line.code);
      const isAll = this.#takesAll(line);
      observer?.takes(this.#taken.values());
      if (isAll) return this.#end(replica, line.action, line.code);
      if (this.#taken.length > 0) this.#take(replica, line);
    }
    return this.#end(replica, defaultAction, DEFAULT_LINE);
  }

  /** The first line, unwritten: what may not go, block by block. */
  #guardTakesAll(replica: number, observer: WalkObserver | undefined): boolean {
    const { walk, guard, decisions } = this.#parts;
    if (guard === undefined || walk.count === 0) return false;
    this.#taken.clear();
    for (let i = 0; i < walk.count; i++) {
      const copy = walk.copies[i] as number;
      const rule = guard.judge(copy, walk.dataset);
      if (rule < 0) continue;
      decisions.decide(copy, replica, DECISION.protect, GUARD_LINE + rule);
      this.#taken.push(copy);
    }
    observer?.guards(this.#taken.values());
    if (this.#taken.length === walk.count) return true;
    walk.hide(this.#taken.values());
    return false;
  }

  /** Block by block: fills `#taken`, and says whether that is all that is still there. */
  #takesAll(line: LineMatcher): boolean {
    const { walk } = this.#parts;
    this.#taken.clear();
    for (let i = 0; i < walk.count; i++) {
      const copy = walk.copies[i] as number;
      if (everyPredicate(line.ofCopy, copy)) this.#taken.push(copy);
    }
    return this.#taken.length === walk.count;
  }

  /** A line takes some blocks: they are hidden from the lines that follow. */
  #take(replica: number, { action, code }: LineMatcher): void {
    const { walk, decisions, deleter } = this.#parts;
    const taken = this.#taken.values();
    if (action === 'delete') {
      deleter.delete(replica, taken, code, (copy) => this.#handedOver.push(copy));
    } else {
      const decision = action === 'protect' ? DECISION.protect : DECISION.dismiss;
      for (const copy of taken) decisions.decide(copy, replica, decision, code);
    }
    walk.hide(taken);
  }

  #end(replica: number, action: PolicyAction, line: number): boolean {
    const { image, deleter, observers } = this.#parts;
    observers.get(replica)?.ends(line);
    const all = this.#withHandedOver();
    switch (action) {
      case 'protect':
        this.#decide(replica, all, DECISION.protect, line);
        return false;
      case 'ignore':
        this.#decide(replica, all, DECISION.none, line);
        return false;
      case 'dismiss':
        this.#decide(replica, all, DECISION.dismiss, line);
        return true;
      case 'delete':
        if (image.emptyReplica[replica] === 1) deleter.deleteEmpty(replica, line);
        else {
          deleter.delete(replica, all, line, (copy) => {
            this.#parts.decisions.decide(copy, replica, DECISION.keep, line);
          });
        }
        return true;
      default:
        return action satisfies never;
    }
  }

  #decide(
    replica: number,
    copies: Uint32Array,
    decision: typeof DECISION.protect | typeof DECISION.none | typeof DECISION.dismiss,
    line: number,
  ): void {
    const { decisions, image } = this.#parts;
    for (const copy of copies) decisions.decide(copy, replica, decision, line);
    if (image.emptyReplica[replica] === 1) decisions.decideEmpty(replica, decision, line);
  }

  #withHandedOver(): Uint32Array {
    const { walk } = this.#parts;
    const remaining = walk.copies.subarray(0, walk.count);
    if (this.#handedOver.length === 0) return remaining;
    return Uint32Array.from([...remaining, ...this.#handedOver.values()]).sort();
  }
}
