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
