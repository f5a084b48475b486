import { type InputPlace, inputError } from '../errors/input-error.ts';

/**
 * Names are plain strings at run time; the brand says that one of the parse functions below has seen them, once, at
 * the boundary. Code inside never checks a name again.
 */
export type DatasetName = string & { readonly __brand: 'DatasetName' };
/** Unique within its dataset only. */
export type BlockName = string & { readonly __brand: 'BlockName' };
/** A logical file name: an absolute path without `.`, `..` or empty segments, so that it cannot climb out of a site. */
export type Lfn = string & { readonly __brand: 'Lfn' };
export type SiteName = string & { readonly __brand: 'SiteName' };
export type GroupName = string & { readonly __brand: 'GroupName' };
export type PartitionName = string & { readonly __brand: 'PartitionName' };

/** In characters (Unicode code points, as a database counts them). */
export const nameLimits: {
  readonly dataset: 512;
  readonly block: 128;
  readonly lfn: 1024;
  readonly site: 64;
  readonly group: 64;
  readonly partition: 64;
} = { dataset: 512, block: 128, lfn: 1024, site: 64, group: 64, partition: 64 };

export function parseDatasetName(value: unknown, where?: InputPlace): DatasetName {
  return parseName('dataset name', nameLimits.dataset, value, where) as DatasetName;
}

export function parseBlockName(value: unknown, where?: InputPlace): BlockName {
  return parseName('block name', nameLimits.block, value, where) as BlockName;
}

export function parseSiteName(value: unknown, where?: InputPlace): SiteName {
  return parseName('site name', nameLimits.site, value, where) as SiteName;
}

export function parseGroupName(value: unknown, where?: InputPlace): GroupName {
  return parseName('group name', nameLimits.group, value, where) as GroupName;
}

export function parsePartitionName(value: unknown, where?: InputPlace): PartitionName {
  return parseName('partition name', nameLimits.partition, value, where) as PartitionName;
}

export function parseLfn(value: unknown, where?: InputPlace): Lfn {
  const text = parseName('LFN', nameLimits.lfn, value, where);
  if (!text.startsWith('/')) throw fault('LFN', text, 'does not start with "/"', where);
  if (emptyOrDotSegment.test(text)) throw fault('LFN', text, 'has an empty, "." or ".." segment', where);
  return text as Lfn;
}

const controlCharacter = /\p{Cc}/u;
const emptyOrDotSegment = /\/\.{0,2}(?:\/|$)/;

function parseName(kind: string, limit: number, value: unknown, where: InputPlace | undefined): string {
  if (typeof value !== 'string') throw inputError({ what: `${kind} is not a string`, where });
  if (value === '') throw inputError({ what: `${kind} is empty`, where });
  // A string is never shorter in UTF-16 units than in characters, so the count is needed for few.
  if (value.length > limit && [...value].length > limit) {
    throw fault(kind, value, `is longer than ${limit} characters`, where);
  }
  if (value.trim() !== value) throw fault(kind, value, 'has white space at an end', where);
  if (controlCharacter.test(value)) throw fault(kind, value, 'has a control character', where);
  // A lone surrogate would not come back from UTF-8 as it went in.
  if (!value.isWellFormed()) throw fault(kind, value, 'is not well-formed Unicode', where);
  return value;
}

function fault(kind: string, value: string, what: string, where: InputPlace | undefined): Error {
  const shown = value.length > 80 ? `${value.slice(0, 80).toWellFormed()}…` : value;
  return inputError({ what: `${kind} ${JSON.stringify(shown)} ${what}`, where });
}
