import type { Lfn } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { testSite } from './fixtures/site.ts';
import { createSiteNaming } from './site-naming.ts';

const lfn = '/store/mc/1.root' as Lfn;

describe('the names of a site', () => {
  it('are the LFNs under its backend where it has no chains for its protocol', () => {
    const naming = createSiteNaming();
    const site = testSite('T2_A', { backend: 'file:///data/a/', pfn: { root: [[['/(.*)', 'root://se//{0}']]] } });
    expect(naming.pfnOf(site, lfn)).toBe('file:///data/a/store/mc/1.root');
    expect(naming.pathOf(site, lfn)).toBe('store/mc/1.root');
    expect(naming.lfnOfPath(site, 'store/mc/1.root')).toBe(lfn);
    expect(naming.pfnOfPath(site, 'junk')).toBe('file:///data/a/junk');
    expect(naming.keepsOrder(site)).toBe(true);
  });

  it('come from its chains, and are mapped back only where the inverse chains agree', () => {
    const naming = createSiteNaming();
    const pfn = { file: [[['/store/(.*)', 'file:///data/a/x/{0}']]] } as const;
    const forward = testSite('T2_A', { backend: 'file:///data/a', pfn });
    expect(naming.pathOf(forward, lfn)).toBe('x/mc/1.root');
    expect(naming.pfnOf(forward, '/user/1' as Lfn)).toBeNull();
    expect(naming.lfnOfPath(forward, 'x/mc/1.root')).toBeUndefined();
    expect(naming.keepsOrder(forward)).toBe(true);

    const both = { ...forward, lfn: { file: [[['file:///data/a/x/(.*)', '/store/{0}']]] } } as const;
    expect(naming.lfnOfPath(both, 'x/mc/1.root')).toBe(lfn);
    const wrong = { ...forward, lfn: { file: [[['file:///data/a/x/(.*)', '/stores/{0}']]] } } as const;
    expect(naming.lfnOfPath(wrong, 'x/mc/1.root')).toBeUndefined();
  });

  it('may be absolute paths, and have no path where they are outside the root', () => {
    const naming = createSiteNaming();
    const site = testSite('T2_A', { backend: 'file:///data/a', pfn: { file: [[['/store/(.*)', '/data/a/{0}']]] } });
    expect(naming.pathOf(site, lfn)).toBe('mc/1.root');
    const outside = testSite('T2_A', { backend: 'file:///data/b', pfn: site.pfn });
    expect(naming.pathOf(outside, lfn)).toBeNull();
    expect(naming.pfnOf(testSite('T2_A'), lfn)).toBeNull();
  });

  it.each([
    ['two chains', [[['/a/(.*)', 'file:///d/z/{0}']], [['/b/(.*)', 'file:///d/y/{0}']]]],
    ['two groups', [[['/(.*)/(.*)', 'file:///d/{1}/{0}']]]],
    ['something at the end', [[['/a/(.*)', 'file:///d/{0}.x']]]],
    ['a choice', [[['/(a|b)/(.*)', 'file:///d/{0}']]]],
  ])('may change the order with %s', (_, file) => {
    const pfn = { file: file as never };
    expect(createSiteNaming().keepsOrder(testSite('T2_A', { backend: 'file:///d', pfn }))).toBe(false);
  });
});
