import { compareByteOrder, NO_ROW } from '@dynamo/core';
import type { PolicyLine } from '../policy/checked-policy.ts';
import { DECISION, DEFAULT_LINE, type Decision, type Decisions, GUARD_LINE } from './decisions.ts';
import type { DetoxResult, DetoxRunArrays } from './detox-result.ts';
import { replicasBySite } from './image/replicas-by-site.ts';

/** Blocks of one dataset replica about which one line, or one rule of the guard, decided the same. */
export interface ReplicaDecision {
  readonly dataset: string;
  readonly site: string;
  readonly decision: 'delete' | 'keep' | 'protect';
  readonly by: DecidedBy;
  /** Bytes. */
  readonly size: number;
  /** It is about the whole replica, as the run found it. */
  readonly isWhole: boolean;
  /** Names in byte order, read when asked for. */
  blocks(): string[];
}

/** A line of the file, 0 for the default decision; or a rule of the guard. */
export type DecidedBy = { readonly line: number } | { readonly rule: string };

/** Sorted by site, dataset, decision, and line (rules after lines). What was ignored has none. */
export function* listDecisions(result: DetoxResult): Generator<ReplicaDecision> {
  const { image } = result.run;
  for (const replicas of replicasBySite(image.arrays.replicaSite, image.arrays.sites.length)) {
    for (const replica of replicas) yield* decisionsOf(result, replica);
  }
}

/** Those about one dataset replica. */
export function decisionsOf(result: DetoxResult, replica: number): ReplicaDecision[] {
  const { image, decisions } = result.run;
  const { firstCopy } = image.arrays;
  const start = firstCopy[replica] as number;
  const end = firstCopy[replica + 1] as number;
  if (start === end) {
    const decision = decisions.ofEmpty[replica] as Decision;
    const line = decisions.lineOfEmpty[replica] as number;
    const whole = new DecisionAbout(result, replica, decision, line, undefined);
    return WORDS[decision] === undefined || image.datasetBlocks[whole.datasetNumber] === 0 ? [] : [whole];
  }
  if (isUniform(decisions, start, end)) {
    const decision = decisions.ofCopy[start] as Decision;
    if (WORDS[decision] === undefined) return [];
    const all = Array.from({ length: end - start }, (_, i) => start + i);
    return [new DecisionAbout(result, replica, decision, decisions.lineOfCopy[start] as number, all)];
  }
  const groups = new Map<number, { decision: Decision; line: number; copies: number[] }>();
  for (let copy = start; copy < end; copy++) {
    const decision = decisions.ofCopy[copy] as Decision;
    const word = WORDS[decision];
    if (word === undefined) continue;
    const line = decisions.lineOfCopy[copy] as number;
    const key = line * WORD_ORDER.length + WORD_ORDER.indexOf(word);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { decision, line, copies: [copy] });
    else group.copies.push(copy);
  }
  return [...groups.values()]
    .map(({ decision, line, copies }) => new DecisionAbout(result, replica, decision, line, copies))
    .sort((a, b) => WORD_ORDER.indexOf(a.decision) - WORD_ORDER.indexOf(b.decision) || a.code - b.code);
}

/** Most replicas are decided about as a whole. */
function isUniform({ ofCopy, lineOfCopy }: Decisions, start: number, end: number): boolean {
  for (let copy = start + 1; copy < end; copy++) {
    if (ofCopy[copy] !== ofCopy[start] || lineOfCopy[copy] !== lineOfCopy[start]) return false;
  }
  return true;
}

/** The name by which people know a line of the run. */
function decidedBy({ policy, run }: DetoxResult, code: number): DecidedBy {
  if (code >= GUARD_LINE) return { rule: run.ruleNames[code - GUARD_LINE] as string };
  return { line: code === DEFAULT_LINE ? 0 : (policy.lines[code - 1] as PolicyLine).line };
}

const WORD_ORDER = ['delete', 'keep', 'protect'] as const;
const WORDS: Readonly<Record<Decision, ReplicaDecision['decision'] | undefined>> = {
  [DECISION.none]: undefined,
  [DECISION.protect]: 'protect',
  [DECISION.dismiss]: 'keep',
  [DECISION.keep]: 'keep',
  [DECISION.delete]: 'delete',
  [DECISION.left]: undefined,
};

class DecisionAbout implements ReplicaDecision {
  readonly #run: DetoxRunArrays;
  readonly #replica: number;
  /** Undefined: the replica is an empty one on tape, and the decision stands for all blocks of the dataset. */
  readonly #copies: readonly number[] | undefined;
  readonly code: number;
  readonly decision: ReplicaDecision['decision'];
  readonly by: DecidedBy;

  constructor(
    result: DetoxResult,
    replica: number,
    decision: Decision,
    code: number,
    copies: readonly number[] | undefined,
  ) {
    this.#run = result.run;
    this.#replica = replica;
    this.#copies = copies;
    this.code = code;
    this.decision = WORDS[decision] ?? 'keep';
    this.by = decidedBy(result, code);
  }

  get datasetNumber(): number {
    return this.#run.image.arrays.replicaDataset[this.#replica] as number;
  }

  get dataset(): string {
    return this.#run.image.arrays.datasetName[this.datasetNumber] as string;
  }

  get site(): string {
    const { sites, replicaSite } = this.#run.image.arrays;
    return sites[replicaSite[this.#replica] as number]?.name ?? '';
  }

  get size(): number {
    let bytes = 0;
    for (const copy of this.#copies ?? []) bytes += this.#run.image.copyBytes(copy);
    return bytes;
  }

  get isWhole(): boolean {
    const { firstCopy } = this.#run.image.arrays;
    if (this.#copies === undefined) return true;
    return this.#copies.length === (firstCopy[this.#replica + 1] as number) - (firstCopy[this.#replica] as number);
  }

  blocks(): string[] {
    const { image, view } = this.#run;
    if (this.#copies !== undefined) return blockNames(this.#run, this.#copies);
    const blocks = view.tables.blocks;
    const names: string[] = [];
    const datasetRow = image.arrays.datasetRow[this.datasetNumber] as number;
    for (
      let row = view.tables.datasets.firstBlock.get(datasetRow);
      row !== NO_ROW;
      row = blocks.nextOfDataset.get(row)
    ) {
      names.push(blocks.name(row));
    }
    return names.sort(compareByteOrder);
  }
}

/** In byte order. */
export function blockNames({ image, view }: DetoxRunArrays, copies: readonly number[]): string[] {
  const { blockRow, copyBlock } = image.arrays;
  const names = copies.map((copy) => view.tables.blocks.name(blockRow[copyBlock[copy] as number] as number));
  return names.sort(compareByteOrder);
}
