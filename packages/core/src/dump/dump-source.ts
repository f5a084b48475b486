/**
 * A dump that can be opened more than once: reading goes over it twice, so that what only later lines tell (the sums of
 * a block's files, the numbers handed out so far, open operations) is known when the first record is given out.
 */
export type DumpSource = () => AsyncIterable<Uint8Array>;

/** A text, or bytes, in memory. */
export function dumpOf(content: string | Uint8Array): DumpSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return async function* () {
    yield bytes;
  };
}
