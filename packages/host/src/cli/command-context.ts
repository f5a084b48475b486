import type { Clock } from '@dynamo/core';
import type { Environment } from '../configuration/environment.ts';
import type { Terminal } from './terminal.ts';

/** 0: done. 1: the work ran and found or did something wrong. 2: wrong usage or unreadable input. */
export type ExitCode = 0 | 1 | 2 | 130;

/** What every command gets. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly environment: Environment;
  readonly clock: Clock;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** `dynamo lock add`, say: shown to whoever is refused the store meanwhile. */
  running: string;
  /** How the process is to end where nothing is thrown. */
  exitCode: ExitCode;
}
