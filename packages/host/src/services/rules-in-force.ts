import type { RequestRecord, RuleRecord, Store } from '@dynamo/core';

/** The rules of users that stand, ascending by number. */
export async function rulesInForce({ requests }: Pick<Store, 'requests'>): Promise<readonly RuleRecord[]> {
  const [fresh, active] = await Promise.all([
    requests.list({ kind: 'rule', state: 'new' }),
    requests.list({ kind: 'rule', state: 'active' }),
  ]);
  return [...fresh, ...active].filter(isRule).sort((a, b) => a.id - b.id);
}

export function isRule(request: RequestRecord): request is RuleRecord {
  return request.kind === 'rule';
}
