import { printCondition } from '@dynamo/core';
import { directiveWord } from './directive.ts';
import type { PolicyAst, PolicyEntry } from './policy-ast.ts';

/** The policy in its plain form, line by line, comments included: parsing it gives the same entries. */
export function printPolicy(policy: Pick<PolicyAst, 'entries'>): string {
  return policy.entries.map((entry) => `${printPolicyEntry(entry)}\n`).join('');
}

export function printPolicyEntry(entry: PolicyEntry): string {
  switch (entry.kind) {
    case 'comment':
      return entry.text;
    case 'partition':
      return `Partition ${entry.name}`;
    case 'site-condition':
      return `${{ on: 'On', when: 'When', until: 'Until' }[entry.role]} ${printCondition(entry.condition)}`;
    case 'line':
      return `${directiveWord(entry.action, entry.level)} ${printCondition(entry.condition)}`;
    case 'default':
      return directiveWord(entry.action, 'replica');
    case 'order': {
      const keys = entry.keys.map(({ direction, variable }) => `${direction} ${variable.text}`);
      return `Order ${keys.length === 0 ? 'none' : keys.join(' ')}`;
    }
    case 'algorithm':
      return 'Algo Static';
    default:
      return entry satisfies never;
  }
}
