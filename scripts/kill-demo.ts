// Kills `dynamo demo --keep DIR` at random moments, lets it run to the end, and compares the sites with those of one that
// was left in peace: node scripts/with-node.mjs scripts/kill-demo.ts
// [--kills 50] [--seed x] [--keep DIR].
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandomSource } from '@dynamo/core';
import { type DemoEnd, type DemoMoment, runDemoProcess } from './kill-demo/demo-process.ts';
import { readTree } from './kill-demo/read-tree.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now()) },
    keep: { type: 'string' },
  },
});
const kills = Number(values.kills);
const random = createRandomSource(values.seed);
const root = values.keep === undefined ? await mkdtemp(join(tmpdir(), 'dynamo-kill-demo-')) : resolve(values.keep);
const [peaceful, killed] = [join(root, 'peaceful'), join(root, 'killed')];

await mkdir(root, { recursive: true });
console.log(`seed ${values.seed}, below ${root}`);
const reference = await runToEnd(peaceful);
console.log(`one in peace took ${seconds(reference.durationMs)}`);
for (let kill = 0; kill < kills; ) {
  const moment = nextMoment(kill / kills);
  const { code, output, headingsMs, durationMs } = await runDemoProcess(killed, moment);
  if (code !== null && code !== 0) throw new Error(`it ended with ${code}:\n${output}`);
  // Faster this time than the kill: that moment does not count.
  if (code === 0) continue;
  kill += 1;
  console.log(`kill ${kill}: in chapter ${headingsMs.length}, after ${seconds(durationMs)}`);
}
const { durationMs } = await runToEnd(killed);
const differences = await compareTrees();
for (const difference of differences.slice(0, 20)) console.log(difference);
console.log(
  `${kills} kills, then to the end in ${seconds(durationMs)}: every figure is right, ` +
    `${differences.length} files differ from those of the one in peace`,
);
if (differences.length > 0) process.exitCode = 1;
else if (values.keep === undefined) await rm(root, { recursive: true });

/**
 * The story is gone through slowly, so that each chapter has its share of the kills; short delays are more likely, since
 * what is done already is passed quickly. Some come before anything is told.
 */
function nextMoment(part: number): DemoMoment {
  const { headingsMs, durationMs } = reference;
  const chapter = random.nextInt(8) === 0 ? 0 : 1 + Math.floor(part * headingsMs.length);
  const begin = headingsMs[chapter - 1] ?? 0;
  const end = headingsMs[chapter] ?? durationMs;
  return { chapter, delayMs: (end - begin) * (random.nextInt(1000) / 1000) ** 2 };
}

async function runToEnd(directory: string): Promise<DemoEnd> {
  const end = await runDemoProcess(directory, null);
  if (end.code === 0 && end.output.includes('Every figure is right')) return end;
  throw new Error(`the demo in ${directory} ended with ${end.code}:\n${end.output}`);
}

async function compareTrees(): Promise<readonly string[]> {
  const [expected, found] = await Promise.all([readTree(join(peaceful, 'sites')), readTree(join(killed, 'sites'))]);
  const missing = [...expected].filter(([path, digest]) => found.get(path) !== digest);
  const strange = [...found.keys()].filter((path) => !expected.has(path));
  return [...missing.map(([path]) => `lost or changed: ${path}`), ...strange.map((path) => `strange: ${path}`)];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
