interface ArrayKind<A> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer): A;
}

/**
 * Zeroes in shared memory, for numbers that come and go with commits: an engine looks through all of its heap again when
 * some megabytes of other memory have come to it, and shared memory it does not count.
 */
export function inSharedMemory<A>(kind: ArrayKind<A>, length: number): A {
  return new kind(new SharedArrayBuffer(length * kind.BYTES_PER_ELEMENT));
}
