import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileGlob, isGlob } from '../condition/glob.ts';
import type { LockRecord } from '../model/records.ts';
import { compileLocks, type LockSubject } from './locks.ts';

const NOW = 100;
const datasets = ['/a/x/AOD', '/a/y/AOD', '/b/x/RAW'];
const sites = ['T1_A', 'T2_A', 'T2_B'];
const groups = ['DataOps', 'None'];

const lock = fc.record({
  dataset: fc.constantFrom(...datasets, '/a/*', '*', '/?/x/*', '/[b-a]*'),
  block: fc.constantFrom(null, null, 'one', 'two'),
  site: fc.constantFrom(null, ...sites, 'T2_*'),
  group: fc.constantFrom(null, ...groups, 'D*'),
  expires: fc.constantFrom(null, NOW - 1, NOW, NOW + 1),
  owner: fc.constant(null),
  comment: fc.constant(null),
});
const subject = fc.record({
  dataset: fc.constantFrom(...datasets),
  block: fc.constantFrom('one', 'two', 'three'),
  site: fc.constantFrom(...sites),
  group: fc.constantFrom(null, 'DataOps'),
});

/** The rule, lock by lock: what is left out holds for all, and what cannot be read for all as well. */
function protects(one: LockRecord, { dataset, block, site, group }: LockSubject): boolean {
  const holds = (pattern: string | null, text: string): boolean => {
    if (pattern === null || pattern === text) return true;
    const reading = compileGlob(pattern);
    return isGlob(pattern) && (!reading.ok || reading.matches(text));
  };
  if (one.expires !== null && one.expires <= NOW) return false;
  if (!holds(one.dataset, dataset) || (one.block !== null && one.block !== block)) return false;
  return holds(one.site, site) && holds(one.group, group ?? 'None');
}

it('finds a lock that protects a replica exactly where there is one, whatever was asked for before', () => {
  fc.assert(
    fc.property(fc.array(lock), fc.array(subject), (made, asked) => {
      const locks = made.map((one, id) => ({ id, ...one }) as unknown as LockRecord);
      const matcher = compileLocks(locks, NOW);
      for (const each of asked) {
        const found = matcher.find(each);
        if (found === undefined) expect(locks.filter((one) => protects(one, each))).toEqual([]);
        else expect(protects(found, each)).toBe(true);
        const named = locks.some((one) => protects({ ...one, block: null, site: null, group: null }, each));
        expect(matcher.names(each.dataset)).toBe(named);
      }
    }),
  );
});
