import { type Logger, pino } from 'pino';

export interface LogOptions {
  readonly level: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Null: standard error. */
  readonly file: string | null;
}

/** One JSON object per line. Written as it comes: what was logged before a crash is in the log. */
export function createLog({ level, file }: LogOptions): Logger {
  const destination = pino.destination({ dest: file ?? 2, sync: true, mkdir: true, mode: 0o600 });
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
