// The set-up is run here with a small stand-in for npm, which is fast and can be made to fail, hang or be slow.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workspaceRoot } from './workspace.ts';

const standInForNpm = `
const fs = require('node:fs');
const path = require('node:path');
fs.appendFileSync('npm-calls.log', process.argv.slice(2, 3).join(' ') + ' prefix=' + process.env.npm_config_prefix + '\\n');
setTimeout(() => {
  if (process.env.NPM_FAILS === 'yes') process.exit(1);
  fs.mkdirSync('node_modules/node/bin', { recursive: true });
  if (process.env.NPM_WITHOUT_SCRIPTS !== 'yes') {
    fs.rmSync('node_modules/node/bin/node', { force: true });
    fs.symlinkSync(process.execPath, 'node_modules/node/bin/node');
  }
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
}, Number(process.env.NPM_TAKES_MS ?? 0));
`;

let root: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dynamo-setup-'));
  mkdirSync(join(root, 'scripts'));
  copyFileSync(join(workspaceRoot, 'scripts', 'with-node.mjs'), join(root, 'scripts', 'with-node.mjs'));
  writeFileSync(join(root, 'npm-cli.cjs'), standInForNpm);
  writeFileSync(
    join(root, 'main.mjs'),
    "console.log('ran in', process.cwd(), 'with', process.argv.slice(2).join(','));",
  );
  writeLock('1.0.0');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

describe('set-up', () => {
  it('installs once on a fresh clone and then no more', async () => {
    expect(await start(['main.mjs', 'a', 'b']).end).toMatchObject({ code: 0, out: `ran in ${root} with a,b\n` });
    expect(await start(['main.mjs']).end).toMatchObject({ code: 0, err: '' });
    expect(npmCalls()).toHaveLength(1);
  });

  it('installs again when the lock file asks for another version, whatever the times of the files', async () => {
    await start(['main.mjs']).end;
    writeLock('1.0.1');
    utimesSync(join(root, 'package-lock.json'), 0, 0);
    expect(await start(['main.mjs']).end).toMatchObject({ code: 0 });
    expect(npmCalls()).toHaveLength(2);
  });

  it('does not ask for optional packages of other platforms', async () => {
    await start(['main.mjs']).end;
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    lock.packages['node_modules/other-platform'] = { version: '1.0.0', optional: true };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
    await start(['main.mjs']).end;
    expect(npmCalls()).toHaveLength(1);
  });

  it('installs again after an interruption', async () => {
    const first = start(['main.mjs'], { NPM_TAKES_MS: '60000' });
    await until(() => npmCalls().length === 1);
    first.child.kill('SIGTERM');
    expect(await first.end).toMatchObject({ signal: 'SIGTERM' });
    expect(existsSync(join(root, '.tmp', 'setup.lock'))).toBe(false);
    expect(await start(['main.mjs']).end).toMatchObject({ code: 0 });
  });

  it('lets one of several commands install and the others wait', async () => {
    const ends = await Promise.all([1, 2, 3].map((n) => start(['main.mjs', `${n}`], { NPM_TAKES_MS: '700' }).end));
    expect(ends.map((end) => end.out.trim().slice(-1))).toEqual(['1', '2', '3']);
    expect(npmCalls()).toHaveLength(1);
  });

  it('takes over from an owner that was killed, but not while its npm still works', async () => {
    const npm = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 1500)']);
    children.push(npm);
    leaveSilentLock({ token: 'killed', npmProcess: npm.pid });
    const began = Date.now();
    expect(await start(['main.mjs']).end).toMatchObject({ code: 0 });
    expect(Date.now() - began).toBeGreaterThan(1000);
    expect(npmCalls()).toHaveLength(1);
  });

  it('lets only one of many take over', async () => {
    leaveSilentLock({ token: 'killed' });
    const environment = { NPM_TAKES_MS: '500' };
    const ends = await Promise.all([1, 2, 3].map(() => start(['main.mjs'], environment).end));
    expect(ends.map((end) => end.code)).toEqual([0, 0, 0]);
    expect(npmCalls()).toHaveLength(1);
  });

  it('says what to do when npm fails, and succeeds afterwards', async () => {
    const failed = await start(['main.mjs'], { NPM_FAILS: 'yes' }).end;
    expect(failed).toMatchObject({ code: 2, out: '' });
    expect(failed.err).toMatch(/npm ci ended with code 1.*\n.*network/);
    expect(await start(['main.mjs']).end).toMatchObject({ code: 0 });
  });

  it('says what to do where install scripts are forbidden', async () => {
    const failed = await start(['main.mjs'], { NPM_WITHOUT_SCRIPTS: 'yes' }).end;
    expect(failed.code).toBe(2);
    expect(failed.err).toContain('ignore-scripts');
  });

  it('keeps options of the outer npm from the inner one', async () => {
    await start(['main.mjs'], { npm_config_prefix: '/elsewhere' }).end;
    expect(npmCalls()).toEqual(['ci prefix=undefined']);
  });
});

describe('running', () => {
  it('runs at the root, or where the person was with --at-caller', async () => {
    expect((await start(['main.mjs'], { INIT_CWD: tmpdir() }).end).out).toContain(`ran in ${root} `);
    expect((await start(['--at-caller', 'main.mjs'], { INIT_CWD: tmpdir() }).end).out).toContain(`ran in ${tmpdir()} `);
  });

  it('does not believe an INIT_CWD left over from another npm', async () => {
    const end = await start(['--at-caller', 'main.mjs'], { INIT_CWD: '/' }, join(root, 'scripts')).end;
    expect(end.out).toContain(`ran in ${join(root, 'scripts')} `);
  });

  it('ends with the code or the signal of the script', async () => {
    writeFileSync(join(root, 'seven.mjs'), 'process.exit(7)');
    writeFileSync(join(root, 'killed.mjs'), "process.kill(process.pid, 'SIGKILL')");
    expect(await start(['seven.mjs']).end).toMatchObject({ code: 7 });
    expect(await start(['killed.mjs']).end).toMatchObject({ signal: 'SIGKILL' });
  });

  it('hands a signal on and lets the script end its work', async () => {
    writeFileSync(
      join(root, 'polite.mjs'),
      "process.on('SIGTERM', () => { console.log('put away'); process.exit(3); }); console.log('up'); setInterval(() => {}, 1000);",
    );
    const running = start(['polite.mjs']);
    await until(() => running.output().includes('up'));
    running.child.kill('SIGTERM');
    expect(await running.end).toMatchObject({ code: 3, out: 'up\nput away\n' });
  });

  it('hands options before the script to Node', async () => {
    writeFileSync(join(root, 'gc.mjs'), 'console.log(typeof globalThis.gc, process.argv[2]);');
    expect((await start(['--expose-gc', 'gc.mjs', '--kept']).end).out).toBe('function --kept\n');
  });

  it('refuses a script that is not there', async () => {
    expect(await start(['nowhere.ts']).end).toMatchObject({ code: 2, err: expect.stringContaining('there is no') });
    expect(await start([]).end).toMatchObject({ code: 2, err: expect.stringContaining('usage') });
  });
});

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly end: Promise<End>;
  readonly output: () => string;
}

function start(args: readonly string[], environment: Record<string, string> = {}, cwd: string = root): Running {
  const child = spawn(process.execPath, [join(root, 'scripts', 'with-node.mjs'), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, npm_execpath: join(root, 'npm-cli.cjs'), ...environment },
  });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const end = new Promise<End>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  return { child, end, output: () => out };
}

function writeLock(version: string): void {
  const lock = { packages: { '': { name: 'x' }, 'packages/core': {}, 'node_modules/tool': { version } } };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
}

function leaveSilentLock(content: unknown): void {
  mkdirSync(join(root, '.tmp'), { recursive: true });
  writeFileSync(join(root, '.tmp', 'setup.lock'), JSON.stringify(content));
  const minuteAgo = Date.now() / 1000 - 60;
  utimesSync(join(root, '.tmp', 'setup.lock'), minuteAgo, minuteAgo);
}

function npmCalls(): string[] {
  const log = join(root, 'npm-calls.log');
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited 10 s in vain');
    await sleep(20);
  }
}
