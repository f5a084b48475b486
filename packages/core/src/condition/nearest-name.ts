/** Names are short; a longer word is nobody's misspelling, and the distance costs the product of the lengths. */
const MAX_WORD_LENGTH = 64;

/**
 * The known name that a misspelt word most likely meant, or undefined if none is near: the smallest number of
 * insertions, deletions, replacements and swaps of neighbours, at most a third of the word; ties by name. A name that
 * the word gives without its prefix (`usage_rank` for `dataset.usage_rank`) comes first.
 */
export function nearestName(word: string, names: Iterable<string>): string | undefined {
  if (word.length > MAX_WORD_LENGTH) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const name of [...names].sort()) {
    const candidate = name.toLowerCase();
    const distance = candidate.endsWith(`.${wanted}`) ? 0 : editDistance(wanted, candidate);
    if (distance >= bestDistance) continue;
    best = name;
    bestDistance = distance;
  }
  return best;
}

/** Damerau-Levenshtein distance in its restricted form (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last: number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current: number[] = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(last, j) + 1, at(current, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
