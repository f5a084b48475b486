import type { InventoryView } from '@dynamo/core';
import { type DetoxOptions, findSuspiciousSites, readDetoxNotes } from '@dynamo/policies';
import type { PlanningApplication } from './application.ts';
import { loadAttributes } from './attributes.ts';
import { lastNotes } from './planners/last-notes.ts';

/** What a run of Detox needs beside the policy and the view: the same for plans, commits and explanations. */
export interface DetoxInputs extends Required<Pick<DetoxOptions, 'attributes' | 'limits' | 'suppliedBefore'>> {
  /** Of the guard's rules that are functions: what they are made of. */
  readonly minimumAgeSeconds: number;
}

export async function readDetoxInputs(
  application: PlanningApplication,
  view: InventoryView,
  { now, partition, signal }: { readonly now: number; readonly partition: string; readonly signal: AbortSignal },
): Promise<DetoxInputs> {
  const { store, limits, configuration } = application;
  const { minimumAgeSeconds, suspicious } = configuration.guard;
  const { byVariable: attributes } = await loadAttributes(application, view, { now, signal });
  const before = readDetoxNotes(store === undefined ? {} : await lastNotes({ store }, 'detox', `Detox ${partition}`));
  const closedSites = findSuspiciousSites(view.tables, partition, before.sites, suspicious);
  return {
    ...{ attributes, minimumAgeSeconds, suppliedBefore: before.supplied },
    limits: { ...(await limits?.(view, now)), closedSites },
  };
}
