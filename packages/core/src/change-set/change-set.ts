/**
 * A change set is a value: for each record that differs, what it was and what it is. It can be inverted, squashed with
 * the next one, serialised, and applied to anything that holds records.
 *
 * Invariants: at most one change for a key; `before` and `after` differ; changes are in canonical order, removals
 * first and from leaf to root, then the rest from root to leaf, so that no record ever refers to a missing one.
 */
import { DynamoError } from '../errors/dynamo-error.ts';
import { type BlockReplicaRecord, ENTITIES, type Entity, type EntityRecords } from '../model/records.ts';
import { compareByTexts, compareTexts, sortByText } from '../slices/sort-by-text.ts';
import { TimeSlice } from '../slices/time-slice.ts';
import { sameRecord } from './same-record.ts';

/** Null before: the record came; null after: it went. */
export interface ChangeOf<E extends Entity> {
  readonly entity: E;
  readonly key: string;
  readonly before: EntityRecords[E] | null;
  readonly after: EntityRecords[E] | null;
}

export type Change = { readonly [E in Entity]: ChangeOf<E> }[Entity];

export interface ChangeSet {
  readonly changes: readonly Change[];
}

/** Anything that holds records by key: an inventory state, a model in a test. */
export interface ChangeTarget {
  /** Null: there is no such record. Undefined: the target does not keep this entity, and cannot tell. */
  get(entity: Entity, key: string): EntityRecords[Entity] | null | undefined;
  put(change: Change): void;
  remove(change: Change): void;
}

export const EMPTY_CHANGE_SET: ChangeSet = Object.freeze({ changes: Object.freeze([]) });

/** The change set of these changes: those without effect dropped, the rest in canonical order. */
export function changeSetOf(changes: Iterable<Change>): ChangeSet {
  const sorted = [...changes].filter((change) => !sameRecord(change.before, change.after)).sort(compareChanges);
  for (let i = 1; i < sorted.length; i++) {
    const { entity, key } = sorted[i - 1] as Change;
    if (sorted[i]?.entity === entity && sorted[i]?.key === key) throw foundTwice(entity, key);
  }
  return { changes: sorted };
}

/** The same of changes that all have an effect, without keeping the event loop for long. */
export async function changeSetInSlices(effective: readonly Change[]): Promise<ChangeSet> {
  const slice = new TimeSlice();
  if (await isOneGroup(effective, slice)) return { changes: await inOrder(effective, slice) };
  const groups = new Map<number, Change[]>();
  for (let i = 0; i < effective.length; i++) {
    if (slice.isOverAt(i)) await slice.next();
    const change = effective[i] as Change;
    const group = groupOf(change);
    const changes = groups.get(group);
    if (changes === undefined) groups.set(group, [change]);
    else changes.push(change);
  }
  const sorted: (readonly Change[])[] = [];
  for (const [, changes] of [...groups].sort(([a], [b]) => a - b)) sorted.push(await inOrder(changes, slice));
  return { changes: sorted.flat() };
}

/** As most large commits are. */
async function isOneGroup(changes: readonly Change[], slice: TimeSlice): Promise<boolean> {
  const [first] = changes;
  if (first === undefined) return true;
  const group = groupOf(first);
  for (let i = 1; i < changes.length; i++) {
    if (slice.isOverAt(i)) await slice.next();
    if (groupOf(changes[i] as Change) !== group) return false;
  }
  return true;
}

/** Changes of one group in the order of their keys. */
async function inOrder(changes: readonly Change[], slice: TimeSlice): Promise<readonly Change[]> {
  const texts = changes[0]?.entity === 'blockReplica' ? REPLICA_TEXTS : KEY_TEXT;
  const sorted = await sortByText(changes, ...texts);
  for (let i = 1; i < sorted.length; i++) {
    if (slice.isOverAt(i)) await slice.next();
    const change = sorted[i] as Change;
    if (compareByTexts(sorted[i - 1] as Change, change, texts) === 0) throw foundTwice(change.entity, change.key);
  }
  return sorted;
}

const KEY_TEXT = [(change: Change): string => change.key] as const;

/** The same order as that of the key, whose names are joined by what sorts before all that is in them. */
const REPLICA_TEXTS = [
  (change: Change): string => replicaOf(change).dataset,
  (change: Change): string => replicaOf(change).block,
  (change: Change): string => replicaOf(change).site,
] as const;

/** Of which a large commit has very many: their keys are not put together before somebody wants them. */
function replicaOf({ before, after }: Change): BlockReplicaRecord {
  return (after ?? before) as BlockReplicaRecord;
}

/** What undoes `set`. */
export function invertChangeSet(set: ChangeSet): ChangeSet {
  return changeSetOf(set.changes.map(inverse));
}

/** The same, without keeping the event loop for long. */
export function invertInSlices(set: ChangeSet): Promise<ChangeSet> {
  return changeSetInSlices(set.changes.map(inverse));
}

function inverse(change: Change): Change {
  return { ...change, before: change.after, after: change.before } as Change;
}

/** One change set with the effect of `first` and then `second`. Throws `conflict` where they do not join. */
export function squashChangeSets(first: ChangeSet, second: ChangeSet): ChangeSet {
  const joined = new Map<string, Change>();
  for (const change of first.changes) joined.set(slot(change), change);
  for (const change of second.changes) {
    const earlier = joined.get(slot(change));
    if (earlier !== undefined && !sameRecord(earlier.after, change.before)) throw mismatch(change, earlier.after);
    joined.set(slot(change), earlier === undefined ? change : ({ ...change, before: earlier.before } as Change));
  }
  return changeSetOf(joined.values());
}

/**
 * Applies `set`. Every before-image is compared first: throws `conflict`, naming the record, with nothing applied,
 * where the target is not what the change set was made on.
 */
export function applyChangeSet(target: ChangeTarget, set: ChangeSet): void {
  for (const change of set.changes) refuseMismatch(target, change);
  for (const change of set.changes) applyChange(target, change);
}

/**
 * The same without keeping the event loop for long, on a target that nobody else has: where it throws `conflict`, a part
 * of the changes is applied.
 */
export async function applyInSlices(target: ChangeTarget, set: ChangeSet): Promise<void> {
  const slice = new TimeSlice();
  for (const [i, change] of set.changes.entries()) {
    if (slice.isOverAt(i)) await slice.next();
    refuseMismatch(target, change);
    applyChange(target, change);
  }
}

function refuseMismatch(target: ChangeTarget, change: Change): void {
  const present = target.get(change.entity, change.key);
  if (present !== undefined && !sameRecord(present, change.before)) throw mismatch(change, present);
}

function applyChange(target: ChangeTarget, change: Change): void {
  if (change.after === null) target.remove(change);
  else target.put(change);
}

function foundTwice(entity: Entity, key: string): DynamoError {
  return new DynamoError('internal', `a change set has two changes of ${entity} ${key}`);
}

const RANK: ReadonlyMap<Entity, number> = new Map(ENTITIES.map((entity, index) => [entity, index]));

/** Removals from leaf to root, below 0; the rest from root to leaf. */
function groupOf({ entity, after }: Change): number {
  const rank = (RANK.get(entity) as number) + 1;
  return after === null ? -rank : rank;
}

function compareChanges(a: Change, b: Change): number {
  return groupOf(a) - groupOf(b) || compareTexts(a.key, b.key);
}

function slot(change: Change): string {
  return `${change.entity}\t${change.key}`;
}

function mismatch(change: Change, present: unknown): DynamoError {
  return new DynamoError(
    'conflict',
    `the change of ${change.entity} ${change.key.replaceAll('\t', ' ')} was made on another state of it: apply it to the version it was made on`,
    { data: { entity: change.entity, key: change.key, expected: change.before, present } },
  );
}
