import { isDynamoError } from '../errors/dynamo-error.ts';
import type { InputPlace } from '../errors/input-error.ts';
import { type Lfn, parseLfn } from '../model/names.ts';
import type { PfnSpecification } from '../model/records.ts';
import { compilePfnRule, type PfnRule } from './pfn-rule.ts';

/** A site's mapping between logical and physical file names. */
export interface PfnMapping {
  /** Protocols in which the site's files can be named. */
  readonly protocols: readonly string[];
  /** Null if the site has no chain for the protocol that takes the name. */
  toPfn(protocol: string, lfn: Lfn): string | null;
  /** Null if no inverse chain takes the name, or what comes out is no LFN: look the file up instead. */
  toLfn(protocol: string, pfn: string): Lfn | null;
}

/**
 * Takes a site's record, or what looks like one. A chain is applied rule after rule, each to what came of the one before;
 * the first chain in which every rule matches wins.
 */
export function compilePfnMapping(
  site: { readonly pfn: PfnSpecification; readonly lfn?: PfnSpecification | undefined },
  where: InputPlace = {},
): PfnMapping {
  const forward = compileChains(site.pfn, 'pfn', where);
  const inverse = compileChains(site.lfn ?? {}, 'lfn', where);
  return {
    protocols: [...forward.keys()],
    toPfn: (protocol, lfn) => apply(forward.get(protocol), lfn),
    toLfn(protocol, pfn) {
      const text = apply(inverse.get(protocol), pfn);
      return text === null ? null : lfnOrNull(text);
    },
  };
}

type Chains = readonly (readonly PfnRule[])[];

function compileChains(specification: PfnSpecification, key: 'pfn' | 'lfn', where: InputPlace): Map<string, Chains> {
  const prefix = where.path === undefined ? '' : `${where.path}.`;
  return new Map(
    Object.entries(specification).map(([protocol, chains]) => [
      protocol,
      chains.map((chain, at) =>
        chain.map(([pattern, replacement], step) =>
          compilePfnRule(pattern, replacement, { ...where, path: `${prefix}${key}.${protocol}[${at}][${step}]` }),
        ),
      ),
    ]),
  );
}

function apply(chains: Chains | undefined, name: string): string | null {
  for (const chain of chains ?? []) {
    let text: string | null = name;
    for (const rule of chain) {
      text = rule(text);
      if (text === null) break;
    }
    if (text !== null) return text;
  }
  return null;
}

function lfnOrNull(text: string): Lfn | null {
  try {
    return parseLfn(text);
  } catch (error) {
    if (isDynamoError(error, 'invalid-input')) return null;
    throw error;
  }
}
