/** Figures and tables for people. Programs ask for --json. */
import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/**
 * Lines without frames: they can be read, copied and grepped. Figures go to the right; a text of several lines goes on below
 * its first.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) => row.map((cell) => String(cell).split('\n')));
  const widths = columns.map(() => 0);
  for (const row of cells) {
    for (const [i, lines] of row.entries()) {
      for (const line of lines) widths[i] = Math.max(widths[i] ?? 0, stringWidth(line));
    }
  }
  const padded = (line: string, i: number): string => {
    const space = ' '.repeat((widths[i] ?? 0) - stringWidth(line));
    return columns[i]?.align === 'right' ? space + line : line + space;
  };
  const text: string[] = [];
  for (const row of cells) {
    const height = Math.max(...row.map((lines) => lines.length));
    for (let y = 0; y < height; y += 1) {
      text.push(`  ${row.map((lines, i) => padded(lines[y] ?? '', i)).join('  ')}`.trimEnd());
    }
  }
  return text.join('\n');
}

/** Decimal units, as storage is sold and quotas are agreed. */
export function formatBytes(bytes: number): string {
  if (bytes < 0) return 'unlimited';
  if (bytes < 1000) return `${bytes} B`;
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** unit).toFixed(1)} ${UNITS[unit]}`;
}

/** Null: infinitely full. */
export function formatOccupancy(occupancy: number | null): string {
  return occupancy === null ? 'full' : `${(occupancy * 100).toFixed(1)}%`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `3 files`, `1 file`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2 datasets, 1 block`: those that are not zero, or empty. */
export function listCounts(counts: readonly string[]): string {
  return counts.filter((count) => count !== '' && !count.startsWith('0 ')).join(', ');
}

/** In UTC. */
export function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
