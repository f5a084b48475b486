// Proves that each check can fail: plants faults in a copy of the workspace and expects the check to report every one.
//
//   prove-checks.ts [npm-script ...]
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './checks/run-tool.ts';
import { type CheckProof, proofs } from './planted-faults.ts';
import { workspaceRoot } from './workspace.ts';

const asked = new Set(process.argv.slice(2));
const chosen = asked.size === 0 ? proofs : proofs.filter((proof) => asked.has(proof.script));
let missed = 0;
let found = 0;
for (const proof of chosen) {
  const unseen = await prove(proof);
  for (const fault of unseen) console.error(`${proof.script} does not see: ${fault}`);
  missed += unseen.length;
  found += proof.faults.length - unseen.length;
}
console.log(`prove: ${found} planted faults found, ${missed} missed`);
if (missed > 0 || found === 0) process.exitCode = 1;

/** The planted faults that the check did not report. */
async function prove(proof: CheckProof): Promise<string[]> {
  const copy = mkdtempSync(join(tmpdir(), 'dynamo-planted-'));
  try {
    copyWorkspace(copy);
    for (const { path, plant } of proof.faults) {
      const target = join(copy, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, typeof plant === 'string' ? plant : plant(readFileSync(target, 'utf8')));
    }
    const ended = await run(process.execPath, commandOf(copy, proof.script), {
      cwd: copy,
      environment: proof.environment ?? {},
    });
    const unseen = proof.faults.filter((fault) => !fault.expected.test(ended.output)).map((fault) => fault.fault);
    if (unseen.length > 0) console.error(ended.output);
    return ended.code === 0 ? ['anything: it ended with 0', ...unseen] : unseen;
  } finally {
    rmSync(copy, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The words of the npm script, run in the copy with extra options that make its output complete. */
function commandOf(copy: string, script: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const words = (scripts[script] ?? '').split(' ').filter((word) => word !== '.');
  if (words[0] !== 'node') throw new Error(`there is no npm script ${script} that runs node`);
  if (script === 'check:lint') return [...words.slice(1), '--max-diagnostics=none', 'packages/core/src/planted'];
  if (script === 'test') return [...words.slice(1), 'packages/core/src/planted'];
  return words.slice(1);
}

/** A copy of what people write, beside the packages that are installed; its @dynamo packages are the copied ones. */
function copyWorkspace(copy: string): void {
  for (const name of readdirSync(workspaceRoot)) {
    if (['.git', '.tmp', 'node_modules', 'dynamo-data'].includes(name)) continue;
    cpSync(join(workspaceRoot, name), join(copy, name), {
      recursive: true,
      filter: (source) => !/\/(?:dist|node_modules)$/.test(source),
    });
  }
  const installed = join(workspaceRoot, 'node_modules');
  mkdirSync(join(copy, 'node_modules', '@dynamo'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name === '@dynamo' || name.startsWith('.vite')) continue;
    symlinkSync(join(installed, name), join(copy, 'node_modules', name));
  }
  for (const name of readdirSync(join(installed, '@dynamo'))) {
    const folder = name === 'examples' ? name : join('packages', name);
    symlinkSync(join(copy, folder), join(copy, 'node_modules', '@dynamo', name));
    // Of a package's own: another version of it is elsewhere in the tree.
    const own = join(workspaceRoot, folder, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(copy, folder, 'node_modules'));
  }
}
