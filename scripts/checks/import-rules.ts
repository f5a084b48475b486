// Who may import whom: examples -> host -> policies, fileops -> core, and no cycle between files.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { type PackageName, packageNames, readManifest } from '../workspace.ts';
import { findCycles } from './cycles.ts';
import { type Import, isTest, readImports, readSources, type SourceFile } from './source-files.ts';

const mayImport: Readonly<Record<PackageName, readonly PackageName[]>> = {
  core: [],
  policies: ['core'],
  fileops: ['core'],
  host: ['core', 'policies', 'fileops'],
};
const coreMayDependOn = new Set(['eventemitter3', 'p-queue', 're2js']);
const injectors = new Set(['tsyringe', 'reflect-metadata']);
const injectorFolder = 'packages/host/src/composition/';
/** Tests of any package may ask it whether the software that they need is there. */
const sharedTestFiles = new Set(['scripts/components.ts', 'scripts/workspace.ts']);

/** Each fault as `file:line: what is wrong`. */
export function findImportFaults(root: string): string[] {
  const sources = readSources(root);
  const known = new Set(sources.map((file) => file.path));
  const graph = new Map<string, string[]>();
  const faults = manifestFaults(root);
  for (const file of sources) {
    const targets: string[] = [];
    for (const found of readImports(file)) {
      if (found.specifier.startsWith('.')) {
        const target = posix.join(posix.dirname(file.path), found.specifier);
        if (known.has(target)) targets.push(target);
        else faults.push(at(file, found, `there is no ${target} (relative imports name the .ts file)`));
        faults.push(...relativeFaults(file, found, target));
      } else {
        faults.push(...packageFaults(root, file, found));
      }
    }
    graph.set(file.path, targets);
  }
  for (const cycle of findCycles(graph))
    faults.push(`${cycle[0]}:1: import cycle: ${[...cycle, cycle[0]].join(' -> ')}`);
  return faults;
}

function manifestFaults(root: string): string[] {
  const faults: string[] = [];
  for (const name of packageNames) {
    const path = `packages/${name}/package.json`;
    for (const dependency of Object.keys(readManifest(root, name).dependencies ?? {})) {
      const sibling = siblingOf(dependency);
      if (sibling !== undefined && !mayImport[name].includes(sibling)) {
        faults.push(`${path}:1: @dynamo/${name} must not depend on ${dependency}`);
      }
      if (name === 'core' && !coreMayDependOn.has(dependency)) {
        faults.push(
          `${path}:1: @dynamo/core may depend on ${[...coreMayDependOn].join(', ')} only, not on ${dependency}`,
        );
      }
    }
  }
  return faults;
}

function relativeFaults(file: SourceFile, found: Import, target: string): string[] {
  const home = homeOf(file.path);
  // Scripts are no package: they measure, and kill, what no entry point offers.
  if (file.path.startsWith('scripts/')) return [];
  if (homeOf(target) !== home && !(isTest(file.path) && sharedTestFiles.has(target))) {
    return [at(file, found, `a relative import must not leave ${home} (import the package by its name)`)];
  }
  if (isTest(target) && !isTest(file.path)) return [at(file, found, 'only tests may import what belongs to tests')];
  return [];
}

function packageFaults(root: string, file: SourceFile, found: Import): string[] {
  if (isBuiltin(found.specifier)) {
    return found.specifier.startsWith('node:') ? [] : [at(file, found, `write node:${found.specifier}`)];
  }
  const dependency = packageOf(found.specifier);
  const owner = ownerOf(file.path);
  if (injectors.has(dependency) && !file.path.startsWith(injectorFolder)) {
    return [at(file, found, `${dependency} is used in ${injectorFolder} and nowhere else`)];
  }
  const sibling = siblingOf(dependency);
  if (sibling !== undefined) return siblingFaults(root, file, found, sibling, owner);
  const declared = new Set(declaredFor(root, file));
  return declared.has(dependency)
    ? []
    : [at(file, found, `${dependency} is not among the dependencies of ${homeOf(file.path)}`)];
}

function siblingFaults(
  root: string,
  file: SourceFile,
  found: Import,
  sibling: PackageName,
  owner: PackageName | undefined,
): string[] {
  if (owner === sibling) return [at(file, found, 'a package imports its own files by relative paths')];
  if (owner !== undefined && !mayImport[owner].includes(sibling)) {
    return [at(file, found, `@dynamo/${owner} must not import @dynamo/${sibling}`)];
  }
  const subpath = `.${found.specifier.slice(`@dynamo/${sibling}`.length)}`;
  if (!(subpath in readManifest(root, sibling).exports)) {
    return [at(file, found, `${found.specifier} is inside a package: import one of its entry points`)];
  }
  const mayTest = owner === undefined || isTest(file.path) || file.path.includes('/testing/');
  if (subpath === './testing' && !mayTest) return [at(file, found, `${found.specifier} is for tests`)];
  return [];
}

/** Tests and scripts may use the tools of the workspace too. */
function declaredFor(root: string, file: SourceFile): string[] {
  const tools = readDependencies(root, 'package.json', 'devDependencies');
  const owner = ownerOf(file.path);
  if (owner !== undefined) {
    const own = Object.keys(readManifest(root, owner).dependencies ?? {});
    return isTest(file.path) ? [...own, ...tools] : own;
  }
  return file.path.startsWith('examples/')
    ? [...readDependencies(root, 'examples/package.json', 'dependencies'), ...tools]
    : tools;
}

function readDependencies(root: string, path: string, field: 'dependencies' | 'devDependencies'): string[] {
  const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, object | undefined>;
  return Object.keys(manifest[field] ?? {});
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function siblingOf(dependency: string): PackageName | undefined {
  return packageNames.find((name) => dependency === `@dynamo/${name}`);
}

function ownerOf(path: string): PackageName | undefined {
  return packageNames.find((name) => path.startsWith(`packages/${name}/`));
}

function homeOf(path: string): string {
  const owner = ownerOf(path);
  return owner === undefined ? (path.split('/')[0] ?? path) : `packages/${owner}`;
}

function at(file: SourceFile, found: Import, what: string): string {
  return `${file.path}:${found.line}: ${what} [${found.specifier}]`;
}
