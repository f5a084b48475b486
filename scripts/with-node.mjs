// Does the set-up that a fresh clone needs (npm ci), then runs a script under the Node that package.json names.
//
//   node scripts/with-node.mjs [--at-caller] [NODE-OPTION...] SCRIPT [ARGUMENT...]
//
// Plain JavaScript without dependencies: it must run on whatever Node the machine has, before anything is installed.
// SCRIPT is looked up in the workspace and runs there; with --at-caller it runs where the person typed the command,
// so that relative paths among the arguments mean what they say.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeBinary = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const lockFile = join(root, 'package-lock.json');
// npm writes this file last, after all packages are unpacked and their install scripts have ended.
const installedFile = join(root, 'node_modules', '.package-lock.json');
const setupLock = join(root, '.tmp', 'setup.lock');

const heartbeatMs = 1_000;
const silentMs = 10_000;
const abandonedMs = 600_000;
const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const words = process.argv.slice(2);
const firstWord = words.findIndex((word) => !word.startsWith('--'));
const options = words.slice(0, firstWord < 0 ? words.length : firstWord);
const [script, ...scriptArguments] = words.slice(options.length);
const atCaller = options.includes('--at-caller');
const nodeOptions = [
  '--conditions=@dynamo/source',
  '--disable-warning=ExperimentalWarning',
  ...options.filter((option) => option !== '--at-caller'),
];
if (script === undefined) fail('usage: node scripts/with-node.mjs [--at-caller] [NODE-OPTION...] SCRIPT [ARGUMENT...]');

if (!isInstalled()) await setUp();
await run(isAbsolute(script) ? script : resolve(root, script), scriptArguments);

/** True if every package of the lock file is there in its version: no clock is asked, git changes times at will. */
function isInstalled() {
  if (!existsSync(nodeBinary)) return false;
  const wanted = readPackages(lockFile);
  const installed = readPackages(installedFile);
  if (wanted === undefined) fail(`${lockFile} is missing or not JSON; restore it (git checkout package-lock.json)`);
  if (installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || !path.includes('node_modules/')) return true;
    const found = installed[path];
    // Optional packages are left out where they do not fit the machine (binaries for other platforms).
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

async function setUp() {
  const token = await takeSetupLock();
  try {
    if (isInstalled()) return;
    await install(token);
  } finally {
    releaseSetupLock(token);
  }
}

/** Two commands may start at once on a fresh clone: one installs, the others wait for it. */
async function takeSetupLock() {
  const token = `${process.pid}-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  mkdirSync(dirname(setupLock), { recursive: true });
  let told = false;
  for (;;) {
    try {
      writeFileSync(setupLock, JSON.stringify({ token }), { flag: 'wx' });
      return token;
    } catch (error) {
      if (error.code !== 'EEXIST') fail(`cannot create ${setupLock}: ${error.message}`);
    }
    if (isAbandoned()) {
      // Whoever renames last owns it: look once more when the others, who saw the same, have done it too.
      writeFileSync(`${setupLock}.${token}`, JSON.stringify({ token }));
      renameSync(`${setupLock}.${token}`, setupLock);
      await sleep(500);
      if (readLock()?.token === token) return token;
    }
    if (!told) process.stderr.write('another command is doing the set-up; waiting for it ...\n');
    told = true;
    await sleep(200);
  }
}

/** The owner touches the lock every second. An npm that outlived a killed owner must end before we begin. */
function isAbandoned() {
  try {
    const silenceMs = Date.now() - statSync(setupLock).mtimeMs;
    if (silenceMs < silentMs) return false;
    return silenceMs > abandonedMs || !isAlive(readLock()?.npmProcess);
  } catch {
    return false;
  }
}

function readLock() {
  try {
    return JSON.parse(readFileSync(setupLock, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(processId) {
  if (processId === undefined) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function releaseSetupLock(token) {
  if (readLock()?.token === token) unlinkSync(setupLock);
}

async function install(token) {
  process.stderr.write('setting up: npm ci (once; it brings Node and the other tools) ...\n');
  // Gone first, so that an interrupted removal of the old packages cannot look like a finished installation.
  rmSync(installedFile, { force: true });
  const npm = npmCommand();
  const child = spawn(
    npm.command,
    [
      ...npm.arguments,
      'ci',
      '--include=dev',
      '--include=optional',
      '--prefer-offline',
      '--fetch-retry-mintimeout=2000',
      '--fetch-retry-maxtimeout=15000',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ],
    { cwd: root, stdio: ['ignore', 2, 2], env: setUpEnvironment() },
  );
  writeFileSync(setupLock, JSON.stringify({ token, npmProcess: child.pid }));
  const heartbeat = setInterval(() => {
    try {
      utimesSync(setupLock, new Date(), new Date());
    } catch {
      // Someone cleaned .tmp: nothing to keep alive, the installation itself is not harmed.
    }
  }, heartbeatMs);
  const stop = forwardSignals(child);
  const { code, signal, error } = await ended(child);
  clearInterval(heartbeat);
  stop();
  if (signal) {
    releaseSetupLock(token);
    endLike(signal);
    return new Promise(() => {});
  }
  if (error || code !== 0) {
    releaseSetupLock(token);
    fail(
      `set-up failed: ${error ? `cannot start npm (${error.message})` : `npm ci ended with code ${code}`}, see its messages above.\n` +
        'It needs the npm registry (network, or npm_config_registry for a mirror). Mend that and run the command again.',
    );
  }
  if (!existsSync(nodeBinary)) {
    releaseSetupLock(token);
    fail(
      `set-up failed: npm ci left no ${nodeBinary}.\n` +
        'The package "node" fetches it in its install script: allow install scripts (npm config get ignore-scripts) and run the command again.',
    );
  }
}

/** The npm that runs us, if one does; its own Node may be the one that npm ci is about to replace, so PATH decides. */
function npmCommand() {
  const cli = process.env.npm_execpath;
  const startedByNpm = cli !== undefined && /npm-cli\.c?js$/.test(cli) && existsSync(cli);
  return startedByNpm ? { command: process.execPath, arguments: [cli] } : { command: 'npm', arguments: [] };
}

/** Options of the outer `npm run` (--prefix, --workspace, --omit ...) arrive as variables and are not meant for npm ci. */
function setUpEnvironment() {
  const dropped =
    /^npm_config_(prefix|local_prefix|workspaces?|include_workspace_root|global|location|omit|only|production|dry_run|json)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name)));
}

async function run(path, args) {
  if (!existsSync(path)) fail(`there is no ${path}`);
  const child = spawn(nodeBinary, [...nodeOptions, path, ...args], {
    cwd: atCaller ? callersDirectory() : root,
    stdio: 'inherit',
    env: { ...process.env, PATH: [dirname(nodeBinary), process.env.PATH].join(delimiter) },
  });
  const stop = forwardSignals(child);
  const { code, signal, error } = await ended(child);
  stop();
  if (error) fail(`cannot start ${nodeBinary}: ${error.message}; remove node_modules and run the command again`);
  if (signal) endLike(signal);
  else process.exitCode = code;
}

/** npm changes to the workspace's root and leaves the caller's directory in INIT_CWD; elsewhere INIT_CWD is stale. */
function callersDirectory() {
  const here = process.cwd();
  const started = process.env.INIT_CWD;
  return here === root && started !== undefined && existsSync(started) ? started : here;
}

function forwardSignals(child) {
  // A terminal sends Ctrl-C to the whole group, the child included: a second copy would look like impatience.
  const atTerminal = process.stdin.isTTY === true;
  const listeners = forwardedSignals.map((signal) => {
    const listener = () => {
      if (signal !== 'SIGINT' || !atTerminal) child.kill(signal);
    };
    process.on(signal, listener);
    return [signal, listener];
  });
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

function ended(child) {
  return new Promise((resolveEnd) => {
    child.once('error', (error) => resolveEnd({ code: null, signal: null, error }));
    child.once('close', (code, signal) => resolveEnd({ code, signal, error: undefined }));
  });
}

/** Ends this process by the signal that ended the child; 128 + its number where the signal is not deadly here. */
function endLike(signal) {
  process.exitCode = 128 + (constants.signals[signal] ?? 0);
  process.kill(process.pid, signal);
}

function sleep(ms) {
  return new Promise((resolveSleep) => setTimeout(resolveSleep, ms));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
