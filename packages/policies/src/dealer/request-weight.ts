import type { VariableDefinition } from '@dynamo/core';

/** What the popularity plug-in goes by unless it is told another attribute; producers that supply it extend their catalogue by it. */
export const REQUEST_WEIGHT: VariableDefinition = Object.freeze({
  name: 'dataset.request_weight',
  level: 'dataset',
  type: Object.freeze({ kind: 'number' }),
  source: 'producer',
  description: 'weight of the requests for the dataset: the higher, the more it is asked for',
});
