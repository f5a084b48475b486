import { createRandomSource } from '@dynamo/core';

/** What a file of the demo holds: it follows from the seed and the name, so that every copy can be proved right. */
export function fileContent(seed: number, lfn: string, sizeBytes: number): Uint8Array {
  const random = createRandomSource(`${seed} ${lfn}`);
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  for (let i = 0; i < words.length; i += 1) words[i] = random.nextUint32();
  return new Uint8Array(words.buffer, 0, sizeBytes);
}
