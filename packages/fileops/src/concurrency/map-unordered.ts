/**
 * Works on up to `width` items at once and gives the results in the order in which they come. A rejection, or a consumer
 * that leaves early, ends it after what is under way has ended: nothing is left running.
 */
export async function* mapUnordered<T, R>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, void> {
  const underWay = new Map<number, Promise<{ readonly key: number; readonly result: R }>>();
  let nextKey = 0;
  const begin = (item: T): void => {
    const key = nextKey;
    nextKey += 1;
    underWay.set(
      key,
      work(item).then((result) => ({ key, result })),
    );
  };
  const finishOne = async (): Promise<R> => {
    const { key, result } = await Promise.race(underWay.values());
    underWay.delete(key);
    return result;
  };

  try {
    for (const item of items) {
      begin(item);
      if (underWay.size >= width) yield await finishOne();
    }
    while (underWay.size > 0) yield await finishOne();
  } finally {
    await Promise.allSettled(underWay.values());
  }
}
