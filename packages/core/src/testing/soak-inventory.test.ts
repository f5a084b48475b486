import { expect, it } from 'vitest';
import { createRandomSource } from '../clock/random-source.ts';
import { soakInventory } from './soak-inventory.ts';

it('agrees with the model over twenty thousand commands and a hundred open views', async () => {
  const result = await soakInventory({ random: createRandomSource('soak'), commands: 20_000, views: 100 });
  expect(result.commits).toBe(201);
  expect(result.viewsChecked).toBeGreaterThan(30);
});
