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

it('without rest for what is fresh they do work against each other: the scenario can fail', async () => {
  const { copied, deletedSoon } = await liveThrough({ seed: 1, days: 60, freshDays: 1 });
  expect(deletedSoon).toBeGreaterThan(0.05 * copied);
});
