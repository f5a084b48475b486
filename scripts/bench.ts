// Every target beside what is measured: npm run bench -- [suite ...] [--size 1M] [--quick] [--json FILE]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { BenchRow, BenchSuite } from './bench/bench-row.ts';
import { coreSuite } from './bench/core-suite.ts';
import { dealerSuite } from './bench/dealer-suite.ts';
import { detoxSuite } from './bench/detox-suite.ts';
import { restSuite } from './bench/rest-suite.ts';
import { scaleSuite } from './bench/scale-suite.ts';
import { storeSuite } from './bench/store-suite.ts';

const SUITES: readonly BenchSuite[] = [coreSuite, storeSuite, dealerSuite, detoxSuite, restSuite];
/** Only by name: it takes minutes, and all of the memory. */
const BY_NAME: readonly BenchSuite[] = [scaleSuite];

const { values, positionals } = parseArguments();
const suites = positionals.length === 0 ? SUITES : positionals.map(findSuite);
const size = values.quick ? 20_000 : parseSize(values.size);
const rows: BenchRow[] = [];
for (const suite of suites) {
  await suite.run({ size, quick: values.quick }, (row) => {
    rows.push(row);
    console.log(describe(row));
  });
}
const result = { date: new Date().toISOString(), node: process.version, size, quick: values.quick, rows };
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);

function parseArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        size: { type: 'string', default: '1M' },
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
      },
    });
  } catch (error) {
    console.error(
      `bench: ${(error as Error).message.split('. ')[0]}: npm run bench -- [suite ...] [--size 1M] [--quick] [--json FILE]`,
    );
    process.exit(2);
  }
}

function describe({ suite, name, value, unit, target, better, naiveRatio, note }: BenchRow): string {
  const met = target === null ? '' : (better === 'less' ? value <= target : value >= target) ? 'reached' : 'MISSED';
  const columns = [
    suite.padEnd(8),
    name.padEnd(58),
    `${format(value)} ${unit}`.padStart(16),
    (target === null ? '' : `${better === 'less' ? '<=' : '>='} ${format(target)}`).padStart(12),
    met.padStart(8),
    (naiveRatio === null ? '' : `naive x ${format(naiveRatio)}`).padStart(16),
    note,
  ];
  return columns.join(' ').trimEnd();
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text);
  const size = match === null ? Number.NaN : Number(match[1]) * { '': 1, k: 1e3, M: 1e6 }[match[2] as '' | 'k' | 'M'];
  if (Number.isInteger(size) && size >= 1000) return size;
  console.error(`bench: --size ${text}: not a number of block replicas, 1000 or more (write 500k or 10M)`);
  process.exit(2);
}

function findSuite(name: string): BenchSuite {
  const all = [...SUITES, ...BY_NAME];
  const suite = all.find((one) => one.name === name);
  if (suite !== undefined) return suite;
  console.error(`bench: there is no suite ${name}: ${all.map((one) => one.name).join(', ')}`);
  process.exit(2);
}
