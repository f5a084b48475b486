/** What the command line may ask for, of the local store or of a server: the same questions, the same answers. */
import type {
  AccessRecord,
  CycleFilter,
  CycleSummary,
  DeletionSummary,
  FoundDeed,
  InjectionSummary,
  LockRecord,
  OperationStatus,
  RequestFilter,
  RequestRecord,
  RuleRecord,
} from '@dynamo/core';
import type { RuleAssessment } from '@dynamo/policies';
import type { StoreReport } from '../store/check-store.ts';
import type { Forgotten } from '../store/maintenance.ts';
import type { AccessReport } from './accesses.ts';
import type { ShownPlan, WholePlan } from './approvals.ts';
import type { ConsistencyReport } from './consistency.ts';
import type { CycleReport } from './cycles.ts';
import type { DealerCommitted, DealerRun } from './dealer.ts';
import type { DetoxRun } from './detox.ts';
import type { DetoxCommitted, DetoxTested } from './detox-committed.ts';
import type { ExplainedDecision, ReplicaName } from './explain-detox.ts';
import type { ExplainedPast, PastReplica } from './explain-past.ts';
import type { PastDeed, PastFilter } from './history.ts';
import type { Applied, DocumentText } from './inject.ts';
import type { NewLock } from './locks.ts';
import type { OrderedFilter, PastDecisionFilter, PastDecisions } from './past-decisions.ts';
import type { PastRunAsked } from './past-run.ts';
import type { ReplayedCycle } from './replay-detox.ts';
import type { NewCopyRequest } from './requests.ts';
import type { CycleProgress, RuleProgressFilter } from './rule-progress.ts';
import type { NewRule, RuleFilter, ShownRule } from './rules.ts';
import type { ServersReport } from './servers.ts';
import type { StatusReport } from './status.ts';
import type { StoreVerification } from './store-care.ts';
import type { AttributesReport, SuppliedVariable } from './stored-attributes.ts';
import type { TransferFilter, TransferRecord } from './transfers.ts';

/** The Dealer's configuration as it was read, and as it was written: a server judges that by itself. */
export interface WrittenDealerRun extends DealerRun {
  readonly document?: unknown;
}

export interface Dynamo {
  status(): Promise<StatusReport>;
  /** Puts what the document describes into the inventory: all of it, or nothing and the path of its fault. */
  inject(document: DocumentText): Promise<Applied<InjectionSummary>>;
  /** Orders the deletion of what the document names, likewise. */
  delete(document: DocumentText): Promise<Applied<DeletionSummary>>;
  checkConsistency(site: string, options: { readonly act: boolean }): Promise<ConsistencyReport>;
  requestCopy(wanted: NewCopyRequest): Promise<RequestRecord>;
  listRequests(filter: RequestFilter): Promise<readonly RequestRecord[]>;
  cancelRequest(id: number): Promise<RequestRecord>;
  addRule(wanted: NewRule): Promise<RuleRecord>;
  /** What it would come to and cost. */
  previewRule(wanted: NewRule): Promise<RuleAssessment>;
  /** What is left out stays as it is. */
  changeRule(id: number, changes: Partial<NewRule>): Promise<RuleRecord>;
  removeRule(id: number): Promise<RuleRecord>;
  listRules(filter: RuleFilter): Promise<readonly RuleRecord[]>;
  showRule(id: number): Promise<ShownRule>;
  /** Of all rules, the enforcer's too. */
  ruleProgress(filter: RuleProgressFilter): Promise<readonly CycleProgress[]>;
  /** The plan as one JSON object. */
  previewDetox(run: DetoxRun): Promise<string>;
  commitDetox(run: DetoxRun): Promise<DetoxCommitted>;
  /** The plan is kept in the history as a test, and not carried out. */
  testDetox(run: DetoxRun): Promise<DetoxTested>;
  explainDetox(run: DetoxRun, replica: ReplicaName): Promise<ExplainedDecision>;
  /** What past cycles of Detox decided. */
  pastDecisions(filter: PastDecisionFilter): Promise<PastDecisions>;
  /** What past cycles ordered. */
  pastOrders(filter: OrderedFilter): Promise<readonly FoundDeed[]>;
  /** Runs a past cycle of Detox again, and compares. */
  replayCycle(asked: PastRunAsked): Promise<ReplayedCycle>;
  /** Why a past cycle of Detox decided what it did about a dataset. */
  explainPast(asked: PastRunAsked, replica: PastReplica): Promise<readonly ExplainedPast[]>;
  /** Plans that wait for a second person's approval; all: past ones too. */
  listPlans(filter: { readonly all: boolean }): Promise<readonly ShownPlan[]>;
  showPlan(id: number): Promise<WholePlan>;
  approvePlan(id: number, options: { readonly comment?: string | undefined }): Promise<DetoxCommitted>;
  rejectPlan(id: number, options: { readonly comment?: string | undefined }): Promise<ShownPlan>;
  /** The plan as one JSON object. */
  previewDealer(run: WrittenDealerRun): Promise<string>;
  commitDealer(run: WrittenDealerRun): Promise<DealerCommitted>;
  listLocks(): Promise<readonly LockRecord[]>;
  addLock(wanted: NewLock): Promise<LockRecord>;
  removeLock(id: number): Promise<LockRecord>;
  /** Each replaces what was known of its dataset, site and day. */
  reportAccesses(records: readonly AccessRecord[], source: { readonly file: string }): Promise<AccessReport>;
  listVariables(): Promise<readonly SuppliedVariable[]>;
  /** Values by variable and dataset; they replace those of the same variables. */
  sendAttributes(document: unknown, source: { readonly file: string }): Promise<AttributesReport>;
  /** What was ordered for data, newest first. */
  pastDeeds(filter: PastFilter): Promise<readonly PastDeed[]>;
  listCycles(filter: CycleFilter): Promise<readonly CycleSummary[]>;
  showCycle(cycle: number): Promise<CycleReport>;
  checkStore(): Promise<StoreReport>;
  verifyStore(): Promise<StoreVerification>;
  compactStore(): Promise<Forgotten>;
  /** The servers on the database; null: there can be one only. */
  listServers(): Promise<ServersReport | null>;
  listTransfers(filter: TransferFilter): Promise<readonly OperationStatus[]>;
  showTransfer(id: number): Promise<TransferRecord>;
  /** Those named, or all that are held. The number of those that went back to the queue. */
  retryTransfers(ids: readonly number[] | 'held'): Promise<number>;
}
