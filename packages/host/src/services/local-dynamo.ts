import { reportAccesses } from './accesses.ts';
import type { Application, ServiceOptions, WritingOptions } from './application.ts';
import { approvePlan, listPlans, rejectPlan, showPlan } from './approvals.ts';
import { checkConsistency } from './consistency.ts';
import { listCycles, showCycle } from './cycles.ts';
import { commitDealer, previewDealer } from './dealer.ts';
import { commitDetox, previewDetox, testDetox } from './detox.ts';
import type { Dynamo } from './dynamo.ts';
import { explainDecision } from './explain-detox.ts';
import { explainPast } from './explain-past.ts';
import { pastDeeds } from './history.ts';
import { deleteDocument, injectDocument } from './inject.ts';
import { addLock, listLocks, removeLock } from './locks.ts';
import { pastDecisions, pastOrders } from './past-decisions.ts';
import { replayCycle } from './replay-detox.ts';
import { cancelRequest, listRequests, requestCopy } from './requests.ts';
import { ruleProgress } from './rule-progress.ts';
import { addRule, changeRule, listRules, previewRule, removeRule, showRule } from './rules.ts';
import { listServers } from './servers.ts';
import { status } from './status.ts';
import { checkStore, compactStore, verifyStore } from './store-care.ts';
import { listVariables, sendAttributes } from './stored-attributes.ts';
import { listTransfers, retryTransfers, showTransfer } from './transfers.ts';

/** Answers from an application of this process. */
export function localDynamo(application: Application, options: ServiceOptions & WritingOptions): Dynamo {
  return {
    status: () => status(application, options),
    inject: (document) => injectDocument(application, document, options),
    delete: (document) => deleteDocument(application, document, options),
    checkConsistency: (site, { act }) => checkConsistency(application, site, { ...options, act }),
    requestCopy: (wanted) => requestCopy(application, wanted, options),
    listRequests: (filter) => listRequests(application, filter),
    cancelRequest: (id) => cancelRequest(application, id, options),
    addRule: (wanted) => addRule(application, wanted, options),
    previewRule: (wanted) => previewRule(application, wanted, options),
    changeRule: (id, changes) => changeRule(application, id, changes, options),
    removeRule: (id) => removeRule(application, id, options),
    listRules: (filter) => listRules(application, filter),
    showRule: (id) => showRule(application, id, options),
    ruleProgress: (filter) => ruleProgress(application, filter),
    previewDetox: (run) => previewDetox(application, run, options),
    commitDetox: (run) => commitDetox(application, run, options),
    testDetox: (run) => testDetox(application, run, options),
    explainDetox: (run, replica) => explainDecision(application, run, replica, options),
    pastDecisions: (filter) => pastDecisions(application, filter),
    pastOrders: (filter) => pastOrders(application, filter),
    replayCycle: (asked) => replayCycle(application, asked, options),
    explainPast: (asked, replica) => explainPast(application, asked, replica, options),
    listPlans: (filter) => listPlans(application, filter),
    showPlan: (id) => showPlan(application, id),
    approvePlan: (id, decision) => approvePlan(application, id, { ...decision, ...options }),
    rejectPlan: (id, decision) => rejectPlan(application, id, { ...decision, ...options }),
    previewDealer: (run) => previewDealer(application, run, options),
    commitDealer: (run) => commitDealer(application, run, options),
    listLocks: () => listLocks(application, options),
    addLock: (wanted) => addLock(application, wanted, options),
    removeLock: (id) => removeLock(application, id, options),
    reportAccesses: (records, source) => reportAccesses(application, records, source),
    listVariables: async () => listVariables(application),
    sendAttributes: (document, source) => sendAttributes(application, document, source),
    pastDeeds: (filter) => pastDeeds(application, filter),
    listCycles: (filter) => listCycles(application, filter),
    showCycle: (cycle) => showCycle(application, cycle),
    checkStore: () => checkStore(application, options),
    verifyStore: () => verifyStore(application, options),
    compactStore: () => compactStore(application, options),
    listServers: () => listServers(application),
    listTransfers: (filter) => listTransfers(application, filter),
    showTransfer: (id) => showTransfer(application, id),
    retryTransfers: (ids) => retryTransfers(application, ids),
  };
}
