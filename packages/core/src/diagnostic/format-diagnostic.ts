import type { Diagnostic } from './diagnostic.ts';

/** A line longer than this is shown in part: a hostile text must not fill the terminal. */
const EXCERPT_COLUMNS = 160;
const LEAD_COLUMNS = 60;

/**
 * Three lines: `file:line:column: message (hint)`, the line of the text, and carets below the fault.
 * Control characters of the text are shown as `\uFFFD`, so that a policy cannot talk to the terminal.
 */
export function formatDiagnostic(diagnostic: Diagnostic, sourceText: string): string {
  const heading = formatDiagnosticHeading(diagnostic);
  const line = lineOf(sourceText, diagnostic.line);
  if (line === undefined || line === '') return heading;
  const from = diagnostic.column > EXCERPT_COLUMNS - LEAD_COLUMNS ? diagnostic.column - 1 - LEAD_COLUMNS : 0;
  const excerpt = line.slice(from, from + EXCERPT_COLUMNS);
  const before = excerpt.slice(0, diagnostic.column - 1 - from);
  const room = Math.max(1, excerpt.length - before.length);
  const carets = '^'.repeat(Math.min(Math.max(1, diagnostic.length), room));
  const left = from > 0 ? '...' : '';
  const right = from + EXCERPT_COLUMNS < line.length ? '...' : '';
  const indent = before.replace(/[^\t]/g, ' ');
  return `${heading}\n  ${left}${printable(excerpt)}${right}\n  ${' '.repeat(left.length)}${indent}${carets}`;
}

/** The first line of {@link formatDiagnostic}, for places that have no room for more. */
export function formatDiagnosticHeading(diagnostic: Diagnostic): string {
  const { severity, file, line, column, message, hint } = diagnostic;
  const place = `${file === undefined ? '' : `${file}:`}${line}:${column}: `;
  const tail = hint === undefined ? '' : ` (${hint})`;
  return printable(`${place}${severity === 'warning' ? 'warning: ' : ''}${message}${tail}`);
}

function lineOf(text: string, line: number): string | undefined {
  let start = 0;
  for (let skipped = 1; skipped < line; skipped++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return undefined;
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}
