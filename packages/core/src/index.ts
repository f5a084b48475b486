export {
  applyChangeSet,
  type Change,
  type ChangeOf,
  type ChangeSet,
  type ChangeTarget,
  changeSetOf,
  EMPTY_CHANGE_SET,
  invertChangeSet,
  squashChangeSets,
} from './change-set/change-set.ts';
export { joinKey, keyOf, splitKey } from './change-set/record-key.ts';
export { sameRecord } from './change-set/same-record.ts';
export {
  CHANGE_SET_FORMAT,
  changeSetPieces,
  parseChangeSet,
  parseChangeSetPieces,
  serialiseChangeSet,
} from './change-set/serialise.ts';
export type { Clock } from './clock/clock.ts';
export { createRandomSource, type RandomSource } from './clock/random-source.ts';
export { systemClock } from './clock/system-clock.ts';
export { ExactSums } from './columns/exact-sums.ts';
export type { StateImage } from './columns/state-image.ts';
export {
  type CheckOptions,
  checkCondition,
  readCondition,
  readConditionSlice,
} from './condition/check-condition.ts';
export type {
  CheckedCondition,
  CheckedPredicate,
  CheckedWindow,
  NumberOperator,
  PredicateTest,
  TextPattern,
} from './condition/checked-condition.ts';
export { compileCondition, compilePredicate, type RowPredicate } from './condition/compile-condition.ts';
export type { ComparisonOperator, ConditionAst, PredicateAst, WindowAst } from './condition/condition-ast.ts';
export { alwaysHolds, findContradiction } from './condition/contradiction.ts';
export { describeValue } from './condition/describe-value.ts';
export { compileGlob, type GlobReading, isGlob } from './condition/glob.ts';
export { nearestName } from './condition/nearest-name.ts';
export { parseCondition, parseConditionParts } from './condition/parse-condition.ts';
export { printCondition, printPredicate } from './condition/print-condition.ts';
export { compileAnchoredRegex, type RegexReading } from './condition/regex.ts';
export { type SourcePlace, SourceSlice, type Span, type Word } from './condition/source-text.ts';
export { partitionVariables, replicaVariables, siteVariables } from './condition/standard-variables.ts';
export { formatTime, parseTime, resolveTime, type TimeReading, type TimeSyntax } from './condition/time.ts';
export {
  attributeName,
  missingValue,
  type VariableDefinition,
  type VariableLevel,
  type VariableSource,
  type VariableType,
  type VariableValue,
} from './condition/variable.ts';
export type { TextColumn, VariableBinder } from './condition/variable-binder.ts';
export { type CatalogueUse, VariableCatalogue } from './condition/variable-catalogue.ts';
export { type Diagnostic, type Outcome, outcomeOf } from './diagnostic/diagnostic.ts';
export { diagnosticsError } from './diagnostic/diagnostics-error.ts';
export { formatDiagnostic, formatDiagnosticHeading } from './diagnostic/format-diagnostic.ts';
export { dumpFile, type SpooledDump, spoolDump, writeDumpFile } from './dump/dump-file.ts';
export { type DumpSource, dumpOf } from './dump/dump-source.ts';
export { type Dump, type ReadDumpOptions, readDump } from './dump/read-dump.ts';
export { type WriteDumpOptions, writeDump } from './dump/write-dump.ts';
export { DYNAMO_VERSION } from './dynamo-version.ts';
export { abortedError, throwIfAborted } from './errors/aborted-error.ts';
export { AssertionFailed, assert } from './errors/assert.ts';
export { DynamoError, type DynamoErrorOptions, type ErrorData, isDynamoError } from './errors/dynamo-error.ts';
export type { ErrorCode } from './errors/error-code.ts';
export { type InputFault, type InputPlace, inputError } from './errors/input-error.ts';
export {
  type EventSource,
  type ListenerErrorHandler,
  TypedEvents,
  type TypedEventsOptions,
} from './events/typed-events.ts';
export {
  bytesAtSites,
  type DeletionLimits,
  DeletionTally,
  type DeletionVolume,
  LIMIT_RULES,
  type LimitReached,
  type LimitRule,
} from './guard/deletion-limits.ts';
export { type Holding, isCovered } from './guard/file-coverage.ts';
export { ALLOWED, type BuiltInRule, type GuardRule, judgeDeletion, judgeRow, type Verdict } from './guard/guard.ts';
export { compileLocks, type LockMatcher, type LockSubject } from './guard/locks.ts';
export { applyDeletion, type DeletionSummary } from './injection/apply-deletion.ts';
export { applyInjection, type InjectionOptions, type InjectionSummary } from './injection/apply-injection.ts';
export { type DeletionDocument, parseDeletion } from './injection/deletion-document.ts';
export type { InjectionDocument } from './injection/injection-document.ts';
export { parseInjection } from './injection/parse-injection.ts';
export { type CarriedOut, carryOut } from './inventory/carry-out.ts';
export type {
  Deletable,
  Evidence,
  Fact,
  InventoryDraft,
  NewFile,
} from './inventory/draft.ts';
export { occupancyOf } from './inventory/entity-views.ts';
export { Inventory } from './inventory/inventory.ts';
export type {
  Author,
  ChangesSince,
  CommittedEvent,
  InventoryEvents,
  InventoryOptions,
  Updated,
} from './inventory/inventory-options.ts';
export type { OpenView, ViewOptions } from './inventory/open-views.ts';
export { cycleDeeds, historyOfTest, type PlanApproval } from './inventory/plan-history.ts';
export { SmallWriters } from './inventory/small-writers.ts';
export {
  type BlockReplicaTable,
  type BlockTable,
  type DatasetReplicaTable,
  type DatasetTable,
  type InventoryTables,
  NO_ROW,
  REPLICA_FLAG,
  type ReadColumn,
  type ReadObjects,
  type SitePartitionTable,
  type SmallTable,
} from './inventory/tables.ts';
export type { Writer } from './inventory/update-together.ts';
export type {
  BlockReplicaView,
  BlockView,
  DatasetReplicaView,
  DatasetView,
  InventoryView,
  SitePartitionUsage,
  SiteView,
} from './inventory/view.ts';
export type { LockHold, LockHolds, LockMode, LockState, UpgradableHold, WaitOptions } from './lock/lock-hold.ts';
export { ReadWriteLock } from './lock/read-write-lock.ts';
export { type MemoryStoreOptions, memoryStore } from './memory/memory-store.ts';
export { compareByteOrder } from './model/byte-order.ts';
export { parseAdler32 } from './model/checksums.ts';
export { contentDigest } from './model/content-digest.ts';
export {
  DATASET_STATUSES,
  type DatasetStatus,
  GROUP_LEVELS,
  type GroupLevel,
  REPLICA_OPERATIONS,
  type ReplicaOperation,
  SITE_STATUSES,
  type SiteStatus,
  STORAGE_TYPES,
  type StorageType,
} from './model/enumerations.ts';
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
export type {
  OperationChange,
  OperationId,
  OperationOutcome,
  OperationRecord,
  OperationTarget,
  Reason,
} from './model/operation.ts';
export { operationTargetKey } from './model/operation-target-key.ts';
export {
  type AttributeValue,
  type BlockRecord,
  type BlockReplicaKey,
  type BlockReplicaRecord,
  type DatasetRecord,
  type DatasetReplicaRecord,
  ENTITIES,
  type Entity,
  type EntityRecords,
  type FileId,
  type FileRecord,
  type GroupRecord,
  type InventoryRecord,
  type LockRecord,
  type Partial,
  type PartialContents,
  type PartitionRecord,
  type PfnSpecification,
  type QuotaRecord,
  type SiteRecord,
} from './model/records.ts';
export type {
  CopyRequest,
  DeletionRequest,
  RequestChange,
  RequestRecord,
  RequestState,
  RequestStatus,
  RuleProgress,
  RuleRecord,
  RuleRequest,
} from './model/request.ts';
export { packUuid, UUID_WORDS } from './model/uuid.ts';
export { checkPartition } from './partition/compile-partitions.ts';
export type { PartitionDefinition } from './partition/partition-definition.ts';
export {
  type PartitionFile,
  type PartitionFileOptions,
  printPartitions,
  readPartitions,
} from './partition/partition-file.ts';
export { type PartitionTest, partitionUnderGroup } from './partition/partition-under-group.ts';
export { parsePfnSpecification, pfnLimits } from './pfn/parse-pfn-specification.ts';
export { compilePfnMapping, type PfnMapping } from './pfn/pfn-mapping.ts';
export { between, bitsAre, differs, equals, type Filter, oneOf, rowsWhere, select, sumBy } from './scan/filter.ts';
export { RowSet } from './scan/row-set.ts';
export { type SortKey, sortRows } from './scan/sort-rows.ts';
export {
  type CloseOptions,
  type CloseReport,
  Scheduler,
  type TaskContext,
} from './scheduler/scheduler.ts';
export type { AccessCounters, SchedulerCounters } from './scheduler/scheduler-counters.ts';
export type { SchedulerEvents, TaskReport } from './scheduler/scheduler-events.ts';
export type { Access, SchedulerOptions, TaskOptions } from './scheduler/scheduler-options.ts';
export type { AccessRecord, AccessStore } from './seams/access-store.ts';
export type { AttributeColumn, AttributeProducer } from './seams/attribute-producer.ts';
export type { AttributeStore, StoredAttribute } from './seams/attribute-store.ts';
export type {
  Authorship,
  Commit,
  CommitReceipt,
  CommittedChange,
  Counters,
  CycleDeed,
  FindingRecord,
  HistoryRecord,
  Version,
} from './seams/commit.ts';
export type { FileCatalogue, FileReadOptions } from './seams/file-catalogue.ts';
export type { FindingStore } from './seams/finding-store.ts';
export type {
  CycleFilter,
  CycleRecord,
  CycleSummary,
  DeedFilter,
  FoundDeed,
  HistoryStore,
} from './seams/history-store.ts';
export type {
  BaselineOptions,
  FollowResult,
  InventoryStore,
  LoadBatch,
  LoadedInventory,
  ReplicaColumns,
  StoreHead,
} from './seams/inventory-store.ts';
export type {
  Attempt,
  Claim,
  ClaimEnd,
  OperationState,
  OperationStatus,
  OperationStore,
  PastOperation,
} from './seams/operation-store.ts';
export type { DroppedStep, Plan, PlanStep, ReplicaFacts } from './seams/plan.ts';
export type { PlanDecision, PlanStore, WaitingPlan, WaitingPlanFilter } from './seams/plan-store.ts';
export type { Planner, PlannerInputs } from './seams/planner.ts';
export type { RequestFilter, RequestStore } from './seams/request-store.ts';
export type {
  DeletionBackend,
  DeletionTask,
  ListedFile,
  StillMine,
  StorageLister,
  TaskResult,
  TransferBackend,
  TransferTask,
} from './seams/storage.ts';
export type { Store } from './seams/store.ts';
export { inBatches } from './slices/in-batches.ts';
export { TimeSlice } from './slices/time-slice.ts';
export {
  type JudgeWarmStart,
  readWarmStart,
  type WarmStart,
  type WarmStartKey,
  writeWarmStart,
} from './warm-start/warm-start-file.ts';
export type { ApplicationContext, ApplicationRequest, ApplicationRun } from './worker/application.ts';
export { type ApplicationEvents, ApplicationPool, type ApplicationPoolOptions } from './worker/application-pool.ts';
