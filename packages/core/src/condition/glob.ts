/**
 * Globs over a whole text, as Python's fnmatch has them: `*` any characters (`/` too), `?` one character, `[a-z]` and
 * `[!a-z]` one character of a class; a `[` that is never closed is itself. Characters are Unicode code points.
 * Matching never backs up over a `*`, so it costs at most the product of the lengths.
 */

/** Without `*` and `?`, a text operand is compared as it is: then `[` is an ordinary character as well. */
export function isGlob(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}

export type GlobReading =
  | { readonly ok: true; readonly matches: (text: string) => boolean }
  /** Offset and length of the fault in the pattern. */
  | { readonly ok: false; readonly offset: number; readonly length: number; readonly message: string };

type Element =
  | { readonly kind: 'one'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] };

/** What stands between two `*`: `literal` where it has no `?` and no class. */
interface Segment {
  readonly elements: readonly Element[];
  readonly literal: string | undefined;
}

export function compileGlob(pattern: string): GlobReading {
  const segments: Segment[] = [];
  let elements: Element[] = [];
  let at = 0;
  while (at < pattern.length) {
    const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    const closing = character === '[' ? closingBracket(pattern, at) : -1;
    if (character === '*') {
      segments.push(segment(elements));
      elements = [];
      at += 1;
    } else if (closing >= 0) {
      const content = pattern.slice(at + 1, closing);
      const ranges = parseClass(content.startsWith('!') ? content.slice(1) : content);
      if (ranges === undefined) {
        const length = closing + 1 - at;
        return {
          ok: false,
          offset: at,
          length,
          message: `\`${pattern.slice(at, closing + 1)}\` has a range that runs backwards`,
        };
      }
      elements.push({ kind: 'class', negated: content.startsWith('!'), ranges });
      at = closing + 1;
    } else {
      elements.push(character === '?' ? { kind: 'any' } : { kind: 'one', character });
      at += character.length;
    }
  }
  segments.push(segment(elements));
  return { ok: true, matches: matcher(segments) };
}

function matcher(segments: readonly Segment[]): (text: string) => boolean {
  const first = segments[0] ?? segment([]);
  const last = segments[segments.length - 1] ?? first;
  if (segments.length === 1) return (text) => matchAt(first, text, 0) === text.length;
  const middle = segments.slice(1, -1).filter(({ elements }) => elements.length > 0);
  return (text) => {
    let at = matchAt(first, text, 0);
    if (at < 0) return false;
    const lastStart = startFromEnd(last, text);
    if (lastStart < at || matchAt(last, text, lastStart) !== text.length) return false;
    for (const part of middle) {
      at = find(part, text, at, lastStart);
      if (at < 0) return false;
    }
    return true;
  };
}

/** The end of the first occurrence at or after `from` that ends by `limit`, or -1: the first one leaves most room. */
function find(part: Segment, text: string, from: number, limit: number): number {
  if (part.literal !== undefined) {
    const start = text.indexOf(part.literal, from);
    const end = start + part.literal.length;
    return start < 0 || end > limit ? -1 : end;
  }
  for (let start = from; start < limit; start += width(text, start)) {
    const end = matchAt(part, text, start);
    if (end >= 0) return end > limit ? -1 : end;
  }
  return -1;
}

/** The end of the segment matched at `start`, or -1. */
function matchAt(part: Segment, text: string, start: number): number {
  if (part.literal !== undefined) return text.startsWith(part.literal, start) ? start + part.literal.length : -1;
  let at = start;
  for (const element of part.elements) {
    const point = text.codePointAt(at);
    if (point === undefined || !elementMatches(element, point)) return -1;
    at += point > 0xffff ? 2 : 1;
  }
  return at;
}

function elementMatches(element: Element, point: number): boolean {
  if (element.kind === 'any') return true;
  if (element.kind === 'one') return element.character.codePointAt(0) === point;
  return element.ranges.some(([low, high]) => point >= low && point <= high) !== element.negated;
}

/** Where the segment begins if it ends with the text; -1 if the text is too short. */
function startFromEnd(part: Segment, text: string): number {
  if (part.literal !== undefined) return text.length - part.literal.length;
  let at = text.length;
  for (let left = part.elements.length; left > 0; left--) {
    if (at <= 0) return -1;
    at -= at >= 2 && (text.codePointAt(at - 2) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

function width(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function segment(elements: readonly Element[]): Segment {
  const characters = elements.map((element) => (element.kind === 'one' ? element.character : undefined));
  return { elements, literal: characters.includes(undefined) ? undefined : characters.join('') };
}

/** A `]` directly after `[` or `[!` is a member of the class. */
function closingBracket(pattern: string, open: number): number {
  const first = pattern[open + 1] === '!' ? open + 2 : open + 1;
  return pattern.indexOf(']', pattern[first] === ']' ? first + 1 : first);
}

function parseClass(content: string): (readonly [number, number])[] | undefined {
  const points = Array.from(content, (character) => character.codePointAt(0) ?? 0);
  const ranges: (readonly [number, number])[] = [];
  for (let i = 0; i < points.length; i++) {
    const low = points[i] ?? 0;
    const high = points[i + 2];
    if (points[i + 1] === 0x2d && high !== undefined) {
      if (high < low) return undefined;
      ranges.push([low, high]);
      i += 2;
    } else {
      ranges.push([low, low]);
    }
  }
  return ranges;
}
