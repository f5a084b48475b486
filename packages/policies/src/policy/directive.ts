import type { PolicyAction, PolicyLevel, SiteRole } from './policy-ast.ts';

/** The first words of the lines of a policy. `default` stands for the bare action, which has no word of its own. */
export const DIRECTIVES = [
  'Partition',
  'On',
  'When',
  'Until',
  'Protect',
  'Delete',
  'Dismiss',
  'Ignore',
  'ProtectBlock',
  'DeleteBlock',
  'DismissBlock',
  'Order',
  'Algo',
  'default',
] as const;
export type Directive = (typeof DIRECTIVES)[number];

export function isDirective(word: string): word is Exclude<Directive, 'default'> {
  return word !== 'default' && (DIRECTIVES as readonly string[]).includes(word);
}

export function siteRole(directive: Directive): SiteRole | undefined {
  if (directive === 'On') return 'on';
  if (directive === 'When') return 'when';
  return directive === 'Until' ? 'until' : undefined;
}

/** What a line does that begins with this word; undefined if it is not one of the actions. */
export function lineDirective(directive: Directive): { action: PolicyAction; level: PolicyLevel } | undefined {
  switch (directive) {
    case 'Protect':
      return { action: 'protect', level: 'replica' };
    case 'Delete':
      return { action: 'delete', level: 'replica' };
    case 'Dismiss':
      return { action: 'dismiss', level: 'replica' };
    case 'Ignore':
      return { action: 'ignore', level: 'replica' };
    case 'ProtectBlock':
      return { action: 'protect', level: 'block' };
    case 'DeleteBlock':
      return { action: 'delete', level: 'block' };
    case 'DismissBlock':
      return { action: 'dismiss', level: 'block' };
    default:
      return undefined;
  }
}

/** The word that {@link lineDirective} reads as this. */
export function directiveWord(action: PolicyAction, level: PolicyLevel): string {
  const word = `${action.charAt(0).toUpperCase()}${action.slice(1)}`;
  return level === 'block' ? `${word}Block` : word;
}
