// Packs each package, installs the tarballs into an empty project outside the workspace, and uses them as a stranger
// would: every entry point is imported, and a small consumer is type-checked without skipLibCheck.
//
//   check-packages.ts [--no-build]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkConsumer } from './checks/consumer-project.ts';
import { checkTarball, packPackage, type Tarball } from './checks/packed-package.ts';
import { runTool } from './checks/run-tool.ts';
import { packageNames, workspaceRoot } from './workspace.ts';

const faults: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'dynamo-packages-'));
try {
  if (!process.argv.includes('--no-build')) {
    const build = await runTool('scripts/build.ts', []);
    if (build.code !== 0) throw new Error(`the build failed:\n${build.output}`);
  }
  const tarballs: Tarball[] = [];
  for (const name of packageNames) tarballs.push(await packPackage(name, folder));
  for (const tarball of tarballs) faults.push(...(await checkTarball(tarball)));
  for (const tarball of tarballs) faults.push(...(await checkConsumer(tarball, tarballs, folder)));
} catch (error) {
  faults.push(error instanceof Error ? error.message : String(error));
} finally {
  // A package manager may still be writing its log when it has ended.
  await sleep(100);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
for (const fault of faults) console.error(fault);
console.log(`packages: ${faults.length} faults in ${packageNames.length} packages of ${workspaceRoot}`);
if (faults.length > 0) process.exitCode = 1;
