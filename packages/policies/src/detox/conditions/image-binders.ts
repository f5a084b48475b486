/** How conditions of a policy read a partition image: by dataset, by site, by the replica that is walked, by copy. */
import { DATASET_STATUSES, type TextColumn, type VariableBinder, type VariableDefinition } from '@dynamo/core';
import type { NewestUpdate } from '../image/newest-update.ts';
import type { PartitionImage } from '../image/partition-image.ts';
import type { LockMarks } from '../lock-marks.ts';
import type { AttributeValues } from './attribute-values.ts';
import { siteBinder, unreadable } from './site-binder.ts';
import type { WalkState } from './walk-state.ts';

const ON_TAPE = ['NONE', 'PARTIAL', 'FULL'] as const;

export interface ImageFigures {
  readonly image: PartitionImage;
  readonly walk: WalkState;
  readonly attributes: AttributeValues;
  readonly locks: LockMarks;
  /** There if the policy asks for it. */
  readonly newest: NewestUpdate | undefined;
}

export interface ImageBinders {
  /** Row: a dataset. What it says holds for the whole run. */
  readonly dataset: VariableBinder;
  /** Row: a site. What it says holds for the whole run. */
  readonly site: VariableBinder;
  /** Row: the replica that is walked. Reads variables of datasets and sites too. */
  readonly replica: VariableBinder;
  /** Row: a copy. */
  readonly copy: VariableBinder;
}

/** What a variable of a policy line needs to be evaluated, which says how often. */
export type Dependence = 'dataset' | 'site' | 'replica' | 'copy';

export function dependenceOf({ level, source }: VariableDefinition): Dependence {
  if (level === 'blockreplica') return source === 'producer' ? 'replica' : 'copy';
  if (level === 'site') return 'site';
  return level === 'dataset' && source !== 'image' ? 'dataset' : 'replica';
}

export function imageBinders(figures: ImageFigures): ImageBinders {
  const dataset = datasetBinder(figures);
  const site = siteBinder(figures.image.arrays.sites, {});
  return { dataset, site, replica: replicaBinder(figures, dataset, site), copy: copyBinder(figures) };
}

type Numbers = Readonly<Record<string, (row: number) => number>>;
type Texts = Readonly<Record<string, () => TextColumn>>;

function datasetBinder({ image, attributes }: ImageFigures): VariableBinder {
  const { tables, datasetName, datasetRow } = image.arrays;
  const { datasets } = tables;
  const rowOf = (dataset: number): number => datasetRow[dataset] as number;
  const numbers: Numbers = {
    'dataset.last_update': (dataset) => datasets.lastUpdate.get(rowOf(dataset)),
    'dataset.size': (dataset) => datasets.size.get(rowOf(dataset)),
  };
  const texts: Texts = {
    'dataset.name': () => ({ code: (dataset) => dataset, text: (code) => datasetName[code] as string }),
    'dataset.status': () => ({
      code: (dataset) => datasets.status.get(rowOf(dataset)),
      text: (code) => DATASET_STATUSES[code] as string,
    }),
    'dataset.release': () => dictionary((dataset) => datasets.softwareVersion.get(rowOf(dataset)) ?? ''),
  };
  return binder(numbers, texts, {
    numeric: (variable) => {
      const value = attributes.numeric(variable);
      return (dataset) => value(dataset, -1);
    },
    text: (variable) => dictionary(attributes.text(variable)),
  });
}

function replicaBinder(
  { image, walk, attributes }: ImageFigures,
  ofDataset: VariableBinder,
  ofSite: VariableBinder,
): VariableBinder {
  const { replicaDataset, replicaSite, firstReplica } = image.arrays;
  const datasetOf = (replica: number): number => replicaDataset[replica] as number;
  const siteOf = (replica: number): number => replicaSite[replica] as number;

  /** Counts the full replicas of the dataset that `counts` accepts. */
  const countFull = (replica: number, counts: (other: number) => boolean): number => {
    const dataset = datasetOf(replica);
    const end = firstReplica[dataset + 1] as number;
    let count = 0;
    for (let other = firstReplica[dataset] as number; other < end; other++) {
      if (walk.isFull(other) && counts(other)) count += 1;
    }
    return count;
  };
  const onTape = (replica: number): number => {
    const dataset = datasetOf(replica);
    const end = firstReplica[dataset + 1] as number;
    let state = 0;
    for (let other = firstReplica[dataset] as number; other < end; other++) {
      if (image.isTape[siteOf(other)] === 0 || !image.isPresent(other)) continue;
      if (walk.isFull(other)) return 2;
      state = 1;
    }
    return state;
  };
  const isReadyDisk = (replica: number): boolean => image.isReadyDisk[siteOf(replica)] === 1;
  const sharesOwner = (replica: number): boolean =>
    replica === walk.replica ? walk.owners().some((word) => word !== 0) : image.sharesOwner(replica, walk.owners());
  const numbers: Numbers = {
    'dataset.num_full_disk_copy': (replica) => countFull(replica, isReadyDisk),
    'replica.size': () => walk.bytes(),
    'replica.incomplete': () => (walk.isIncomplete() ? 1 : 0),
    'replica.last_block_created': () => walk.newestUpdate(),
    'replica.first_block_created': () => walk.oldestUpdate(),
    'replica.num_full_disk_copy_common_owner': (replica) =>
      countFull(replica, (other) => isReadyDisk(other) && sharesOwner(other)),
    'replica.num_full_other_copy_common_owner': (replica) =>
      countFull(replica, (other) => other !== replica && image.isReady[siteOf(other)] === 1 && sharesOwner(other)),
  };
  const texts: Texts = {
    'dataset.on_tape': () => ({ code: onTape, text: (code) => ON_TAPE[code] as string }),
  };
  return binder(numbers, texts, {
    numeric: (variable) => {
      if (dependenceOf(variable) === 'dataset') {
        const value = ofDataset.numeric(variable);
        return (replica) => value(datasetOf(replica));
      }
      const value = attributes.numeric(variable);
      return (replica) => value(datasetOf(replica), siteOf(replica));
    },
    text: (variable) => {
      if (variable.level === 'site') return through(ofSite.text(variable), siteOf);
      if (dependenceOf(variable) === 'dataset') return through(ofDataset.text(variable), datasetOf);
      const value = attributes.text(variable);
      return dictionary((replica) => value(datasetOf(replica)));
    },
  });
}

function copyBinder({ image, walk, locks, newest }: ImageFigures): VariableBinder {
  const { tables, copyRow, copyBlock } = image.arrays;
  const blockOf = (copy: number): number => copyBlock[copy] as number;
  const updated = (copy: number): number => tables.blockReplicas.lastUpdate.get(copyRow[copy] as number);
  const isLastSource = (copy: number): boolean => {
    const block = blockOf(copy);
    if (!image.isComplete(copy) || image.incompleteOf[block] === 0) return false;
    return (image.readyDiskOf[block] as number) - (image.isReadyDisk[walk.site] as number) === 0;
  };
  const numbers: Numbers = {
    'blockreplica.last_update': updated,
    'blockreplica.is_locked': (copy) => (locks.isLocked(copy, walk.dataset) ? 1 : 0),
    'blockreplica.num_full_disk_copy': (copy) => image.completeOf[blockOf(copy)] as number,
    'blockreplica.on_tape': (copy) => (image.isComplete(copy) && image.tapeOf[blockOf(copy)] !== 0 ? 1 : 0),
    'blockreplica.is_last_transfer_source': (copy) => (isLastSource(copy) ? 1 : 0),
    'blockreplica.age_relative_to_newest': (copy) => (newest?.value ?? 0) - updated(copy),
  };
  const texts: Texts = {
    'blockreplica.owner': () => ({
      code: (copy) => image.copyGroup[copy] as number,
      text: (code) => tables.groups.get(code)?.name ?? 'None',
    }),
  };
  return binder(numbers, texts, { numeric: unreadable, text: unreadable });
}

function binder(numbers: Numbers, texts: Texts, others: VariableBinder): VariableBinder {
  return {
    numeric: (variable) => numbers[variable.name] ?? others.numeric(variable),
    text: (variable) => texts[variable.name]?.() ?? others.text(variable),
  };
}

function through(column: TextColumn, rowOf: (row: number) => number): TextColumn {
  return { code: (row) => column.code(rowOf(row)), text: column.text };
}

function dictionary(read: (row: number) => string): TextColumn {
  const codes = new Map<string, number>();
  const texts: string[] = [];
  return {
    code: (row) => {
      const text = read(row);
      let code = codes.get(text);
      if (code === undefined) {
        code = texts.push(text) - 1;
        codes.set(text, code);
      }
      return code;
    },
    text: (code) => texts[code] as string,
  };
}
