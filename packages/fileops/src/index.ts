export { adler32, formatAdler32 } from './adler32.ts';
export { actOnCheck } from './consistency/act-on-check.ts';
export {
  checkSite,
  SITE_CHECK_LIMITS,
  type SiteCheck,
  type SiteCheckContext,
  type SiteCheckLimits,
} from './consistency/check-site.ts';
export { type ComparisonTotals, compareSite, type ExpectedFile, type Finding } from './consistency/compare.ts';
export { mergeFindings } from './consistency/merge-findings.ts';
export { applySiteActions, planSiteActions, type ReplicaRepair, type SiteActions } from './consistency/plan-actions.ts';
export type { SafetyLimits } from './consistency/safety-stop.ts';
export {
  createFileOperationManager,
  FILE_OPERATION_LIMITS,
  type FileOperationLimits,
  type FileOperationManager,
  type FileOperationManagerOptions,
} from './file-operation-manager.ts';
export type { BackoffOptions } from './operations/backoff.ts';
export type { CommitDraft } from './operations/completion-batches.ts';
export type { InventoryReader, JudgeDeletion } from './operations/context.ts';
export type { FileOperationEvent } from './operations/operation-event.ts';
export { createFileStorage, type FileStorage, type FileStorageOptions } from './protocols/file.ts';
export type { SkippedEntry } from './protocols/file-list.ts';
export { fileRootOf } from './protocols/file-path.ts';
export { createMemoryStorage, type MemoryStorage } from './protocols/memory.ts';
export { createSiteNaming, type SiteNaming } from './site-naming.ts';
