// The TypeScript files that people write here, and what each one imports.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseSync } from 'oxc-parser';

export interface SourceFile {
  /** From the workspace's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Gone after the types are stripped. */
  readonly isType: boolean;
}

const notWritten = new Set(['node_modules', 'dist', 'dynamo-data', '.git', '.tmp']);

/** Every file below the given folders, in byte order, without those that tools make. */
export function listFiles(root: string, folders: readonly string[], skipped: Iterable<string> = notWritten): string[] {
  const skippedFolders = new Set(skipped);
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (skippedFolders.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) found.push(relative(root, path).split(sep).join('/'));
    }
  };
  for (const folder of folders) visit(join(root, folder));
  return found.sort();
}

export function readSources(root: string): SourceFile[] {
  return listFiles(root, ['packages', 'examples', 'scripts'])
    .filter((path) => /\.m?[jt]s$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Static imports, re-exports, dynamic imports and import types; a dynamic one with a computed name is not seen. */
export function readImports(file: SourceFile): Import[] {
  const { module, program, errors } = parseSync(file.path, file.text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file.path}: does not parse: ${error.message}`);
  const imports: Import[] = [];
  for (const found of module.staticImports) {
    const isType = found.entries.length > 0 && found.entries.every((entry) => entry.isType);
    imports.push({ specifier: found.moduleRequest.value, line: lineAt(file.text, found.start), isType });
  }
  for (const found of module.staticExports) {
    const [entry] = found.entries;
    if (!entry?.moduleRequest) continue;
    const isType = found.entries.every((each) => each.isType);
    imports.push({ specifier: entry.moduleRequest.value, line: lineAt(file.text, found.start), isType });
  }
  forEachNode(program, (node) => {
    if (node.type !== 'ImportExpression' && node.type !== 'TSImportType') return;
    const source = node.source as { readonly type: string; readonly value?: unknown } | undefined;
    if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
    imports.push({
      specifier: source.value,
      line: lineAt(file.text, node.start),
      isType: node.type === 'TSImportType',
    });
  });
  return imports;
}

/** Tests, benchmarks, and what only they use: none of it is packed. */
export function isTest(path: string): boolean {
  return /\.(test|bench)\.ts$|\/(?:[\w-]+-)?fixtures\//.test(path);
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

function forEachNode(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const each of value) forEachNode(each, visit);
  else if (typeof value === 'object' && value !== null) {
    if ('type' in value && typeof value.type === 'string') visit(value as Node);
    for (const each of Object.values(value)) forEachNode(each, visit);
  }
}
