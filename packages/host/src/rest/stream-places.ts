import { DynamoError } from '@dynamo/core';

/** Places for answers that last as long as their reader takes. */
export interface StreamPlaces {
  /** Throws `queue-full` where all are taken: waiting would last as long as the slowest reader. */
  take(): Disposable;
}

export function streamPlaces(count: number): StreamPlaces {
  let taken = 0;
  return {
    take() {
      if (taken >= count) {
        throw new DynamoError('queue-full', `${count} long answers are being read already: ask again later`);
      }
      taken += 1;
      return {
        [Symbol.dispose]: () => {
          taken -= 1;
        },
      };
    },
  };
}
