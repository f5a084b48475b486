import { type InputPlace, inputError } from '../errors/input-error.ts';
import type { PfnSpecification } from '../model/records.ts';
import { compilePfnRule } from './pfn-rule.ts';

/** Bounds on what one name can cost to map. */
export const pfnLimits: { readonly protocols: 32; readonly chains: 64; readonly rules: 16 } = {
  protocols: 32,
  chains: 64,
  rules: 16,
};

/**
 * Checks a value from outside, such as the `pfn` of a site in a dump, its patterns included:
 * `{ protocol: [chain, ...] }` with `chain = [[pattern, replacement], ...]`.
 */
export function parsePfnSpecification(value: unknown, where: InputPlace = { path: 'pfn' }): PfnSpecification {
  const root = where.path ?? '';
  const fault = (path: string, what: string): Error => inputError({ what, where: { ...where, path } });

  const list = (items: unknown, path: string, what: string, limit: number): readonly unknown[] => {
    if (!Array.isArray(items) || items.length === 0) throw fault(path, `expected a list of ${what} that is not empty`);
    if (items.length > limit) throw fault(path, `more than ${limit} ${what}`);
    return items;
  };

  const parseRule = (rule: unknown, path: string): readonly [string, string] => {
    if (!Array.isArray(rule) || rule.length !== 2) throw fault(path, 'expected [pattern, replacement]');
    const [pattern, replacement] = rule as readonly unknown[];
    if (typeof pattern !== 'string') throw fault(`${path}[0]`, 'expected a pattern, a string');
    if (typeof replacement !== 'string') throw fault(`${path}[1]`, 'expected a replacement, a string');
    compilePfnRule(pattern, replacement, { ...where, path });
    return [pattern, replacement];
  };

  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fault(root, 'expected an object of protocols, each with a list of chains');
  }
  const protocols = Object.entries(value);
  if (protocols.length > pfnLimits.protocols) throw fault(root, `more than ${pfnLimits.protocols} protocols`);
  return Object.fromEntries(
    protocols.map(([protocol, chains]) => {
      const path = root === '' ? protocol : `${root}.${protocol}`;
      if (!/^[a-z][a-z0-9+.-]{0,31}$/.test(protocol)) {
        throw fault(path, 'bad name of a protocol: expected up to 32 lower-case letters, digits, "+", "." or "-"');
      }
      const parsed = list(chains, path, 'chains', pfnLimits.chains).map((chain, at) =>
        list(chain, `${path}[${at}]`, 'rules', pfnLimits.rules).map((rule, step) =>
          parseRule(rule, `${path}[${at}][${step}]`),
        ),
      );
      return [protocol, parsed];
    }),
  );
}
