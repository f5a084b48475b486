/** How rules got on from cycle to cycle, those of the enforcer and those of users. */
import { type RuleNote, readRuleNotes } from '@dynamo/policies';
import type { Application } from './application.ts';
import { notesOf } from './planners/last-notes.ts';

export interface RuleProgressFilter {
  /** As plans name it: `usa_miniaod`, `rule 7 of alice`. Default: all. */
  readonly rule?: string;
  /** Cycles to look at. Default: 10. */
  readonly limit?: number;
}

export interface CycleProgress {
  readonly cycle: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly rules: readonly RuleNote[];
}

/** Newest first; cycles at which there was no such rule are left out. */
export async function ruleProgress(
  { store }: Pick<Application, 'store'>,
  { rule, limit = 10 }: RuleProgressFilter = {},
): Promise<readonly CycleProgress[]> {
  const found: CycleProgress[] = [];
  for (const { cycle, time } of await store.history.cycles({ planner: 'dealer', limit })) {
    const record = await store.history.cycle(cycle);
    const rules = record === null ? [] : readRuleNotes(notesOf(record.document));
    const wanted = rule === undefined ? rules : rules.filter((each) => each.rule === rule);
    if (wanted.length > 0) found.push({ cycle, time, rules: wanted });
  }
  return found;
}
