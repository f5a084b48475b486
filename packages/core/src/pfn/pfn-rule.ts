import { RE2JS, RE2JSException } from 're2js';
import { type InputPlace, inputError } from '../errors/input-error.ts';

/** One step of a chain: the text that comes of it, or null where the pattern does not match. */
export type PfnRule = (text: string) => string | null;

/** In characters, of a pattern and of a replacement. */
const maxRuleLength = 2048;

/**
 * The pattern is anchored at the start and in the syntax of RE2, so that matching takes linear time whatever a site's
 * administrator wrote. The result is the replacement alone: `{0}` stands for the first captured group (empty if the group
 * took no part), `{{` and `}}` for braces.
 */
export function compilePfnRule(pattern: string, replacement: string, place: InputPlace = {}): PfnRule {
  const expression = compilePattern(pattern, at(place, '[0]'));
  const parts = parseReplacement(replacement, expression.groupCount(), at(place, '[1]'));
  return (text) => {
    const match = expression.matcher(text);
    if (!match.lookingAt()) return null;
    let result = '';
    for (const part of parts) result += typeof part === 'string' ? part : (match.group(part + 1) ?? '');
    return result;
  };
}

function compilePattern(pattern: string, where: InputPlace): RE2JS {
  refuseLong(pattern, where);
  try {
    // Without DOTALL a name with a line break in it would lose its tail, and pass for another file's.
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const hint = 'RE2 syntax: no look-around, no back-references';
    throw inputError({ what: `bad pattern ${JSON.stringify(pattern)}: ${error.message}`, where, hint }, error);
  }
}

/** Literal text, and the numbers of groups from 0. */
function parseReplacement(replacement: string, groupCount: number, where: InputPlace): (string | number)[] {
  refuseLong(replacement, where);
  const parts: (string | number)[] = [];
  for (const [piece, braces, group] of replacement.matchAll(/[^{}]+|(\{\{|\}\})|\{(\d{1,4})\}|[{}]/g)) {
    if (group !== undefined) {
      if (Number(group) >= groupCount) {
        const hint = `the pattern captures ${groupCount}; {0} is the first`;
        throw inputError({ what: `replacement ${JSON.stringify(replacement)} names group {${group}}`, where, hint });
      }
      parts.push(Number(group));
    } else if (braces === undefined && (piece === '{' || piece === '}')) {
      const hint = '{0} is the first captured group; write {{ and }} for braces';
      throw inputError({
        what: `replacement ${JSON.stringify(replacement)} has a brace that stands alone`,
        where,
        hint,
      });
    } else {
      parts.push(braces === undefined ? piece : braces.slice(1));
    }
  }
  return parts;
}

function refuseLong(text: string, where: InputPlace): void {
  if (text.length > maxRuleLength) throw inputError({ what: `longer than ${maxRuleLength} characters`, where });
}

function at(place: InputPlace, step: string): InputPlace {
  return { ...place, path: `${place.path ?? ''}${step}` };
}
