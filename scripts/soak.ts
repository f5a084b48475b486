// Millions of random commands against the inventory and a naive model: npm run soak -- [--commands 5000000] [--seed x].
import { parseArgs } from 'node:util';
import { createRandomSource } from '@dynamo/core';
import { soakInventory } from '@dynamo/core/testing';
import { collectGarbage } from './collect-garbage.ts';

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: '2000000' },
    seed: { type: 'string', default: '1' },
    views: { type: 'string', default: '200' },
  },
});
const memory = (): number => {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + arrayBuffers) / 2 ** 20);
};
const before = memory();
let peak = 0;
const began = performance.now();
const result = await soakInventory({
  random: createRandomSource(values.seed),
  commands: Number(values.commands),
  views: Number(values.views),
  onProgress(done) {
    if (done % 200_000 !== 0) return;
    peak = Math.max(peak, memory());
    console.log(`${done} commands, ${memory()} MiB`);
  },
});
console.log(
  JSON.stringify({
    ...result,
    seconds: Math.round((performance.now() - began) / 1000),
    memoryMiB: { before, peak, after: memory() },
  }),
);
