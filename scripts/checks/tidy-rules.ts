// The rules of style that no other tool here checks.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import { packageNames } from '../workspace.ts';
import { lineAt, listFiles, readSources, type SourceFile } from './source-files.ts';

const maxLines = 400;
/** Longer ones, each with the reason why it is not cut. */
const longFiles: ReadonlyMap<string, string> = new Map([]);

const topLevel = new Set([
  ...['packages', 'examples', 'scripts', 'docs', '.ci'],
  ...['README.md', 'ARCHITECTURE.md', 'GLOSSARY.md', 'CHANGELOG.md', 'LICENSE'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'biome.json', 'knip.json', 'vitest.config.ts'],
  ...['.gitignore', '.npmrc'],
]);
const notOurs = new Set(['.git', 'node_modules', '.tmp', 'dynamo-data']);

const entryPoints = new Set([
  ...packageNames.map((name) => `packages/${name}/src/index.ts`),
  'packages/core/src/testing/index.ts',
]);
/** The one place where a test may be skipped: the software it needs is missing. */
const availabilityFile = 'scripts/components.ts';

const unfinished = /\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/;
const skipped = /\b(?:describe|it|test|suite)(?:\.\w+)*\.(?:only|skip|todo|skipIf|runIf|fails)\b/;
const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*$/;

/** Each fault as `file:line: what is wrong`. */
export function findTidyFaults(root: string): string[] {
  const sources = readSources(root);
  return [
    ...topLevelFaults(root),
    ...sources.flatMap(nameFaults),
    ...sources.flatMap(lengthFaults),
    ...sources.flatMap(skipFaults),
    ...sources.flatMap(exportFaults),
    ...sources.filter((file) => posix.basename(file.path) === 'index.ts').flatMap(entryPointFaults),
    ...unfinishedFaults(root, sources),
    ...packageFolderFaults(root),
    ...versionFaults(root),
    ...lockFaults(root),
  ];
}

function topLevelFaults(root: string): string[] {
  return readdirSync(root)
    .filter((name) => !topLevel.has(name) && !notOurs.has(name))
    .map((name) => `${name}:1: does not belong at the top level`);
}

function nameFaults(file: SourceFile): string[] {
  const bad = file.path.split('/').filter((part) => !kebabCase.test(part));
  return bad.map((part) => `${file.path}:1: ${part} is not kebab-case`);
}

function lengthFaults(file: SourceFile): string[] {
  const lines = lineAt(file.text, file.text.length) - 1;
  if (lines <= maxLines || longFiles.has(file.path)) return [];
  return [`${file.path}:${maxLines}: ${lines} lines, more than ${maxLines}: cut it in two`];
}

function skipFaults(file: SourceFile): string[] {
  if (file.path === availabilityFile) return [];
  const found = skipped.exec(file.text);
  if (found === null) return [];
  return [
    `${file.path}:${lineAt(file.text, found.index)}: ${found[0]}: use describeWith of ${availabilityFile}, or no skip at all`,
  ];
}

function exportFaults(file: SourceFile): string[] {
  if (/\.config\.ts$/.test(file.path)) return [];
  return parseSync(file.path, file.text)
    .module.staticExports.filter((each) => each.entries.some((entry) => entry.exportName.kind === 'Default'))
    .map((each) => `${file.path}:${lineAt(file.text, each.start)}: default export`);
}

/** An entry point is a table of contents: named re-exports and nothing else. Folders have none. */
function entryPointFaults(file: SourceFile): string[] {
  if (!entryPoints.has(file.path)) return [`${file.path}:1: a folder barrel: import the files themselves`];
  const { body } = parseSync(file.path, file.text).program;
  return body
    .filter(
      (node) =>
        node.type !== 'ExportNamedDeclaration' ||
        (node.source === null && node.specifiers.length > 0) ||
        node.declaration !== null,
    )
    .map(
      (node) =>
        `${file.path}:${lineAt(file.text, node.start)}: an entry point only lists names: export { a, b } from './file.ts'`,
    );
}

function unfinishedFaults(root: string, sources: readonly SourceFile[]): string[] {
  const documents = ['README.md', 'ARCHITECTURE.md', 'GLOSSARY.md', 'CHANGELOG.md', ...markdown(root)]
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  return [...sources, ...documents].flatMap((file) => {
    const found = unfinished.exec(file.text);
    return found === null
      ? []
      : [`${file.path}:${lineAt(file.text, found.index)}: ${found[0]}: finish it or file an issue`];
  });
}

function markdown(root: string): string[] {
  const folders = ['packages', 'docs', 'examples'].filter((folder) => existsSync(join(root, folder)));
  return listFiles(root, folders).filter((path) => path.endsWith('.md'));
}

function packageFolderFaults(root: string): string[] {
  return packageNames.flatMap((name) =>
    ['README.md', 'LICENSE', 'package.json', 'tsconfig.build.json']
      .filter((file) => !existsSync(join(root, 'packages', name, file)))
      .map((file) => `packages/${name}/${file}:1: is missing`),
  );
}

interface DependencyFields {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Versions are exact, so that a fresh clone gets what was tested. */
function versionFaults(root: string): string[] {
  const manifests = [
    'package.json',
    'examples/package.json',
    ...packageNames.map((name) => `packages/${name}/package.json`),
  ];
  return manifests.flatMap((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as DependencyFields;
    const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    return wanted
      .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${path}:1: ${name} ${version} is not an exact version`);
  });
}

interface LockEntry {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A lock file made on one platform may lack what others need, and npm ci then refuses it everywhere. */
function lockFaults(root: string): string[] {
  const path = 'package-lock.json';
  const { packages } = JSON.parse(readFileSync(join(root, path), 'utf8')) as { packages: Record<string, LockEntry> };
  return Object.entries(packages).flatMap(([location, entry]) => {
    const faults: string[] = [];
    if (
      entry.resolved !== undefined &&
      entry.link !== true &&
      !entry.resolved.startsWith('https://registry.npmjs.org/')
    ) {
      faults.push(`${path}:1: ${location} comes from ${entry.resolved}, not from the public registry`);
    }
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!(`${location}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages)) {
        faults.push(`${path}:1: ${name}, optional for ${location}, is not in the lock file: npm ci will refuse it`);
      }
    }
    return faults;
  });
}
