// Writes the dump of a generated inventory, compressed as its name says:
// node scripts/generate-inventory.ts --block-replicas 100000 --out FILE [--seed 1] [--sites 63] [--files] [--now SECONDS]
// [--blocks-per-dataset 9.8] [--replicas-per-dataset 2]; without --out to standard output.
import { parseArgs } from 'node:util';
import { writeDumpFile } from '@dynamo/core';
import { type GeneratorOptions, generateDump } from '@dynamo/core/testing';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    'block-replicas': { type: 'string', default: '100000' },
    sites: { type: 'string', default: '63' },
    'blocks-per-dataset': { type: 'string', default: '9.8' },
    'replicas-per-dataset': { type: 'string', default: '2' },
    now: { type: 'string', default: '1767225600' },
    files: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const options: GeneratorOptions = {
  seed: values.seed,
  blockReplicas: Number(values['block-replicas']),
  sites: Number(values.sites),
  blocksPerDataset: Number(values['blocks-per-dataset']),
  replicasPerDataset: Number(values['replicas-per-dataset']),
  now: Number(values.now),
  files: values.files,
};

async function* bytes(): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const text of generateDump(options)) yield encoder.encode(text);
}

if (values.out !== undefined) await writeDumpFile(values.out, bytes());
else {
  for (const text of generateDump(options)) {
    if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
