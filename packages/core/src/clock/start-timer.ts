import type { Clock } from './clock.ts';

/** Calls `onElapsed` after at least `delayMs`, unless the returned function is called before. */
export function startTimer(clock: Clock, delayMs: number, onElapsed: () => void): () => void {
  const controller = new AbortController();
  // A sleep rejects for no other reason than our own abort.
  void clock.sleep(delayMs, { signal: controller.signal }).then(onElapsed, () => undefined);
  return () => controller.abort();
}
