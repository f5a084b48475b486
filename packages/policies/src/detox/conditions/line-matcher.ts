import { type CheckedPredicate, compilePredicate, type RowPredicate } from '@dynamo/core';
import type { PolicyLine } from '../../policy/checked-policy.ts';
import type { PolicyAction, PolicyLevel } from '../../policy/policy-ast.ts';
import type { PartitionImage } from '../image/partition-image.ts';
import type { BoundFunctions } from './bind-functions.ts';
import { type Dependence, dependenceOf, type ImageBinders } from './image-binders.ts';
import type { WalkState } from './walk-state.ts';

/** A line of a policy, ready to be held against the replica that is walked. */
export interface LineMatcher {
  /** How decisions name the line: its place among the policy's lines, counted from 1. */
  readonly code: number;
  readonly action: PolicyAction;
  readonly level: PolicyLevel;
  /** Whether all predicates but those on copies hold. */
  readonly holds: (replica: number) => boolean;
  /** Each a predicate of the condition on one copy. */
  readonly ofCopy: readonly RowPredicate[];
}

/** What remembering the verdicts on datasets may take: a policy of ten thousand lines does without. */
const MEMORY_BYTES = 1 << 27;

/** Lines outside their time are left out. */
export function lineMatchers(
  lines: readonly PolicyLine[],
  binders: ImageBinders,
  image: PartitionImage,
  functions: BoundFunctions,
): LineMatcher[] {
  const remembers = lines.length * image.datasets <= MEMORY_BYTES;
  return lines.flatMap((line, index) => {
    const { predicates, active } = line.condition;
    if (!active) return [];
    const by = (dependence: Dependence): RowPredicate[] =>
      predicates
        .filter((predicate) => dependenceOf(predicate.variable) === dependence)
        .map((predicate) => compilePredicate(predicate, binders[dependence]));
    const { ofReplica, ofCopy } = functions.of(line);
    const holds = conjunction(by('site'), by('dataset'), [...by('replica'), ...ofReplica], { image, remembers });
    return [{ code: index + 1, action: line.action, level: line.level, holds, ofCopy: [...by('copy'), ...ofCopy] }];
  });
}

/** Whether the condition holds for the walked replica: on copies, predicate by predicate, that some copy satisfies it. */
export function matches(matcher: LineMatcher, walk: WalkState): boolean {
  if (!matcher.holds(walk.replica)) return false;
  for (const predicate of matcher.ofCopy) if (!someCopy(predicate, walk)) return false;
  return true;
}

function someCopy(predicate: RowPredicate, walk: WalkState): boolean {
  for (let i = 0; i < walk.count; i++) if (predicate(walk.copies[i] as number)) return true;
  return false;
}

export function everyPredicate(predicates: readonly RowPredicate[], row: number): boolean {
  for (const predicate of predicates) if (!predicate(row)) return false;
  return true;
}

/** By how it is compiled, a predicate belongs to one of the binders. */
export function compileAlone(predicate: CheckedPredicate, binders: ImageBinders): RowPredicate {
  return compilePredicate(predicate, binders[dependenceOf(predicate.variable)]);
}

const FAILS = 1;
const HOLDS = 2;

/** What depends on the site alone is evaluated once for each, and so is, if there is room, what depends on the dataset. */
function conjunction(
  ofSite: readonly RowPredicate[],
  ofDataset: readonly RowPredicate[],
  ofReplica: readonly RowPredicate[],
  { image, remembers }: { readonly image: PartitionImage; readonly remembers: boolean },
): (replica: number) => boolean {
  const { replicaDataset, replicaSite, sites } = image.arrays;
  const siteHolds =
    ofSite.length === 0 ? undefined : Uint8Array.from(sites, (_, site) => (everyPredicate(ofSite, site) ? 1 : 0));
  const datasetVerdict = ofDataset.length === 0 || !remembers ? undefined : new Uint8Array(image.datasets);
  if (!remembers) {
    return (replica) =>
      (siteHolds === undefined || siteHolds[replicaSite[replica] as number] === 1) &&
      everyPredicate(ofDataset, replicaDataset[replica] as number) &&
      everyPredicate(ofReplica, replica);
  }
  return (replica) => {
    if (siteHolds !== undefined && siteHolds[replicaSite[replica] as number] === 0) return false;
    if (datasetVerdict !== undefined) {
      const dataset = replicaDataset[replica] as number;
      let verdict = datasetVerdict[dataset] as number;
      if (verdict === 0) {
        verdict = everyPredicate(ofDataset, dataset) ? HOLDS : FAILS;
        datasetVerdict[dataset] = verdict;
      }
      if (verdict === FAILS) return false;
    }
    return everyPredicate(ofReplica, replica);
  };
}
