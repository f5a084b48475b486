// Tests against real software (databases, storage servers, browsers) or reference data that is not in this repository:
// run where it is there, skipped by name where it is not, and failed in CI, where everything must be there.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { describe, it } from 'vitest';
import { workspaceRoot } from './workspace.ts';

export interface Component {
  /** As people call it: MariaDB, XRootD, the golden decisions. */
  readonly name: string;
  /** All of these programs must be on the path. */
  readonly programs?: readonly string[];
  /** All of these must exist; relative to the workspace's root. */
  readonly files?: readonly string[];
}

/** A `describe` whose tests need the component. */
export function describeWith(component: Component, title: string, body: () => void): void {
  const missing = [
    ...(component.programs ?? []).filter((program) => !isOnPath(program)),
    ...(component.files ?? []).filter((file) => !existsSync(resolve(workspaceRoot, file))),
  ];
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const reason = `needs ${component.name}, and ${missing.join(', ')} is not here`;
  if (process.env.CI === 'true') {
    describe(title, () => {
      it(reason, () => {
        throw new Error(`${reason}; in CI that is a failure (system packages: scripts/system-packages.txt)`);
      });
    });
    return;
  }
  describe.skip(`${title} (${reason})`, body);
}

function isOnPath(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
