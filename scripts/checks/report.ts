/** Prints the faults of a check and sets the exit code; says how much was looked at, so that nothing is no success. */
export function report(check: string, faults: readonly string[], lookedAt: number): void {
  for (const fault of faults) console.error(fault);
  if (lookedAt === 0) console.error(`${check}: nothing was looked at`);
  if (faults.length > 0 || lookedAt === 0) process.exitCode = 1;
  console.log(`${check}: ${faults.length} faults in ${lookedAt} files`);
}
