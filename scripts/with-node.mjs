// Does the set-up that a fresh clone needs (npm ci), then runs a script under the Node that package.json names.
// Plain JavaScript with no dependency: it must run on whatever Node the machine has, before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeBinary = join(root, 'node_modules', 'node', 'bin', 'node');
const installedMarker = join(root, 'node_modules', '.package-lock.json');

function isInstalled() {
  if (!existsSync(nodeBinary) || !existsSync(installedMarker)) return false;
  return statSync(installedMarker).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

function install() {
  process.stderr.write('setting up: npm ci (once) ...\n');
  const npmCli = process.env.npm_execpath;
  const [command, prefix] = npmCli?.endsWith('.js') ? [process.execPath, [npmCli]] : ['npm', []];
  const result = spawnSync(command, [...prefix, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0 || !existsSync(nodeBinary)) {
    process.stderr.write('setting up failed: see the messages of npm above; fix and run the command again\n');
    process.exit(2);
  }
}

if (!isInstalled()) install();

const child = spawn(nodeBinary, ['--conditions=@dynamo/source', '--disable-warning=ExperimentalWarning', ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: 'inherit',
  env: { ...process.env, PATH: [dirname(nodeBinary), process.env.PATH].join(delimiter) },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 128 : (code ?? 1)));
