// Where things are in this workspace, for the scripts beside this file.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const workspaceRoot: string = dirname(dirname(fileURLToPath(import.meta.url)));

/** The packages in the order in which they are built: each one imports only those before it. */
export const packageNames = ['core', 'policies', 'fileops', 'host'] as const;

export type PackageName = (typeof packageNames)[number];

/** What a manifest says, as far as the scripts ask for it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
}

export function readManifest(root: string, name: PackageName): Manifest {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest;
}
