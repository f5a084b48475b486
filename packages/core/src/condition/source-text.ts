/** A stretch of one line of a text. Line and column are counted from 1, in UTF-16 units. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Something that was written, and where. */
export interface Word {
  /** Runs of white space are one space. */
  readonly text: string;
  readonly span: Span;
}

/** Where a text that is part of a file begins; a text of its own begins at 1, 1 of no file. */
export interface SourcePlace {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** White space is ASCII white space: a no-break space is part of a name. */
const WHITE_SPACE: RegExp = /[ \t\n\r\f\v]+/;

/** A part of a text that knows where it stands. Slices share the text, so nothing is copied until it is read. */
export class SourceSlice {
  readonly #whole: string;
  readonly #place: SourcePlace;
  readonly start: number;
  readonly end: number;

  constructor(whole: string, place: SourcePlace = {}, start = 0, end: number = whole.length) {
    this.#whole = whole;
    this.#place = place;
    this.start = start;
    this.end = end;
  }

  get text(): string {
    return this.#whole.slice(this.start, this.end);
  }

  get file(): string | undefined {
    return this.#place.file;
  }

  get isEmpty(): boolean {
    return this.start >= this.end;
  }

  /** Offsets count from the beginning of this slice. */
  slice(from: number, to: number = this.end - this.start): SourceSlice {
    return new SourceSlice(this.#whole, this.#place, this.start + from, this.start + to);
  }

  trim(): SourceSlice {
    let { start, end } = this;
    while (start < end && isWhiteSpace(this.#whole.charCodeAt(start))) start++;
    while (end > start && isWhiteSpace(this.#whole.charCodeAt(end - 1))) end--;
    return new SourceSlice(this.#whole, this.#place, start, end);
  }

  words(): SourceSlice[] {
    return Array.from(this.text.matchAll(/[^ \t\n\r\f\v]+/g), (match) =>
      this.slice(match.index, match.index + match[0].length),
    );
  }

  word(): Word {
    return { text: this.text.split(WHITE_SPACE).join(' '), span: this.span() };
  }

  /** A condition given from a program may run over several lines; a slice that does ends with its first line. */
  span(): Span {
    const { line: firstLine = 1, column: firstColumn = 1 } = this.#place;
    const before = this.#whole.slice(0, this.start);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = lineStart === 0 ? firstLine : firstLine + before.split('\n').length - 1;
    const column = this.start - lineStart + (lineStart === 0 ? firstColumn : 1);
    const lineEnd = this.#whole.indexOf('\n', this.start);
    return { line, column, length: (lineEnd < 0 || lineEnd > this.end ? this.end : lineEnd) - this.start };
  }
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
