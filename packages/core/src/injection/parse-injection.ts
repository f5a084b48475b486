import { anything, count, flag, size, text, textOrNull, time } from '../input/checks.ts';
import { type Check, checkObject, objectSchema } from '../input/object-schema.ts';
import { parseAdler32 } from '../model/checksums.ts';
import { DATASET_STATUSES, GROUP_LEVELS, SITE_STATUSES, STORAGE_TYPES } from '../model/enumerations.ts';
import { parseBlockName, parseDatasetName, parseGroupName, parseLfn, parseSiteName } from '../model/names.ts';
import { parsePfnSpecification } from '../pfn/parse-pfn-specification.ts';
import { DocumentPlace, listAt, objectAt } from './document-place.ts';
import type {
  InjectedBlock,
  InjectedBlockReplica,
  InjectedDataset,
  InjectedDatasetReplica,
  InjectedFile,
  InjectedGroup,
  InjectedSite,
  InjectionDocument,
} from './injection-document.ts';

/**
 * Checks a document (parsed JSON) as far as it goes without an inventory. Throws `invalid-input` that names the path of
 * the first fault, `dataset[3].blocks[0].files[7].size` say.
 */
export function parseInjection(
  document: unknown,
  options: { readonly file?: string | undefined } = {},
): InjectionDocument {
  const place = new DocumentPlace(options.file);
  const { site, group, dataset, datasetreplica } = checkObject(DOCUMENT, objectAt(document, place), place);
  const datasets = once(listAt(dataset, 'dataset', place, readDataset), ({ name }) => name);
  once(
    datasets.flatMap(({ blocks }) => blocks.flatMap(({ newFiles }) => newFiles)),
    ({ lfn }) => lfn,
  );
  return {
    sites: once(listAt(site, 'site', place, readSite), ({ name }) => name),
    groups: once(listAt(group, 'group', place, readGroup), ({ name }) => name),
    datasets,
    datasetReplicas: once(
      listAt(datasetreplica, 'datasetreplica', place, readDatasetReplica),
      (replica) => `${replica.dataset}\t${replica.site}`,
    ),
  };
}

const DOCUMENT = objectSchema<{ site?: unknown; group?: unknown; dataset?: unknown; datasetreplica?: unknown }>(
  'an injection document',
  {},
  { site: anything, group: anything, dataset: anything, datasetreplica: anything },
);

const SITE = objectSchema<{
  name: string;
  host?: string | null;
  storage_type?: string;
  backend?: string | null;
  status?: string;
  pfn?: unknown;
  lfn?: unknown;
}>(
  'a site',
  { name: text },
  {
    host: textOrNull,
    storage_type: word(STORAGE_TYPES),
    backend: textOrNull,
    status: word(SITE_STATUSES),
    pfn: anything,
    lfn: anything,
  },
);

function readSite(object: object, place: DocumentPlace): InjectedSite {
  const { name, host, storage_type, backend, status, pfn, lfn } = checkObject(SITE, object, place);
  return {
    place,
    name: parseSiteName(name, place.at('name')),
    host,
    storage: wordOf(STORAGE_TYPES, storage_type),
    status: wordOf(SITE_STATUSES, status),
    backend,
    pfn: pfn === undefined ? undefined : parsePfnSpecification(pfn, place.at('pfn')),
    lfn: lfn === undefined ? undefined : parsePfnSpecification(lfn, place.at('lfn')),
  };
}

const GROUP = objectSchema<{ name: string; olevel?: string }>(
  'a group',
  { name: text },
  { olevel: word(GROUP_LEVELS) },
);

function readGroup(object: object, place: DocumentPlace): InjectedGroup {
  const { name, olevel } = checkObject(GROUP, object, place);
  return { place, name: parseGroupName(name, place.at('name')), level: wordOf(GROUP_LEVELS, olevel) };
}

const DATASET = objectSchema<{
  name: string;
  status?: string;
  data_type?: string | null;
  software_version?: string | null;
  is_open?: boolean;
  last_update?: number;
  blocks?: unknown;
}>(
  'a dataset',
  { name: text },
  {
    status: word(DATASET_STATUSES),
    data_type: textOrNull,
    software_version: textOrNull,
    is_open: flag,
    last_update: time,
    blocks: anything,
  },
);

function readDataset(object: object, place: DocumentPlace): InjectedDataset {
  const { name, status, data_type, software_version, is_open, last_update, blocks } = checkObject(
    DATASET,
    object,
    place,
  );
  const parsed = listAt(blocks, 'blocks', place, readBlock);
  return {
    place,
    name: parseDatasetName(name, place.at('name')),
    status: wordOf(DATASET_STATUSES, status),
    dataType: data_type,
    softwareVersion: software_version,
    isOpen: is_open,
    lastUpdate: last_update,
    blocks: once(parsed, (block) => block.name),
  };
}

const BLOCK = objectSchema<{
  name: string;
  is_open?: boolean;
  last_update?: number;
  size?: number;
  num_files?: number;
  files?: unknown;
}>('a block', { name: text }, { is_open: flag, last_update: time, size, num_files: count, files: anything });

function readBlock(object: object, place: DocumentPlace): InjectedBlock {
  const { name, is_open, last_update, size, num_files, files } = checkObject(BLOCK, object, place);
  return {
    place,
    name: parseBlockName(name, place.at('name')),
    isOpen: is_open,
    lastUpdate: last_update,
    size,
    files: num_files,
    newFiles: joinSites(listAt(files, 'files', place, readFile)),
  };
}

const FILE = objectSchema<{ name: string; size: number; adler32?: string; site?: string }>(
  'a file',
  { name: text, size },
  { adler32: text, site: text },
);

function readFile(object: object, place: DocumentPlace): InjectedFile {
  const { name, size, adler32, site } = checkObject(FILE, object, place);
  return {
    place,
    lfn: parseLfn(name, place.at('name')),
    size,
    adler32: adler32 === undefined ? undefined : parseAdler32(adler32, place.at('adler32')),
    sites: site === undefined ? [] : [parseSiteName(site, place.at('site'))],
  };
}

const DATASET_REPLICA = objectSchema<{
  dataset: string;
  site: string;
  group?: string | null;
  growing?: boolean;
  blockreplicas?: unknown;
}>('a dataset replica', { dataset: text, site: text }, { group: textOrNull, growing: flag, blockreplicas: anything });

function readDatasetReplica(object: object, place: DocumentPlace): InjectedDatasetReplica {
  const { dataset, site, group, growing, blockreplicas } = checkObject(DATASET_REPLICA, object, place);
  const replicas = listAt(blockreplicas, 'blockreplicas', place, readBlockReplica);
  return {
    place,
    dataset: parseDatasetName(dataset, place.at('dataset')),
    site: parseSiteName(site, place.at('site')),
    group: groupOf(group, place),
    growing,
    blockReplicas: once(replicas, ({ block }) => block, 'block'),
  };
}

const BLOCK_REPLICA = objectSchema<{ block: string; group?: string | null; last_update?: number }>(
  'a block replica',
  { block: text },
  { group: textOrNull, last_update: time },
);

function readBlockReplica(object: object, place: DocumentPlace): InjectedBlockReplica {
  const { block, group, last_update } = checkObject(BLOCK_REPLICA, object, place);
  return {
    place,
    block: parseBlockName(block, place.at('block')),
    group: groupOf(group, place),
    lastUpdate: last_update,
  };
}

function groupOf(group: string | null | undefined, place: DocumentPlace): InjectedDatasetReplica['group'] {
  return typeof group === 'string' ? parseGroupName(group, place.at('group')) : group;
}

/** The same file may be listed once for each site that has it. */
function joinSites(files: readonly InjectedFile[]): readonly InjectedFile[] {
  const joined = new Map<string, InjectedFile>();
  for (const file of files) {
    const first = joined.get(file.lfn);
    if (first === undefined) {
      joined.set(file.lfn, file);
      continue;
    }
    const [site] = file.sites;
    const isSame = first.size === file.size && first.adler32 === file.adler32;
    if (!isSame || site === undefined || first.sites.length === 0 || first.sites.includes(site)) {
      const hint = 'a file may be listed again only for another site that has it, with the same size and checksum';
      throw file.place.fault('name', `the file is listed before, at ${first.place.path}`, hint);
    }
    joined.set(file.lfn, { ...first, sites: [...first.sites, site] });
  }
  return [...joined.values()];
}

function once<T extends { readonly place: DocumentPlace }>(
  items: readonly T[],
  keyOf: (item: T) => string,
  key = 'name',
): readonly T[] {
  const first = new Map<string, T>();
  for (const item of items) {
    const earlier = first.get(keyOf(item));
    if (earlier !== undefined) throw item.place.fault(key, `it is listed before, at ${earlier.place.path}`);
    first.set(keyOf(item), item);
  }
  return items;
}

/** One of the words, in any case: the original wrote `Dataset`. */
function word(words: readonly string[]): Check {
  const wrong = `not one of ${words.join(', ')}`;
  return (value) => (typeof value === 'string' && words.includes(value.toLowerCase()) ? undefined : wrong);
}

function wordOf<T extends string>(words: readonly T[], value: string | undefined): T | undefined {
  const lower = value?.toLowerCase();
  return words.find((one) => one === lower);
}
