import { compileGlob, type InputPlace, inputError, isGlob } from '@dynamo/core';

/** A name, or a glob over names, as a test. */
export function compileNamePattern(pattern: string, where?: InputPlace): (name: string) => boolean {
  if (!isGlob(pattern)) return (name) => name === pattern;
  const glob = compileGlob(pattern);
  if (!glob.ok) throw inputError({ what: glob.message, where });
  return glob.matches;
}
