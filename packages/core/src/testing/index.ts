export { createManualClock, type ManualClock } from '../clock/manual-clock.ts';
export { interpretCondition, interpretPredicate } from '../condition/interpret-condition.ts';
export type { ContractCheck } from './contract-check.ts';
export { type StorageUnderTest, storageContract } from './storage-contract.ts';
