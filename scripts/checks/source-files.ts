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
    .filter((path) => /\.m?[jt]s$/.test(path) && !path.includes('/fixtures/'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Static imports, re-exports, dynamic imports and import types; a dynamic one with a computed name is not seen. */
export function readImports(file: SourceFile): Import[] {
  const { module, errors } = parseSync(file.path, file.text);
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
  const dynamic = new Set(module.dynamicImports.map((found) => found.start));
  for (const match of withoutComments(file).matchAll(/\bimport\(\s*(['"])([^'"]+)\1/g)) {
    imports.push({
      specifier: match[2] ?? '',
      line: lineAt(file.text, match.index),
      isType: !dynamic.has(match.index),
    });
  }
  return imports;
}

export function isTest(path: string): boolean {
  return /\.(test|bench)\.ts$/.test(path);
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** The text with its comments blanked, so that an example in a docstring is not taken for code. */
function withoutComments(file: SourceFile): string {
  let text = file.text;
  for (const comment of parseSync(file.path, file.text).comments) {
    const blank = text.slice(comment.start, comment.end).replaceAll(/[^\n]/g, ' ');
    text = text.slice(0, comment.start) + blank + text.slice(comment.end);
  }
  return text;
}
