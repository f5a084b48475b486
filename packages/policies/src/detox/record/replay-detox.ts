/** A past run of Detox, made again from what the history keeps of it, and held against what was decided then. */
import { createHash } from 'node:crypto';
import { compareByteOrder, type GuardRule, type InventoryView } from '@dynamo/core';
import type { CheckedPolicy } from '../../policy/checked-policy.ts';
import type { DetoxOptions } from '../detox-options.ts';
import {
  detoxHeadJson,
  detoxPlanJsonParts,
  unpackedDecisions,
  wholePlanParts,
  writtenDecisions,
  writtenHandOvers,
} from '../detox-plan-json.ts';
import type { DecidedBy } from '../list-decisions.ts';
import { planDetox } from '../plan-detox.ts';
import { blockNamesIn } from './block-parts.ts';
import { type CycleContents, type CycleInputs, optionsOfInputs } from './cycle-inputs.ts';
import { countDecisions, type WrittenDecision } from './written-decision.ts';

/** What the history keeps of a run. */
export interface RecordedRun {
  /** The plan as docs/formats.md has it, without its decisions and hand-overs. */
  readonly plan: { readonly now: number } & Readonly<Record<string, unknown>>;
  readonly inputs: CycleInputs;
  readonly contents: Omit<CycleContents, 'policy'>;
}

/** A plan as a text: the same plans have the same. */
export interface PlanText {
  readonly bytes: number;
  readonly sha256: string;
}

export interface DetoxReplay {
  readonly recorded: PlanText;
  readonly replayed: PlanText;
  /** Decisions of the record. */
  readonly decisions: number;
  /** Null: they are the same, byte for byte. */
  readonly differences: ReplayDifferences | null;
}

export interface ReplayDifferences {
  /** Of everything but the decisions: where, and what the two have there. */
  readonly figures: readonly { readonly path: string; readonly recorded: unknown; readonly replayed: unknown }[];
  /** The first of them, in the order of the plan. */
  readonly replicas: readonly ReplicaDifference[];
  /** How many there are. */
  readonly replicaCount: number;
}

/** Empty: nothing is decided about it. */
export interface ReplicaDifference {
  readonly dataset: string;
  readonly site: string;
  readonly recorded: readonly DecisionAtReplica[];
  readonly replayed: readonly DecisionAtReplica[];
}

type DecisionAtReplica = DecidedBy & Pick<WrittenDecision, 'decision' | 'size' | 'blocks'>;

/** What `planDetox` took then. `policy` is the recorded one, read with the recorded clock. */
export function recordedOptions(
  { plan, inputs, contents }: RecordedRun,
  { policy, guardRules }: { readonly policy: CheckedPolicy; readonly guardRules: readonly GuardRule[] },
): DetoxOptions {
  return { ...optionsOfInputs(inputs, contents), policy, now: plan.now, guardRules };
}

/** `view`: of the version that the run was made on. */
export function replayDetox(
  view: InventoryView,
  recorded: RecordedRun,
  given: { readonly policy: CheckedPolicy; readonly guardRules: readonly GuardRule[] },
): DetoxReplay {
  const result = planDetox(view, recordedOptions(recorded, given));
  const unpacked = unpackedDecisions(recorded.contents, blockNamesIn(view));
  const before = textOf(wholePlanParts(recorded.plan, unpacked));
  const now = textOf(detoxPlanJsonParts(result));
  const decisions = countDecisions(recorded.inputs.decided);
  if (before.sha256 === now.sha256) return { recorded: before, replayed: now, decisions, differences: null };
  const figures: { path: string; recorded: unknown; replayed: unknown }[] = [];
  compareValues(
    '',
    { ...recorded.plan, handed_over: unpacked.handedOver() },
    { ...(JSON.parse(detoxHeadJson(result)) as object), handed_over: writtenHandOvers(result) },
    figures,
  );
  const differences = { figures, ...compareDecisions(unpacked.decisions(), writtenDecisions(result)) };
  return { recorded: before, replayed: now, decisions, differences };
}

const SHOWN = 100;

function textOf(parts: Iterable<string>): PlanText {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const part of parts) {
    hash.update(part);
    bytes += Buffer.byteLength(part);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Both are sorted in the same way: what one lacks is seen as it goes by. */
function compareDecisions(
  recorded: Iterable<WrittenDecision>,
  replayed: Iterable<WrittenDecision>,
): Pick<ReplayDifferences, 'replicas' | 'replicaCount'> {
  const [one, other] = [byReplica(recorded), byReplica(replayed)];
  const replicas: ReplicaDifference[] = [];
  let replicaCount = 0;
  let [a, b] = [one.next().value, other.next().value];
  while (a !== undefined || b !== undefined) {
    const order = a === undefined ? 1 : b === undefined ? -1 : inPlanOrder(a, b);
    const before = order <= 0 ? a : undefined;
    const after = order >= 0 ? b : undefined;
    if (before !== undefined) a = one.next().value;
    if (after !== undefined) b = other.next().value;
    if (JSON.stringify(before?.decisions) === JSON.stringify(after?.decisions)) continue;
    replicaCount += 1;
    if (replicas.length >= SHOWN) continue;
    const { dataset, site } = (before ?? after) as ReplicaDecisions;
    replicas.push({ dataset, site, recorded: before?.decisions ?? [], replayed: after?.decisions ?? [] });
  }
  return { replicas, replicaCount };
}

interface ReplicaDecisions {
  readonly dataset: string;
  readonly site: string;
  readonly decisions: DecisionAtReplica[];
}

function* byReplica(decisions: Iterable<WrittenDecision>): Generator<ReplicaDecisions, undefined> {
  let last: ReplicaDecisions | undefined;
  for (const { dataset, site, ...decision } of decisions) {
    if (last?.dataset === dataset && last.site === site) {
      last.decisions.push(decision);
      continue;
    }
    if (last !== undefined) yield last;
    last = { dataset, site, decisions: [decision] };
  }
  if (last !== undefined) yield last;
  return undefined;
}

function inPlanOrder(a: ReplicaDecisions, b: ReplicaDecisions): number {
  return compareByteOrder(a.site, b.site) || compareByteOrder(a.dataset, b.dataset);
}

/** JSON values: the places at which they differ, the first ones. */
function compareValues(
  path: string,
  recorded: unknown,
  replayed: unknown,
  found: { path: string; recorded: unknown; replayed: unknown }[],
): void {
  if (found.length >= SHOWN || JSON.stringify(recorded) === JSON.stringify(replayed)) return;
  if (!isObject(recorded) || !isObject(replayed)) {
    found.push({ path, recorded: recorded ?? null, replayed: replayed ?? null });
    return;
  }
  for (const key of new Set([...Object.keys(recorded), ...Object.keys(replayed)])) {
    const place = Array.isArray(recorded) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    compareValues(place, recorded[key], replayed[key], found);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
