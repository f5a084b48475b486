import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../workspace.ts';

export interface Ended {
  readonly code: number;
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string;
  readonly stdout: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** It is ended by SIGTERM then; 5 minutes if left out. */
  readonly timeoutMs?: number;
}

/** Runs a JavaScript or TypeScript file of the workspace under the Node that runs us. */
export async function runTool(path: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return await run(process.execPath, ['--conditions=@dynamo/source', join(workspaceRoot, path), ...args], options);
}

/** Runs npm: the one that started us if there is one, else that of the path. */
export async function runNpm(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const cli = process.env.npm_execpath;
  const known = cli !== undefined && /npm-cli\.c?js$/.test(cli) && existsSync(cli);
  const quiet = [...args, '--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline'];
  return await (known ? run(process.execPath, [cli, ...quiet], options) : run('npm', quiet, options));
}

export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? workspaceRoot,
      env: { ...withoutNpmOptions(), ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 300_000,
    });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal ? `${output}${signal}\n` : output, stdout }),
    );
  });
}

/** Options of an outer `npm run` are not meant for what we start; the registry and the cache are. */
function withoutNpmOptions(): NodeJS.ProcessEnv {
  const kept = /^npm_config_(?:registry|cache|userconfig|globalconfig|.*proxy|cafile|strict_ssl)$|^npm_execpath$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || kept.test(name)));
}
