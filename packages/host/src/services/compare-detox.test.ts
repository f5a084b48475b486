import { describe, expect, it } from 'vitest';
import { compareDetox } from './compare-detox.ts';
import type { DetoxDocument } from './detox-document.ts';

type Decision = DetoxDocument['decisions'][number];

function plan(decisions: readonly Partial<Decision>[], sites: DetoxDocument['sites'] = []): DetoxDocument {
  return {
    ...{ partition: 'P', policy_sha256: '', inventory_version: 3, now: 100, iterations: 1, handed_over: [], sites },
    lines: [
      { line: 5, text: 'Protect dataset.name == /A/*', matches: 1 },
      { line: 0, text: 'Dismiss', matches: 1 },
    ],
    decisions: decisions as readonly Decision[],
  };
}

describe('compareDetox', () => {
  const kept = { dataset: '/A/B', site: 'S1', decision: 'protect', line: 5, size: 600 } as const;
  const gone = { ...kept, decision: 'delete', line: 0 } as const;

  it('finds what one deletes and the other does not, the most bytes first, with the lines that decided', () => {
    const small = { ...gone, dataset: '/C/D', size: 10 };
    const guarded = { dataset: '/C/D', site: 'S1', decision: 'protect', rule: 'last-copy', size: 10 } as const;
    const compared = compareDetox(plan([kept, small]), plan([gone, guarded]));
    expect(compared).toMatchObject({ onlyFirst: 10, onlySecond: 600, withoutEffect: 0 });
    expect(compared.datasets).toEqual([
      {
        ...{ dataset: '/A/B', site: 'S1' },
        first: { deleted: 0, decision: 'protect', reason: 'line 5: Protect dataset.name == /A/*' },
        second: { deleted: 600, decision: 'delete', reason: 'the default decision' },
      },
      {
        ...{ dataset: '/C/D', site: 'S1' },
        first: { deleted: 10, decision: 'delete', reason: 'the default decision' },
        second: { deleted: 0, decision: 'protect', reason: 'the guard: last-copy' },
      },
    ]);
  });

  it('adds up the parts of a replica, and counts what decides otherwise to no effect', () => {
    const parts = [
      { ...gone, size: 200 },
      { ...kept, size: 400 },
    ];
    const compared = compareDetox(plan(parts), plan([gone]));
    expect(compared.datasets[0]).toMatchObject({
      first: { deleted: 200, decision: 'protect' },
      second: { deleted: 600 },
    });
    expect(compareDetox(plan([kept]), plan([{ ...kept, decision: 'keep', line: 0 }]))).toMatchObject({
      ...{ datasets: [], onlyFirst: 0, onlySecond: 0, withoutEffect: 1 },
    });
    expect(compareDetox(plan([gone]), plan([gone]))).toMatchObject({ datasets: [], sites: [], withoutEffect: 0 });
  });

  it('names the sites that end otherwise', () => {
    const site = {
      site: 'S1',
      quota: 10,
      before: 5,
      protected: 0,
      deleted: 1,
      kept: 0,
      triggered: true,
      reached_stop: false,
    };
    const other = { ...site, deleted: 2, reached_stop: true };
    const compared = compareDetox(plan([], [site]), plan([], [other, { ...site, site: 'S2' }]));
    expect(compared.sites).toEqual([
      {
        site: 'S1',
        first: { before: 5, deleted: 1, triggered: true, reachedStop: false },
        second: { before: 5, deleted: 2, triggered: true, reachedStop: true },
      },
      { site: 'S2', first: null, second: { before: 5, deleted: 1, triggered: true, reachedStop: false } },
    ]);
  });
});
