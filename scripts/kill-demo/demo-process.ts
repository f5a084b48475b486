/** `dynamo demo --keep DIR` in a process of its own, which may be killed at a moment of its story. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** So long after a chapter's heading was told; chapter 0 is the start of the process. */
export interface DemoMoment {
  readonly chapter: number;
  readonly delayMs: number;
}

export interface DemoEnd {
  /** Null: it was killed. */
  readonly code: number | null;
  readonly output: string;
  /** When each heading was told, from the start, in milliseconds. */
  readonly headingsMs: readonly number[];
  readonly durationMs: number;
}

const MAIN = fileURLToPath(new URL('../../packages/host/src/cli/main.ts', import.meta.url));

/** Runs to the end, or until it is killed; it may end before that. */
export async function runDemoProcess(directory: string, killAt: DemoMoment | null): Promise<DemoEnd> {
  const flags = ['--conditions=@dynamo/source', '--disable-warning=ExperimentalWarning'];
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...flags, MAIN, 'demo', '--keep', directory], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const headingsMs: number[] = [];
  let output = '';
  const listen = (text: string): void => {
    const before = countHeadings(output);
    output += text;
    for (let told = before; told < countHeadings(output); told += 1) {
      headingsMs.push(performance.now() - startedMs);
      if (killAt !== null && told + 1 === killAt.chapter) killAfter(child, killAt.delayMs);
    }
  };
  child.stdout.setEncoding('utf8').on('data', listen);
  child.stderr.setEncoding('utf8').on('data', listen);
  if (killAt?.chapter === 0) killAfter(child, killAt.delayMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output, headingsMs, durationMs: performance.now() - startedMs };
}

function killAfter(child: ChildProcessByStdio<null, Readable, Readable>, delayMs: number): void {
  void sleep(delayMs, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
}

function countHeadings(output: string): number {
  return output.match(/^\d+\. /gm)?.length ?? 0;
}
