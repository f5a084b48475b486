/** The shape of what a policy module returns: types say it, but not everybody compiles. */
import { nearestName } from '@dynamo/core';
import type { PolicyAction, PolicyLevel } from '../policy/policy-ast.ts';
import type { LineDefinition } from './policy-definition.ts';

/** One fault, by its place in the definition. */
export interface PolicyFault {
  readonly path: string;
  readonly what: string;
  readonly hint: string | undefined;
}

export interface LineAction {
  readonly key: string;
  readonly action: PolicyAction;
  readonly level: PolicyLevel;
  readonly term: unknown;
}

const ACTIONS: Readonly<Record<string, Pick<LineAction, 'action' | 'level'>>> = {
  protect: { action: 'protect', level: 'replica' },
  delete: { action: 'delete', level: 'replica' },
  dismiss: { action: 'dismiss', level: 'replica' },
  ignore: { action: 'ignore', level: 'replica' },
  protectBlock: { action: 'protect', level: 'block' },
  deleteBlock: { action: 'delete', level: 'block' },
  dismissBlock: { action: 'dismiss', level: 'block' },
};
const EXTRAS = ['until', 'from', 'because'] as const;

export function checkKeys(
  value: object,
  path: string,
  required: readonly string[],
  optional: readonly string[],
): PolicyFault[] {
  const known = [...required, ...optional];
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  const missing = required.filter((key) => (value as Readonly<Record<string, unknown>>)[key] === undefined);
  return [
    ...unknown.map((key) => {
      const near = nearestName(key, known);
      return {
        path: at(key),
        what: 'there is no such key',
        hint: near === undefined ? undefined : `did you mean ${near}?`,
      };
    }),
    ...missing.map((key) => ({ path: at(key), what: 'it is missing', hint: undefined })),
  ];
}

/** What the line does; undefined, and a fault, where that is not one thing. */
export function actionOf(line: LineDefinition, path: string, faults: PolicyFault[]): LineAction | undefined {
  if (typeof line !== 'object' || line === null) {
    faults.push({ path, what: 'a line is an object', hint: 'such as {protect: replica.incomplete}' });
    return undefined;
  }
  const found = Object.entries(line).filter(([key]) => Object.hasOwn(ACTIONS, key));
  const [first] = found;
  faults.push(...checkKeys(line, path, [], [...Object.keys(ACTIONS), ...EXTRAS]));
  if (first === undefined || found.length > 1) {
    const what = `it has ${found.length === 0 ? 'no action' : found.map(([key]) => key).join(' and ')}`;
    faults.push({ path, what, hint: `one of ${Object.keys(ACTIONS).join(', ')}` });
    return undefined;
  }
  const [key, term] = first;
  return { key, term, ...(ACTIONS[key] as Pick<LineAction, 'action' | 'level'>) };
}

export function listOf<Item>(value: Item | readonly Item[]): readonly Item[] {
  return Array.isArray(value) ? value : [value as Item];
}
