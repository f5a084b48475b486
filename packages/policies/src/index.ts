export {
  carryOutDealer,
  type DealerCarriedOut,
  type DealerCircumstances,
  type StaleRequest,
} from './dealer/carry-out-dealer.ts';
export {
  type BalancerConfiguration,
  type CopyRequestsConfiguration,
  DEFAULT_DEALER_CONFIGURATION,
  type DealerConfiguration,
  type EnforcerConfiguration,
  type GroupHandOverConfiguration,
  type HandOverRule,
  type PlacementRuleConfiguration,
  type PluginConfiguration,
  type PopularityConfiguration,
  type UndertakerConfiguration,
  type UserRulesConfiguration,
} from './dealer/dealer-configuration.ts';
export { type DealerDocument, dealerDocument } from './dealer/dealer-document.ts';
export { dealerPlan } from './dealer/dealer-plan.ts';
export type {
  DealerContext,
  DealerPlugin,
  PluginConclusion,
  PrioritisedPlugin,
  Proposal,
  ProposalOutcome,
  ProposalSet,
  Stake,
} from './dealer/dealer-plugin.ts';
export type {
  DealerResult,
  PluginSummary,
  RefusedProposal,
  SiteSummary,
  TakenProposal,
} from './dealer/dealer-result.ts';
export { type DetoxFindings, type DetoxPlanDocument, detoxFindings } from './dealer/detox-findings.ts';
export type { DocumentFault } from './dealer/document-fields.ts';
export { type FreshCopyOptions, freshCopyRule } from './dealer/fresh-copies.ts';
export { type ParseDealerOptions, parseDealerConfiguration } from './dealer/parse-dealer-configuration.ts';
export { type DealerInputs, planDealer } from './dealer/plan-dealer.ts';
export type { ReadDocument } from './dealer/plugins/parse-plugin.ts';
export type { Refusal, RefusalReason, RefusalWords } from './dealer/refusal.ts';
export { REQUEST_WEIGHT } from './dealer/request-weight.ts';
export { requestsOfPlan } from './dealer/requests-of-plan.ts';
export { type AssessRuleOptions, assessRule, type RuleAssessment } from './dealer/rules/assess-rule.ts';
export { type CheckUserRuleOptions, checkUserRule } from './dealer/rules/check-user-rule.ts';
export { type CopyRule, copyRuleOf, type EnforcerRules, type UserRule } from './dealer/rules/copy-rule.ts';
export {
  enforcerProtectedSites,
  enforcerProtection,
  type ProtectingRules,
  type ProtectionOptions,
} from './dealer/rules/enforcer-protection.ts';
export { parseEnforcerRules } from './dealer/rules/parse-enforcer-rules.ts';
export { haveMoved, type RuleNote, readRuleNotes } from './dealer/rules/rule-notes.ts';
export { ruleProgressWords } from './dealer/rules/rule-progress.ts';
export type { RuleReport, RuleState } from './dealer/rules/rule-report.ts';
export { type DetoxNotes, readDetoxNotes, type SiteHolding } from './detox/detox-notes.ts';
export type { DetoxOptions } from './detox/detox-options.ts';
export { detoxPlan, lineReference } from './detox/detox-plan.ts';
export {
  type DetoxPlanJsonOptions,
  detoxPlanJson,
  detoxPlanJsonParts,
  unpackedDecisions,
  wholePlanParts,
} from './detox/detox-plan-json.ts';
export type { DetoxLine, DetoxResult, DetoxSite } from './detox/detox-result.ts';
export { explainDetox, explainDetoxAt } from './detox/explain/explain-detox.ts';
export type {
  DetoxExplanation,
  ExplainedDecision,
  ExplainedEvaluation,
  ExplainedFunction,
  ExplainedLine,
  ExplainedPredicate,
  ReadByFunction,
  SeenInBlocks,
} from './detox/explain/explanation.ts';
export { formatExplanation } from './detox/explain/format-explanation.ts';
export { findSuspiciousSites, type SuspicionOptions } from './detox/find-suspicious-sites.ts';
export { type DecidedBy, listDecisions, type ReplicaDecision } from './detox/list-decisions.ts';
export { planDetox } from './detox/plan-detox.ts';
export { type BlockNames, blockNamesIn } from './detox/record/block-parts.ts';
export {
  type CycleContents,
  type CycleInputs,
  changedDatasets,
  cycleInputs,
  optionsOfInputs,
  type RecordBase,
} from './detox/record/cycle-inputs.ts';
export { type DatasetTable, unpackDatasets } from './detox/record/dataset-table.ts';
export { checkRecordFormat } from './detox/record/record-format.ts';
export {
  type DetoxReplay,
  type RecordedRun,
  type ReplayDifferences,
  recordedOptions,
  replayDetox,
} from './detox/record/replay-detox.ts';
export { UnpackedDecisions } from './detox/record/unpack-decisions.ts';
export {
  countDecisions,
  type DecisionCounts,
  type DecisionFilter,
  type DecisionKind,
  type WrittenDecision,
  type WrittenHandOver,
} from './detox/record/written-decision.ts';
export { type CheckPolicyOptions, checkPolicy, type ReadPolicyOptions, readPolicy } from './policy/check-policy.ts';
export type { CheckedPolicy, OrderKey, PolicyLine, PolicySiteCondition } from './policy/checked-policy.ts';
export { findPolicyWarnings } from './policy/find-policy-warnings.ts';
export { type ParsePolicyOptions, parsePolicy } from './policy/parse-policy.ts';
export type {
  EntryPlace,
  OrderKeyAst,
  PolicyAction,
  PolicyAst,
  PolicyEntry,
  PolicyLevel,
  SiteRole,
} from './policy/policy-ast.ts';
export { printPolicy, printPolicyEntry } from './policy/print-policy.ts';
export { type UsedVariable, usedVariables } from './policy/used-variables.ts';
export { formatPolicyTests } from './policy-test/format-policy-tests.ts';
export {
  type ParsePolicyTestsOptions,
  type PolicyTestFile,
  parsePolicyTests,
} from './policy-test/parse-policy-tests.ts';
export type { PolicyTest } from './policy-test/policy-test.ts';
export { type PolicyTestFailure, type PolicyTestResult, runPolicyTests } from './policy-test/run-policy-tests.ts';
export { beginOfDay, dayOf } from './producers/access-day.ts';
export { type AccessProducerOptions, accessProducer } from './producers/access-producer.ts';
export { type AttributeEndpointOptions, attributeEndpoint } from './producers/attribute-endpoint.ts';
export { type AttributeFileOptions, attributeFile } from './producers/attribute-file.ts';
export { checkAccess } from './producers/check-access.ts';
export { columnsOfWritten, findProducedVariable } from './producers/columns-of-written.ts';
export { copyRequestProducer } from './producers/copy-request-producer.ts';
export { loadAttributes } from './producers/load-attributes.ts';
export { parseAttributeCsv } from './producers/parse-attribute-csv.ts';
export { parseAttributeJson, writtenAttributes } from './producers/parse-attribute-json.ts';
export { protectedSites } from './producers/protected-sites.ts';
export { type ReadAccessLogOptions, readAccessLog } from './producers/read-access-log.ts';
export { storedAttributes } from './producers/stored-attributes.ts';
export type { WrittenAttributes, WrittenValue } from './producers/written-attributes.ts';
export { type SimulationOptions, simulate } from './simulation/simulate.ts';
export type { SimulatedDay, SimulationReport } from './simulation/simulation-report.ts';
export { type DefinePolicyOptions, definePolicy } from './typescript/define-policy.ts';
export type {
  LineDefinition,
  OrderDefinition,
  PolicyDefinition,
  PolicyModule,
  SiteTerm,
} from './typescript/policy-definition.ts';
export type { PolicyFunction } from './typescript/policy-function.ts';
export { type PolicyToTypeScriptOptions, policyToTypeScript } from './typescript/policy-to-typescript.ts';
export type {
  BlockReplicaFunction,
  BlockReplicaSight,
  ReplicaFunction,
  ReplicaSight,
  RunSight,
} from './typescript/sights.ts';
export type {
  Condition,
  EnumWord,
  FlagWord,
  NumberWord,
  PolicyWords,
  TextWord,
  TimeText,
  TimeWord,
} from './typescript/words.ts';
