/** What variables are worth in the image of a run, counted from objects each time. */
import type {
  BlockReplicaView,
  DatasetView,
  LockMatcher,
  SiteView,
  VariableDefinition,
  VariableValue,
} from '@dynamo/core';

export interface Copy {
  readonly view: BlockReplicaView;
  readonly key: string;
  owner: string | null;
  state: 'there' | 'deleted' | 'left';
  decision: string;
}

export interface Replica {
  readonly dataset: DatasetView;
  readonly site: SiteView;
  readonly copies: readonly Copy[];
  /** On tape, without block replicas. */
  isEmpty: boolean;
  decision: string;
  isOut: boolean;
}

export interface ReferenceCircumstances {
  readonly replica: Replica;
  /** The copies of the replica that are under consideration. */
  readonly left: readonly Copy[];
  readonly copy: Copy | undefined;
  /** The replicas of the dataset, this one included. */
  readonly siblings: readonly Replica[];
  readonly all: readonly Copy[];
  readonly isFull: (replica: Replica, copies: readonly Copy[]) => boolean;
  readonly locks: LockMatcher;
}

export function referenceValue(variable: VariableDefinition, circumstances: ReferenceCircumstances): VariableValue {
  const { replica, left, copy, siblings, all, isFull, locks } = circumstances;
  const { dataset, site } = replica;
  const considered = (each: Replica): readonly Copy[] => (each === replica ? left : there(each));
  const full = siblings.filter((each) => isFull(each, considered(each)));
  const owners = (each: Replica): (string | null)[] => considered(each).map(({ owner }) => owner);
  const shares = (each: Replica): boolean =>
    owners(each).some((owner) => owner !== null && owners(replica).includes(owner));
  const isReadyDisk = (at: SiteView): boolean => at.status === 'ready' && at.storage === 'disk';
  const times = left.map((each) => each.view.lastUpdate);
  const sameBlock = all.filter(
    (each) =>
      each.state === 'there' &&
      copy !== undefined &&
      each.view.block.name === copy.view.block.name &&
      each.view.block.dataset.name === dataset.name,
  );
  const complete = sameBlock.filter((each) => each.view.isComplete);
  const tape = siblings.filter((each) => each.site.storage === 'mss');
  const values: Record<string, () => VariableValue> = {
    'dataset.name': () => dataset.name,
    'dataset.status': () => dataset.status,
    'dataset.last_update': () => dataset.lastUpdate,
    'dataset.release': () => dataset.softwareVersion ?? '',
    'dataset.size': () => dataset.size,
    'dataset.on_tape': () =>
      tape.length === 0 ? 'NONE' : tape.some((each) => full.includes(each)) ? 'FULL' : 'PARTIAL',
    'dataset.num_full_disk_copy': () => full.filter((each) => isReadyDisk(each.site)).length,
    'replica.size': () => sum(left),
    'replica.incomplete': () => replica.isEmpty || left.some((each) => !each.view.isComplete),
    'replica.last_block_created': () => Math.max(0, ...times),
    'replica.first_block_created': () => (times.length === 0 ? 0 : Math.min(...times)),
    'replica.num_full_disk_copy_common_owner': () =>
      full.filter((each) => isReadyDisk(each.site) && shares(each)).length,
    'replica.num_full_other_copy_common_owner': () =>
      full.filter(
        (each) =>
          each !== replica &&
          each.site.status === 'ready' &&
          (each.site.storage === 'disk' || each.site.storage === 'mss') &&
          shares(each),
      ).length,
    'site.name': () => site.name,
    'site.status': () => site.status,
    'site.storage_type': () => site.storage,
    'blockreplica.owner': () => copy?.owner ?? 'None',
    'blockreplica.last_update': () => copy?.view.lastUpdate ?? 0,
    'blockreplica.is_locked': () =>
      locks.find({
        dataset: dataset.name,
        block: copy?.view.block.name ?? '',
        site: site.name,
        group: copy?.owner ?? null,
      }) !== undefined,
    'blockreplica.num_full_disk_copy': () => complete.length,
    'blockreplica.on_tape': () =>
      copy?.view.isComplete === true && complete.some((each) => each.view.site.storage === 'mss'),
    'blockreplica.is_last_transfer_source': () =>
      copy?.view.isComplete === true &&
      complete.length < sameBlock.length &&
      !complete.some((each) => each !== copy && isReadyDisk(each.view.site)),
    'blockreplica.age_relative_to_newest': () =>
      Math.max(0, ...all.filter((each) => each.state === 'there').map((each) => each.view.lastUpdate)) -
      (copy?.view.lastUpdate ?? 0),
  };
  const read = values[variable.name];
  if (read !== undefined) return read();
  const stored = dataset.attributes[variable.name.slice(variable.name.indexOf('.') + 1)];
  if (Array.isArray(stored)) return stored.includes(site.name);
  return (stored as VariableValue | undefined) ?? 0;
}

export function there(replica: Replica): Copy[] {
  return replica.copies.filter((copy) => copy.state === 'there');
}

export function isPresent(replica: Replica): boolean {
  return replica.isEmpty || there(replica).length > 0;
}

export function sum(copies: readonly Copy[]): number {
  return copies.reduce((bytes, copy) => bytes + copy.view.size, 0);
}
