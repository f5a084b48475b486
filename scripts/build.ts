// Builds dist of each package: JavaScript, declarations, maps. Old output goes first, so that nothing stale is packed.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageNames, readManifest, workspaceRoot } from './workspace.ts';

const compiler = join(workspaceRoot, 'node_modules', 'typescript', 'bin', 'tsc');

for (const name of packageNames) {
  const folder = join(workspaceRoot, 'packages', name);
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  const result = spawnSync(process.execPath, [compiler, '-p', join(folder, 'tsconfig.build.json')], {
    stdio: 'inherit',
  });
  if (result.status !== 0) {
    console.error(`build: packages/${name} does not compile; see above`);
    process.exit(1);
  }
  for (const file of Object.values(readManifest(workspaceRoot, name).bin ?? {})) {
    if (existsSync(join(folder, file))) chmodSync(join(folder, file), 0o755);
  }
}
