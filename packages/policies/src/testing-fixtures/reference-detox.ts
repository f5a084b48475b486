/**
 * The Detox run as the page on the policy language tells it, as plainly as possible: everything is evaluated in every
 * pass, from objects, nothing is counted ahead. What the engine is tested against.
 */
import {
  type BlockReplicaView,
  type CheckedPredicate,
  compileLocks,
  type DatasetReplicaView,
  type DatasetView,
  type InventoryView,
  isCovered,
  type SiteView,
  type VariableDefinition,
  type VariableValue,
} from '@dynamo/core';
import { interpretPredicate } from '@dynamo/core/testing';
import type { CheckedPolicy, PolicySiteCondition } from '../policy/checked-policy.ts';
import type { PolicyAction } from '../policy/policy-ast.ts';
import { type Copy, isPresent, type Replica, referenceValue, sum, there } from './reference-values.ts';

export interface ReferenceOptions {
  readonly policy: CheckedPolicy;
  readonly now: number;
  readonly guard: 'on' | 'off';
  readonly deletionPerIteration: number;
  /** Whether the block replica would be in the partition under another owner. */
  readonly stays: (replica: BlockReplicaView, owner: string) => boolean;
}

type Action = 'protect' | 'dismiss' | 'ignore' | 'delete';

/** `dataset block site`, with the decision and line: `delete 12`. Ignored ones are left out. */
export interface ReferenceResult {
  readonly iterations: number;
  readonly decisions: ReadonlyMap<string, string>;
  readonly handedOver: ReadonlyMap<string, string>;
  /** In the order of the run. */
  readonly deleted: readonly string[];
}

export function referenceDetox(view: InventoryView, options: ReferenceOptions): ReferenceResult {
  const { policy, now, guard } = options;
  const partition = policy.partition;
  const locks = compileLocks(view.locks(), now);
  const sites = [...view.sites()]
    .filter((site) => holdsForSite(policy.on, site, site.usage(partition).physical))
    .sort(byName);
  const replicas = [...view.datasets()]
    .sort(byName)
    .flatMap((dataset) => sites.flatMap((site) => imageOf(dataset, site)));
  const all = replicas.flatMap((replica) => replica.copies);
  const triggered = new Set(sites.filter((site) => holdsForSite(policy.when, site, used(site))));
  const deleted: string[] = [];
  const handedOver = new Map<string, string>();
  let iterations = 0;
  for (let isLast = false; ; ) {
    iterations += 1;
    /** By replica, what this pass dismissed: line -> copies, in the order of the file, the default last. */
    const dismissed = new Map<Replica, Map<number, Copy[]>>();
    for (const replica of replicas) {
      if (replica.isOut || !isPresent(replica)) continue;
      evaluate(replica, dismissed);
    }
    for (const site of [...triggered]) if (holdsForSite(policy.until, site, used(site))) triggered.delete(site);
    const waiting = [...triggered].filter((site) => [...dismissed.keys()].some((replica) => replica.site === site));
    if (isLast || waiting.length === 0) break;
    waiting.sort((a, b) => protectedFraction(b) - protectedFraction(a) || byName(a, b));
    for (const site of policy.algorithm === 'static' ? waiting : waiting.slice(0, 1)) deleteAt(site, dismissed);
    isLast = policy.algorithm === 'static';
  }
  return { iterations, decisions: finalDecisions(), handedOver, deleted };

  function imageOf(dataset: DatasetView, site: SiteView): Replica[] {
    const replica: DatasetReplicaView | undefined = dataset.replica(site.name);
    if (replica === undefined) return [];
    const everything = [...replica.blockReplicas()];
    const inPartition = everything.filter(
      (each) => options.stays(each, each.group ?? 'None') && each.operation !== 'delete',
    );
    const isEmpty = everything.length === 0 && site.storage === 'mss';
    if (inPartition.length === 0 && !isEmpty) return [];
    const copies = inPartition.map(
      (each): Copy => ({
        view: each,
        key: `${dataset.name} ${each.block.name} ${site.name}`,
        owner: each.group,
        state: 'there',
        decision: '',
      }),
    );
    return [{ dataset, site, copies, isEmpty, decision: '', isOut: false }];
  }

  function used(site: SiteView): number {
    return sum(replicas.filter((replica) => replica.site.name === site.name).flatMap(there));
  }

  function holdsForSite(conditions: readonly PolicySiteCondition[], site: SiteView, physical: number): boolean {
    const quota = site.usage(partition).quota;
    const occupancy = quota === null || quota === 0 ? Number.POSITIVE_INFINITY : quota < 0 ? 0 : physical / quota;
    const values: Record<string, VariableValue> = {
      'site.name': site.name,
      'site.status': site.status,
      'site.storage_type': site.storage,
      'site.occupancy': occupancy,
      'site.quota': quota ?? 0,
      always: true,
      never: false,
    };
    return conditions.some(
      ({ condition }) =>
        condition.active &&
        condition.predicates.every((each) => interpretPredicate(each, ({ name }) => values[name] as VariableValue)),
    );
  }

  function protectedFraction(site: SiteView): number {
    const quota = site.usage(partition).quota ?? 0;
    if (quota <= 0) return 1;
    const kept = replicas.filter((replica) => replica.site === site).flatMap(there);
    return sum(kept.filter((copy) => copy.decision.startsWith('protect'))) / quota;
  }

  function isFull(replica: Replica, copies: readonly Copy[]): boolean {
    const blocks = [...replica.dataset.blocks()].length;
    return copies.length > 0 && copies.length === blocks && copies.every((copy) => copy.view.isComplete);
  }

  function evaluate(replica: Replica, dismissed: Map<Replica, Map<number, Copy[]>>): void {
    let left = there(replica);
    const shared: Copy[] = [];
    const keep = (line: number, copies: readonly Copy[]): void => {
      if (copies.length === 0 && !(replica.isEmpty && [...replica.dataset.blocks()].length > 0)) return;
      const lines = dismissed.get(replica) ?? new Map<number, Copy[]>();
      dismissed.set(replica, lines.set(line, [...copies]));
    };
    if (guard === 'on') {
      const kept = left.filter((copy) => ruleOf(copy) !== undefined);
      for (const copy of kept) copy.decision = `protect ${ruleOf(copy)}`;
      if (kept.length > 0 && kept.length === left.length) {
        replica.isOut = true;
        return;
      }
      left = left.filter((copy) => !kept.includes(copy));
    }
    for (const { line, action, level, condition } of policy.lines) {
      if (!condition.active) continue;
      if (!condition.predicates.every((predicate) => holds(predicate, replica, left))) continue;
      if (level === 'replica') {
        end(action, line);
        return;
      }
      const taken = left.filter((copy) =>
        condition.predicates.every((predicate) => holds(predicate, replica, left, copy)),
      );
      if (taken.length === left.length) {
        end(action, line);
        return;
      }
      if (action === 'delete') shared.push(...remove(replica, taken, line).filter((copy) => copy.state === 'there'));
      else {
        for (const copy of taken) copy.decision = `${action === 'protect' ? 'protect' : 'keep'} ${line}`;
        if (action === 'dismiss' && taken.length > 0) keep(line, taken);
      }
      left = left.filter((copy) => !taken.includes(copy));
    }
    end(policy.defaultAction, 0);

    function end(action: PolicyAction, line: number): void {
      const copies = [...left, ...shared];
      const ends: Record<Action, string> = { protect: 'protect', dismiss: 'keep', ignore: '', delete: 'keep' };
      for (const copy of copies) copy.decision = ends[action] === '' ? '' : `${ends[action]} ${line}`;
      if (replica.isEmpty) replica.decision = ends[action] === '' ? '' : `${ends[action]} ${line}`;
      if (action === 'protect' || action === 'ignore') replica.isOut = true;
      if (action === 'dismiss') keep(line, copies);
      if (action === 'delete') remove(replica, copies, line);
    }
  }

  /** Deletes, or hands over; returns what was handed over. */
  function remove(replica: Replica, copies: readonly Copy[], line: number): Copy[] {
    if (replica.isEmpty) {
      replica.isEmpty = false;
      replica.decision = `delete ${line}`;
      return [];
    }
    const going = copies.filter((copy) => {
      const rule = guard === 'on' ? ruleOf(copy) : undefined;
      if (rule !== undefined) copy.decision = `protect ${rule}`;
      return rule === undefined;
    });
    const staying = there(replica).filter((copy) => !going.includes(copy));
    const [heir] = staying
      .map(({ owner }) => owner)
      .filter((owner) => owner !== null && view.group(owner)?.level === 'dataset')
      .sort();
    const handed: Copy[] = [];
    for (const copy of [...going].sort((a, b) => order(a) - order(b))) {
      const ownsBlocks = copy.owner === null || view.group(copy.owner)?.level === 'block';
      if (heir !== undefined && heir !== null && ownsBlocks) {
        copy.owner = heir;
        handedOver.set(copy.key, heir);
        handed.push(copy);
        if (!options.stays(copy.view, heir)) copy.state = 'left';
      } else {
        copy.state = 'deleted';
        copy.decision = `delete ${line}`;
        handedOver.delete(copy.key);
        deleted.push(copy.key);
      }
    }
    return handed;
  }

  function order(copy: Copy): number {
    return all.indexOf(copy);
  }

  function deleteAt(site: SiteView, dismissed: ReadonlyMap<Replica, ReadonlyMap<number, readonly Copy[]>>): void {
    const quota = site.usage(partition).quota ?? 0;
    const candidates = [...dismissed.keys()].filter((replica) => replica.site === site);
    const keysOf = new Map(
      candidates.map((replica) => [
        replica,
        policy.order.map(({ variable, direction }) => {
          const value = Number(readValue(variable, replica, there(replica), undefined));
          return direction === 'increasing' ? value : -value;
        }),
      ]),
    );
    candidates.sort((a, b) => {
      for (const [i, key] of (keysOf.get(a) ?? []).entries()) {
        const other = keysOf.get(b)?.[i] as number;
        if (key !== other) return key < other ? -1 : 1;
      }
      return byName(a.dataset, b.dataset);
    });
    let bytes = 0;
    for (const replica of candidates) {
      const lines = [...(dismissed.get(replica) ?? [])].sort(([a], [b]) => (a || Infinity) - (b || Infinity));
      for (const [line, copies] of lines) {
        remove(replica, copies, line);
        bytes += sum(copies.filter((copy) => copy.state === 'deleted'));
      }
      if (holdsForSite(policy.until, site, used(site))) return;
      if (policy.algorithm === 'iterative' && quota > 0 && bytes > options.deletionPerIteration * quota) return;
    }
  }

  function ruleOf(copy: Copy): string | undefined {
    const { block, site } = copy.view;
    const { dataset } = block;
    const subject = { dataset: dataset.name, block: block.name, site: site.name, group: copy.owner };
    if (locks.find(subject) !== undefined) return 'locked';
    if (dataset.status === 'invalid' || dataset.status === 'deleted') return undefined;
    if (copy.view.isCustodial) return 'custodial';
    const gone = new Set(all.filter((each) => each.state === 'deleted').map(({ key }) => key));
    const others = [...block.replicas()].filter(
      (each) =>
        each.site.name !== site.name &&
        each.operation !== 'delete' &&
        !gone.has(`${dataset.name} ${block.name} ${each.site.name}`),
    );
    const counting = others.filter((each) => each.site.status === 'ready' && each.site.isVerified);
    if (!isCovered({ contents: copy.view.contents }, counting, block.files)) return 'last-copy';
    const isSource = counting.some((each) => each.isComplete && each.site.storage === 'disk');
    return copy.view.isComplete && others.some((each) => each.operation === 'copy') && !isSource
      ? 'last-source'
      : undefined;
  }

  function holds(predicate: CheckedPredicate, replica: Replica, left: readonly Copy[], copy?: Copy): boolean {
    const says = (one: Copy | undefined): boolean =>
      interpretPredicate(predicate, (variable) => readValue(variable, replica, left, one));
    if (predicate.level !== 'blockreplica') return says(undefined);
    return copy === undefined ? left.some(says) : says(copy);
  }

  function readValue(
    variable: VariableDefinition,
    replica: Replica,
    left: readonly Copy[],
    copy: Copy | undefined,
  ): VariableValue {
    const siblings = replicas.filter((each) => each.dataset.name === replica.dataset.name && isPresent(each));
    return referenceValue(variable, { replica, left, copy, siblings, all, isFull, locks });
  }

  function finalDecisions(): Map<string, string> {
    const decisions = new Map<string, string>();
    for (const replica of replicas) {
      for (const copy of replica.copies)
        if (copy.decision !== '' && copy.state !== 'left') decisions.set(copy.key, copy.decision);
      if (replica.copies.length > 0 || replica.decision === '') continue;
      for (const block of replica.dataset.blocks()) {
        decisions.set(`${replica.dataset.name} ${block.name} ${replica.site.name}`, replica.decision);
      }
    }
    return decisions;
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}
