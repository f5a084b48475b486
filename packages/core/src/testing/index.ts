export { createManualClock, type ManualClock } from '../clock/manual-clock.ts';
export { interpretCondition, interpretPredicate } from '../condition/interpret-condition.ts';
export type { ContractCheck } from './contract-check.ts';
export { fileCatalogueContract } from './file-catalogue-contract.ts';
export { inventoryStoreContract } from './inventory-store-contract.ts';
export { operationStoreContract } from './operation-store-contract.ts';
export { type RandomStep, type RecordModel, randomStep } from './random-history.ts';
export { recordStoresContract } from './record-stores-contract.ts';
export { type StorageUnderTest, storageContract } from './storage-contract.ts';
