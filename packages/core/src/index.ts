export type { Clock } from './clock/clock.ts';
export { createRandomSource, type RandomSource } from './clock/random-source.ts';
export { systemClock } from './clock/system-clock.ts';
export { abortedError, throwIfAborted } from './errors/aborted-error.ts';
export { AssertionFailed, assert } from './errors/assert.ts';
export { DynamoError, type DynamoErrorOptions, type ErrorData, isDynamoError } from './errors/dynamo-error.ts';
export type { ErrorCode } from './errors/error-code.ts';
export { type InputFault, type InputPlace, inputError } from './errors/input-error.ts';
export type { LockHold, LockHolds, LockMode, LockState, UpgradableHold, WaitOptions } from './lock/lock-hold.ts';
export { ReadWriteLock } from './lock/read-write-lock.ts';
export {
  type BlockName,
  type DatasetName,
  type GroupName,
  type Lfn,
  nameLimits,
  type PartitionName,
  parseBlockName,
  parseDatasetName,
  parseGroupName,
  parseLfn,
  parsePartitionName,
  parseSiteName,
  type SiteName,
} from './model/names.ts';
