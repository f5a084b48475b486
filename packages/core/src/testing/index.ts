export { createManualClock, type ManualClock } from '../clock/manual-clock.ts';
export { interpretCondition, interpretPredicate } from '../condition/interpret-condition.ts';
