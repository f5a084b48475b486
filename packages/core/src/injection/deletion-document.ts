/** The deletion document: the shape of the injection document, with names only. */
import { anything, text } from '../input/checks.ts';
import { checkObject, objectSchema } from '../input/object-schema.ts';
import {
  type BlockName,
  type DatasetName,
  type GroupName,
  parseBlockName,
  parseDatasetName,
  parseGroupName,
  parseSiteName,
  type SiteName,
} from '../model/names.ts';
import { DocumentPlace, listAt, objectAt } from './document-place.ts';

export interface DeletionDocument {
  readonly sites: readonly Named<SiteName>[];
  readonly groups: readonly Named<GroupName>[];
  readonly datasets: readonly Named<DatasetName>[];
  readonly datasetReplicas: readonly DeletedReplica[];
}

interface Placed {
  readonly place: DocumentPlace;
}

export interface Named<N extends string> extends Placed {
  readonly name: N;
}

export interface DeletedReplica extends Placed {
  readonly dataset: DatasetName;
  readonly site: SiteName;
  /** Undefined: the replica as a whole. */
  readonly blocks: readonly DeletedBlockReplica[] | undefined;
}

export interface DeletedBlockReplica extends Placed {
  readonly block: BlockName;
}

/** Throws `invalid-input` that names the path of the first fault. */
export function parseDeletion(
  document: unknown,
  options: { readonly file?: string | undefined } = {},
): DeletionDocument {
  const place = new DocumentPlace(options.file);
  const { site, group, dataset, datasetreplica } = checkObject(DOCUMENT, objectAt(document, place), place);
  return {
    sites: listAt(site, 'site', place, (object, at) => ({
      place: at,
      name: parseSiteName(checkObject(SITE, object, at).name, at.at('name')),
    })),
    groups: listAt(group, 'group', place, (object, at) => ({
      place: at,
      name: parseGroupName(checkObject(GROUP, object, at).name, at.at('name')),
    })),
    datasets: listAt(dataset, 'dataset', place, readDataset),
    datasetReplicas: listAt(datasetreplica, 'datasetreplica', place, readReplica),
  };
}

const DOCUMENT = objectSchema<{ site?: unknown; group?: unknown; dataset?: unknown; datasetreplica?: unknown }>(
  'a deletion document',
  {},
  { site: anything, group: anything, dataset: anything, datasetreplica: anything },
);

const SITE = objectSchema<{ name: string }>('a site to delete', { name: text }, {});
const GROUP = objectSchema<{ name: string }>('a group to delete', { name: text }, {});
const DATASET = objectSchema<{ name: string; blocks?: unknown }>(
  'a dataset to delete',
  { name: text },
  { blocks: anything },
);

const REPLICA = objectSchema<{ dataset: string; site: string; blockreplicas?: unknown }>(
  'a dataset replica to delete',
  { dataset: text, site: text },
  { blockreplicas: anything },
);

const BLOCK_REPLICA = objectSchema<{ block: string }>('a block replica to delete', { block: text }, {});

function readDataset(object: object, place: DocumentPlace): Named<DatasetName> {
  const { name, blocks } = checkObject(DATASET, object, place);
  if (blocks !== undefined) {
    throw place.fault(
      'blocks',
      'blocks and files of a dataset that stays cannot be deleted',
      'leave "blocks" out to delete the dataset, delete its replicas under "datasetreplica", or declare lost what is lost',
    );
  }
  return { place, name: parseDatasetName(name, place.at('name')) };
}

function readReplica(object: object, place: DocumentPlace): DeletedReplica {
  const { dataset, site, blockreplicas } = checkObject(REPLICA, object, place);
  return {
    place,
    dataset: parseDatasetName(dataset, place.at('dataset')),
    site: parseSiteName(site, place.at('site')),
    blocks: blockreplicas === undefined ? undefined : listAt(blockreplicas, 'blockreplicas', place, readBlockReplica),
  };
}

function readBlockReplica(object: object, place: DocumentPlace): DeletedBlockReplica {
  return { place, block: parseBlockName(checkObject(BLOCK_REPLICA, object, place).block, place.at('block')) };
}
