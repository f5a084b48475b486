import { expect, it } from 'vitest';
import { liveThrough } from './fixtures/sixty-days.ts';

it('in sixty days hardly a byte is copied and deleted within 30 days, no site is overfilled, and requests are served', async () => {
  const { copied, deleted, deletedSoon, fullest, requests } = await liveThrough({ seed: 1, days: 60, freshDays: 30 });
  expect(copied).toBeGreaterThan(8000);
  expect(deleted, 'Detox had something to do').toBeGreaterThan(1000);
  expect(deletedSoon).toBeLessThan(0.001 * copied);
  expect(Math.max(...fullest)).toBeLessThan(1);
  expect(requests.length).toBe(12);
  expect(requests.filter(({ state }) => state === 'done').length).toBeGreaterThanOrEqual(8);
  for (const { state, reason } of requests.filter((each) => each.state !== 'done')) {
    expect([state, reason]).toEqual(['active', expect.stringMatching(/waiting: .* would be filled to .*\(to do: /)]);
  }
});

it('the rule of the guard sees to it alone, whatever the policy says', async () => {
  const { copied, deleted, deletedSoon } = await liveThrough({ seed: 1, days: 60, freshDays: 30, by: ['guard'] });
  expect(deleted).toBeGreaterThan(1000);
  expect(deletedSoon).toBeLessThan(0.001 * copied);
});

it.each([
  ['with the rule off', { freshDays: 30, by: [] }],
  ['with a rest of a day', { freshDays: 1 }],
])('%s they do work against each other: the scenario can fail', async (_title, options) => {
  const { copied, deletedSoon } = await liveThrough({ seed: 1, days: 60, ...options });
  expect(deletedSoon).toBeGreaterThan(0.05 * copied);
});
