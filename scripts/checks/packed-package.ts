// What can be said of a tarball by itself: its contents, its manifest, its types.
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { type Manifest, type PackageName, readManifest, workspaceRoot } from '../workspace.ts';
import { run, runNpm, runTool } from './run-tool.ts';
import { listFiles } from './source-files.ts';

export interface Tarball {
  readonly package: PackageName;
  readonly manifest: Manifest;
  /** The .tgz file. */
  readonly path: string;
  /** What it holds, unpacked. */
  readonly folder: string;
}

export async function packPackage(name: PackageName, destination: string): Promise<Tarball> {
  const source = join(workspaceRoot, 'packages', name);
  const packed = await runNpm(['pack', '--json', '--pack-destination', destination], { cwd: source });
  if (packed.code !== 0) throw new Error(`packages/${name}: npm pack failed:\n${packed.output}`);
  const manifest = readManifest(workspaceRoot, name);
  const path = join(destination, `dynamo-${name}-${manifest.version}.tgz`);
  if (!existsSync(path)) throw new Error(`packages/${name}: npm pack left no ${path}:\n${packed.output}`);
  const unpacked = await run('tar', ['-xzf', path, '--one-top-level'], { cwd: destination });
  if (unpacked.code !== 0) throw new Error(`packages/${name}: its tarball cannot be unpacked:\n${unpacked.output}`);
  return { package: name, manifest, path, folder: join(path.replace(/\.tgz$/, ''), 'package') };
}

/** Each fault as `packages/x: what is wrong`. */
export async function checkTarball(tarball: Tarball): Promise<string[]> {
  const faults = [...contentFaults(tarball), ...(await publintFaults(tarball)), ...(await typeFaults(tarball))];
  return faults.map((fault) => `packages/${tarball.package}: ${fault}`);
}

function contentFaults({ folder, manifest }: Tarball): string[] {
  const files = listFiles(folder, ['.'], []);
  const faults = files
    .filter((file) => /\.(test|bench)\.|\/fixtures\/|\.tsbuildinfo$/.test(file))
    .map((file) => `${file} is for the workspace only and is packed`);
  for (const wanted of ['README.md', 'LICENSE', ...entryFiles(manifest)]) {
    if (!files.includes(wanted.replace(/^\.\//, ''))) faults.push(`${wanted} is not packed`);
  }
  for (const file of files.filter((each) => /^dist\/.*\.js$/.test(each))) {
    faults.push(...danglingFaults(folder, file, files));
  }
  return faults;
}

function entryFiles(manifest: Manifest): string[] {
  const conditions = Object.values(manifest.exports).map((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );
  return [...conditions.flat(), ...Object.values(manifest.bin ?? {})];
}

/** Files that a built file names by URL (workers, pages), and the sources that its map promises. */
function danglingFaults(folder: string, file: string, packed: readonly string[]): string[] {
  const text = readFileSync(join(folder, file), 'utf8');
  const named = [...text.matchAll(/new URL\(\s*(['"`])(\.[^'"`]+)\1\s*,\s*import\.meta\.url/g)].map(
    (match) => match[2] ?? '',
  );
  const map = JSON.parse(readFileSync(join(folder, `${file}.map`), 'utf8')) as { sources: string[] };
  return [...named, ...map.sources]
    .filter((path) => {
      // Of a template only what comes before its first variable is known.
      const [known = ''] = path.split('${');
      const target = posix.join(posix.dirname(file), known);
      return !packed.some(
        (each) => each === target || (each.startsWith(target) && (known !== path || known.endsWith('/'))),
      );
    })
    .map((path) => `${file} names ${path}, which is not packed`);
}

async function publintFaults({ folder }: Tarball): Promise<string[]> {
  const { messages, pkg } = await publint({ pkgDir: folder, level: 'suggestion', strict: true, pack: false });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

async function typeFaults({ path }: Tarball): Promise<string[]> {
  const args = [path, '--profile', 'esm-only', '--format', 'ascii', '--no-color', '--no-emoji'];
  const ended = await runTool('node_modules/@arethetypeswrong/cli/dist/index.js', args);
  return ended.code === 0 ? [] : [`are-the-types-wrong:\n${ended.output}`];
}
