/** A bound on how much is under way at once, shared by whoever holds it. Places are handed over in order. */
export interface Permits {
  readonly count: number;
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createPermits(count: number): Permits {
  let free = count;
  const waiting: (() => void)[] = [];

  return {
    count,
    async run(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((handOver) => waiting.push(handOver));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
