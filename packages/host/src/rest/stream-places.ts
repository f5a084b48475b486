import { DynamoError } from '@dynamo/core';
import type { StreamPlaces } from './rest-context.ts';

/** At most `count` at a time; the next is refused, since a reader that is slow would keep others waiting for ever. */
export function streamPlaces(count: number): StreamPlaces {
  let taken = 0;
  return {
    async run(work) {
      if (taken >= count) {
        throw new DynamoError('queue-full', `${count} long answers are being read already: ask again later`);
      }
      taken += 1;
      try {
        return await work();
      } finally {
        taken -= 1;
      }
    },
  };
}
