import { type Column, formatCount, formatTable } from '../cli/format.ts';
import type { Progress, Terminal } from '../cli/terminal.ts';

/** What the demo tells, chapter by chapter, and the figures that it is judged by. */
export class Story {
  readonly #terminal: Terminal;
  readonly #figures: Figure[] = [];
  #chapters = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  open(...lines: readonly string[]): void {
    this.#terminal.print(lines.join('\n'));
  }

  chapter(title: string): void {
    this.#chapters += 1;
    this.#terminal.print(`\n${this.#chapters}. ${title}`);
  }

  paragraph(text: string): void {
    this.#terminal.print(`\n  ${text}`);
  }

  say(text: string): void {
    this.#terminal.print(`  ${text}`);
  }

  close(line: string): void {
    this.#terminal.print(line);
  }

  table(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): void {
    this.#terminal.print(formatTable(columns, rows));
  }

  progress(title: string): Progress {
    return this.#terminal.progress(title);
  }

  /** A figure that must come out as it should. */
  check(what: string, actual: string | number | boolean, expected: string | number | boolean): void {
    this.#figures.push({ what, actual: textOf(actual), expected: textOf(expected) });
  }

  /** Prints all figures; true if every one is right. */
  judge(): boolean {
    this.table(
      [{ title: 'figure' }, { title: 'is', align: 'right' }, { title: 'should be', align: 'right' }, { title: '' }],
      this.#figures.map((f) => [f.what, f.actual, f.expected, f.actual === f.expected ? 'right' : 'WRONG']),
    );
    return this.#figures.every(({ actual, expected }) => actual === expected);
  }
}

function textOf(value: string | number | boolean): string {
  return typeof value === 'number' ? formatCount(value) : String(value);
}

interface Figure {
  readonly what: string;
  readonly actual: string;
  readonly expected: string;
}
