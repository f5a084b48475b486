/** Where a command writes: results to standard output, everything else to standard error. */
import { Presets, SingleBar } from 'cli-progress';

export interface Terminal {
  /** False once whoever read standard output has gone (`dynamo dump | head`): nothing more need be written. */
  readonly isOpen: boolean;
  /** True where a person looks on: bars and colours are for them alone. */
  readonly isInteractive: boolean;
  /** One line, or several, of the result. */
  print(text: string): void;
  /** A piece of a long result; resolves when more may be written. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** A line on standard error. */
  warn(text: string): void;
  /** A bar on a terminal, nothing elsewhere. To be ended, whatever happens. */
  progress(title: string): Progress;
}

export interface Progress extends Disposable {
  update(done: number, total: number): void;
}

export function processTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  let isOpen = true;
  const leave = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    isOpen = false;
  };
  stdout.on('error', leave);
  // Nobody is left to be told about it.
  stderr.on('error', () => {});
  const isInteractive = stdout.isTTY === true && stderr.isTTY === true;
  return {
    get isOpen() {
      return isOpen;
    },
    isInteractive,
    print(text) {
      if (isOpen) stdout.write(`${text}\n`);
    },
    write(chunk) {
      if (!isOpen) return Promise.resolve();
      return new Promise((resolve) => {
        stdout.write(chunk, () => resolve());
      });
    },
    warn(text) {
      stderr.write(`${text}\n`);
    },
    progress: (title) => (isInteractive ? bar(title, stderr) : silence),
  };
}

const silence: Progress = Object.freeze({ update: () => {}, [Symbol.dispose]: () => {} });

function bar(title: string, stream: NodeJS.WritableStream): Progress {
  const shown = new SingleBar(
    {
      format: `  ${title} {bar} {value}/{total}`,
      stream,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update(done, total) {
      if (!started) shown.start(total, done);
      else shown.setTotal(total);
      started = true;
      shown.update(done);
    },
    [Symbol.dispose]: () => shown.stop(),
  };
}
