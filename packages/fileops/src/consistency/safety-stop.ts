import type { ComparisonTotals } from './compare.ts';

export interface SafetyLimits {
  /** The part of a site that may seem missing (of what should be there) or orphaned (of what is there). 1: never stop. */
  readonly safetyFraction: number;
  /** Fewer findings than this are believed, whatever part of the site they are. */
  readonly believedFiles: number;
}

/**
 * Why a round is not to be believed: so much is amiss that a mount, a listing or the catalogue is wrong, rather than the
 * files. Null where it is.
 */
export function safetyStop(
  totals: ComparisonTotals,
  found: { readonly missing: number; readonly orphans: number },
  { safetyFraction, believedFiles }: SafetyLimits,
): string | null {
  if (safetyFraction >= 1) return null;
  const { listedFiles, presentFiles } = totals;
  if (listedFiles === 0 && presentFiles > 0) {
    return `the listing is empty, and ${presentFiles} files should be there: is the storage mounted?`;
  }
  if (found.missing > Math.max(believedFiles, safetyFraction * presentFiles)) {
    return `${found.missing} of ${presentFiles} files seem missing, more than the part ${safetyFraction} that is believed`;
  }
  if (found.orphans > Math.max(believedFiles, safetyFraction * listedFiles)) {
    return `${found.orphans} of ${listedFiles} files seem orphans, more than the part ${safetyFraction} that is believed`;
  }
  return null;
}
