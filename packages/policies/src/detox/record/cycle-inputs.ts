/** What a run of Detox was made from and what it decided, as the history keeps it: so that it can be made again. */
import { type DeletionLimits, DynamoError } from '@dynamo/core';
import { DELETION_PER_ITERATION, type DetoxOptions } from '../detox-options.ts';
import type { DetoxResult } from '../detox-result.ts';
import { packAttributes, unpackAttributes } from './attribute-columns.ts';
import { packDecisions } from './decision-columns.ts';
import { packNames, unpackNames } from './name-list.ts';

/** JSON values. Of the policy and the attributes the contents have the rest. */
export interface CycleInputs extends Readonly<Record<string, unknown>> {
  readonly format: 1;
  readonly policy: { readonly file: string; readonly sha256: string };
  readonly guard: 'on' | 'off';
  readonly deletion_per_iteration: number;
  readonly limits: Omit<DeletionLimits, 'closedSites'> & { readonly closed_sites: Readonly<Record<string, string>> };
  readonly supplied_before: readonly string[];
  /** Variables of which the attributes have the values. */
  readonly attributes: readonly string[];
}

/** By their names in the history. */
export type CycleContents = {
  /** UTF-8: its digest is the policy's. */
  readonly policy: Uint8Array;
  /** The names of those in the image, to which the other two refer by number. */
  readonly datasets: Uint8Array;
  readonly decisions: Uint8Array;
  readonly attributes: Uint8Array;
};

/** Of the producers' variables only those that the policy asked for: nothing else can have made a difference. */
export function cycleInputs(result: DetoxResult): { readonly inputs: CycleInputs; readonly contents: CycleContents } {
  const { options, policy, run, read } = result;
  const { datasetName } = run.image.arrays;
  const { closedSites, ...limits } = options.limits ?? {};
  const given = options.attributes ?? new Map();
  const attributes = new Map([...given].filter(([name]) => read.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    inputs: {
      format: 1,
      policy: { file: policy.file ?? '', sha256: policy.sha256 },
      guard: options.guard ?? 'on',
      deletion_per_iteration: options.deletionPerIteration ?? DELETION_PER_ITERATION,
      limits: { ...limits, closed_sites: Object.fromEntries(closedSites ?? []) },
      supplied_before: options.suppliedBefore ?? [],
      attributes: [...attributes.keys()],
    },
    contents: {
      policy: new TextEncoder().encode(policy.text),
      datasets: packNames(datasetName),
      decisions: packDecisions(result),
      attributes: packAttributes(attributes, datasetName),
    },
  };
}

/** What `planDetox` takes beside the policy and the clock. Throws `corrupt` for what a later version has written. */
export function optionsOfInputs(
  inputs: CycleInputs,
  contents: Pick<CycleContents, 'datasets' | 'attributes'>,
): Required<Pick<DetoxOptions, 'attributes' | 'guard' | 'limits' | 'suppliedBefore' | 'deletionPerIteration'>> {
  if (inputs.format !== 1) {
    throw new DynamoError('corrupt', `the record of the cycle has format ${inputs.format}: a later Dynamo wrote it`);
  }
  const { closed_sites: closed, ...limits } = inputs.limits;
  return {
    attributes: unpackAttributes(contents.attributes, unpackNames(contents.datasets)),
    guard: inputs.guard,
    limits: { ...limits, closedSites: new Map(Object.entries(closed)) },
    suppliedBefore: inputs.supplied_before,
    deletionPerIteration: inputs.deletion_per_iteration,
  };
}
