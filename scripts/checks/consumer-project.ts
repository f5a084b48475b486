// An empty project outside the workspace that installs one package, with its siblings, from tarballs.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { workspaceRoot } from '../workspace.ts';
import type { Tarball } from './packed-package.ts';
import { run, runNpm, runTool } from './run-tool.ts';
import { isTest, listFiles } from './source-files.ts';

/** Each fault as `packages/x: what is wrong`. */
export async function checkConsumer(tarball: Tarball, all: readonly Tarball[], destination: string): Promise<string[]> {
  const folder = join(destination, `consumer-of-${tarball.package}`);
  const needed = closure(tarball, all);
  const entryPoints = entryPointsOf(tarball);
  const exampleFiles = examplesFor(needed);
  const examples = exampleFiles.filter((file) => file.endsWith('.ts'));
  writeProject(folder, needed, entryPoints);
  for (const file of exampleFiles) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(workspaceRoot, 'examples', file), join(folder, file));
  }
  const installed = await runNpm(['install', '--ignore-scripts'], { cwd: folder });
  const faults: string[] = [];
  if (installed.code !== 0) faults.push(`cannot be installed:\n${installed.output}`);
  else {
    for (const entryPoint of entryPoints) faults.push(...(await importFaults(folder, entryPoint)));
    faults.push(...(await commandFaults(folder, tarball)));
    for (const resolution of ['nodenext', 'bundler']) {
      faults.push(...(await typeFaults(folder, resolution, ['consumer.ts', ...examples])));
    }
    for (const example of examples) faults.push(...(await exampleFaults(folder, example)));
  }
  return faults.map((fault) => `packages/${tarball.package}: ${fault}`);
}

function closure(tarball: Tarball, all: readonly Tarball[]): Tarball[] {
  const siblings = all.filter((each) => each.manifest.name in (tarball.manifest.dependencies ?? {}));
  return [...new Set([tarball, ...siblings.flatMap((sibling) => closure(sibling, all))])];
}

/** The examples, in the consumer that has just the packages that they need. */
function examplesFor(needed: readonly Tarball[]): string[] {
  const manifest = JSON.parse(readFileSync(join(workspaceRoot, 'examples', 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const wanted = Object.keys(manifest.dependencies).sort().join();
  const have = needed.map((each) => each.manifest.name).sort();
  if (have.join() !== wanted) return [];
  return listFiles(workspaceRoot, ['examples'])
    .filter((path) => !isTest(path) && path !== 'examples/package.json')
    .map((path) => relative('examples', path));
}

async function exampleFaults(folder: string, example: string): Promise<string[]> {
  const ended = await run(process.execPath, [example], { cwd: folder, timeoutMs: 60_000 });
  return ended.code === 0 ? [] : [`examples/${example} fails with it:\n${ended.output}`];
}

function entryPointsOf({ manifest }: Tarball): string[] {
  return Object.keys(manifest.exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => manifest.name + subpath.slice(1));
}

function writeProject(folder: string, needed: readonly Tarball[], entryPoints: readonly string[]): void {
  mkdirSync(folder);
  const tools = JSON.parse(readFileSync(join(workspaceRoot, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const dependencies = Object.fromEntries(needed.map((each) => [each.manifest.name, `file:${each.path}`]));
  const devDependencies = { '@types/node': tools.devDependencies['@types/node'] };
  const manifest = { name: 'consumer', version: '1.0.0', private: true, type: 'module', dependencies, devDependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  const imports = entryPoints.map((entryPoint, n) => `import * as entry${n} from '${entryPoint}';`);
  const uses = entryPoints.map((_, n) => `export const names${n}: readonly string[] = Object.keys(entry${n});`);
  writeFileSync(join(folder, 'consumer.ts'), [...imports, ...uses, ''].join('\n'));
}

/** In a process of its own: an entry point only defines things, so the process must end by itself, in silence. */
async function importFaults(folder: string, entryPoint: string): Promise<string[]> {
  const program = `const names = Object.keys(await import('${entryPoint}')); process.exitCode = names.length > 0 ? 0 : 9;`;
  const ended = await run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: folder,
    timeoutMs: 30_000,
  });
  if (ended.code === 9) return [`${entryPoint} exports nothing`];
  if (ended.code !== 0) return [`${entryPoint} cannot be imported:\n${ended.output}`];
  return ended.output === '' ? [] : [`importing ${entryPoint} prints something:\n${ended.output}`];
}

async function commandFaults(folder: string, { manifest }: Tarball): Promise<string[]> {
  const faults: string[] = [];
  for (const name of Object.keys(manifest.bin ?? {})) {
    const ended = await run(process.execPath, [join(folder, 'node_modules', '.bin', name), '--help'], { cwd: folder });
    if (ended.code !== 0) faults.push(`the command ${name} --help ends with code ${ended.code}:\n${ended.output}`);
  }
  return faults;
}

async function typeFaults(folder: string, moduleResolution: string, files: readonly string[]): Promise<string[]> {
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'esnext.iterator', 'esnext.collection'],
    module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
    moduleResolution,
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  };
  const path = join(folder, `tsconfig.${moduleResolution}.json`);
  writeFileSync(path, JSON.stringify({ compilerOptions, files }, null, 2));
  const ended = await runTool('node_modules/typescript/bin/tsc', ['-p', path], { cwd: folder });
  return ended.code === 0 ? [] : [`its types fail a consumer (${moduleResolution}):\n${ended.output}`];
}
