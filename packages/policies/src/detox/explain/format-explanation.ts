import { describeValue, type VariableType, type VariableValue } from '@dynamo/core';
import type {
  DetoxExplanation,
  ExplainedDecision,
  ExplainedEvaluation,
  ExplainedFunction,
  ExplainedLine,
  ExplainedPredicate,
} from './explanation.ts';

const SHOWN_VALUES = 4;
const SHOWN_BLOCKS = 5;

/** For people: the walk line by line, then what became of the blocks. */
export function formatExplanation(explanation: DetoxExplanation): string {
  const { dataset, site, partition, absent, triggered, released, evaluations, decisions } = explanation;
  const heading = `${dataset}\nat ${site}, partition ${partition}`;
  if (absent !== null) return `${heading}\nNothing is decided about it: ${absent}.\n`;
  const siteState = triggered ? (released ? 'triggered, and released in the end' : 'triggered') : 'not triggered';
  return [
    `${heading} (the site was ${siteState})`,
    ...evaluations.flatMap(formatEvaluation),
    '',
    'What became of it:',
    ...decisions.map((decision) => `  ${formatDecision(decision, evaluations)}`),
    ...explanation.handed_over.map(({ to, blocks }) => `  handed over to ${to}: ${blockList(blocks)}`),
    ...(decisions.length === 0 && explanation.handed_over.length === 0 ? ['  ignored: no decision'] : []),
    '',
  ].join('\n');
}

function formatEvaluation({ blocks, guard, lines }: ExplainedEvaluation): string[] {
  return [
    '',
    blocks.length === 0 ? 'The last evaluation:' : `The last evaluation of ${blockList(blocks)}:`,
    ...guard.map((kept) => `  guard: ${kept.rule} keeps ${blockList(kept.blocks)}`),
    ...lines.flatMap(formatLine),
  ];
}

function formatLine(line: ExplainedLine): string[] {
  const name = line.line === 0 ? 'default' : `line ${line.line}`;
  return [
    `  ${name}: ${line.text}`,
    ...(line.predicates ?? []).map((predicate) => `      ${formatPredicate(predicate)}`),
    ...line.functions.map((each) => `      ${formatFunction(each)}`),
    `    -> ${formatTaking(line)}`,
  ];
}

function formatTaking({ takes, considered, taken, predicates }: ExplainedLine): string {
  if (predicates === null) return 'not now: the line has a time, and this is not it';
  if (takes === 'none') return 'no';
  if (takes === 'all') return considered === 0 ? 'takes the replica, which has no blocks' : `takes ${all(considered)}`;
  return `takes ${blockList(taken ?? [])} of ${considered}`;
}

function all(count: number): string {
  return count === 1 ? 'the one block that is left' : `all ${count} blocks that are left`;
}

/** What it says, and what it saw. */
export function formatPredicate({ text, holds, saw, type, variable, decided, turns }: ExplainedPredicate): string {
  const verdict = holds ? 'yes' : 'no ';
  const turning = decided ? `; ${holds ? 'no' : 'yes'} if it were ${turns}` : '';
  if (!Array.isArray(saw)) return `${verdict} ${text}   [${variable} is ${show(type, saw as VariableValue)}${turning}]`;
  const values = (saw as Extract<typeof saw, readonly unknown[]>).map(
    (each) => `${show(type, each.value)} in ${each.blocks} (${each.holds ? 'yes' : 'no'})`,
  );
  const more = values.length > SHOWN_VALUES ? [`${values.length - SHOWN_VALUES} more values`] : [];
  const shown = values.length === 0 ? 'no blocks' : [...values.slice(0, SHOWN_VALUES), ...more].join(', ');
  return `${verdict} ${text}   [${variable} is ${shown}${turning}]`;
}

function formatFunction({ text, holds, read }: ExplainedFunction): string {
  const values = read.map(({ variable, type, saw }) => {
    if (!Array.isArray(saw)) return `${variable} is ${show(type, saw as VariableValue)}`;
    const seen = saw as Extract<typeof saw, readonly unknown[]>;
    const more = seen.length > SHOWN_VALUES ? [`${seen.length - SHOWN_VALUES} more values`] : [];
    const shown = seen.slice(0, SHOWN_VALUES).map(({ value, blocks }) => `${show(type, value)} in ${blocks}`);
    return `${variable} is ${[...shown, ...more].join(', ')}`;
  });
  const [first = '', ...others] = text.split('\n');
  const reading = values.length === 0 ? 'it read nothing' : `it read: ${values.join('; ')}`;
  return `${holds ? 'yes' : 'no '} ${first}${others.length > 0 ? ' ..' : ''}   [${reading}]`;
}

function show(kind: VariableType['kind'], value: VariableValue): string {
  return describeValue(kind === 'enum' ? { kind, values: [] } : { kind }, value) || '(none)';
}

function formatDecision(decision: ExplainedDecision, evaluations: readonly ExplainedEvaluation[]): string {
  const { size, blocks } = decision;
  const what = `${decision.decision}: ${blockList(blocks)}, ${size} bytes`;
  if ('rule' in decision) return `${what}, by the guard (${decision.rule})`;
  if (decision.line === 0) return `${what}, by the default decision`;
  const lines = evaluations.flatMap((evaluation) => evaluation.lines);
  const text = lines.find(({ line }) => line === decision.line)?.text;
  return `${what}, by line ${decision.line}${text === undefined ? '' : `: ${text}`}`;
}

function blockList(blocks: readonly string[]): string {
  const count = `${blocks.length} block${blocks.length === 1 ? '' : 's'}`;
  const more = blocks.length > SHOWN_BLOCKS ? ', ..' : '';
  return `${count} (${blocks.slice(0, SHOWN_BLOCKS).join(', ')}${more})`;
}
