// The REST suite alone: npm run bench -- rest has the same figures beside the others.
import { restSuite } from './bench/rest-suite.ts';

await restSuite.run(
  { size: 100_000, quick: process.argv.includes('--quick') },
  ({ name, value, unit, target, note }) => {
    const wanted = target === null ? '' : `(target ${target})`;
    console.log(`${name.padEnd(50)} ${value.toFixed(1).padStart(10)} ${unit.padEnd(8)} ${wanted.padEnd(16)} ${note}`);
  },
);
