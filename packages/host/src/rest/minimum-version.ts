/**
 * Reading one's own writes. Every answer carries `dynamo-version`: what a query shows is of that version or a later one,
 * what a change did is in that version. Whoever sends it back as `dynamo-min-version` is never shown less.
 */
import type { Inventory } from '@dynamo/core';
import { RestError } from './rest-error.ts';

export const VERSION_HEADER = 'dynamo-version';
export const MINIMUM_HEADER = 'dynamo-min-version';

/**
 * Answers 412 where this server, which makes the versions, has not made that one: the number comes from another
 * inventory, or from before a restore. A server that follows another answers 503, and has it a moment later.
 */
export function checkMinimumVersion(
  header: string | string[] | undefined,
  inventory: Inventory,
  follows: boolean,
): void {
  if (header === undefined) return;
  const wanted = typeof header === 'string' && /^\d{1,16}$/.test(header) ? Number(header) : Number.NaN;
  if (!Number.isSafeInteger(wanted)) {
    throw new RestError(400, 'invalid-input', 'expected the number of a version', { header: MINIMUM_HEADER });
  }
  const { version } = inventory;
  if (version >= wanted) return;
  if (follows) {
    throw new RestError(503, 'unavailable', `this server is at version ${version} and not yet at ${wanted}`, {
      header: MINIMUM_HEADER,
    });
  }
  throw new RestError(412, 'conflict', `there is no version ${wanted}: the inventory is at version ${version}`, {
    header: MINIMUM_HEADER,
  });
}
