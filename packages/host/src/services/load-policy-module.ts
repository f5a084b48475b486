import { stripTypeScriptTypes } from 'node:module';
import { inputError } from '@dynamo/core';
import type { PolicyModule } from '@dynamo/policies';
import { init, parse } from 'es-module-lexer';
import { notAuthorised, type PolicyText } from './policy-text.ts';

/**
 * Runs a policy module and gives what it exports as `policy`. It is run from the very text whose digest was looked at,
 * and it is all there is: one that imports anything but types is refused, as nobody has looked at what it imports.
 * Rejects with `refused` where it may not run, and `invalid-input` where it is no policy.
 */
export async function loadPolicyModule(policy: PolicyText): Promise<PolicyModule> {
  const { file, text, mayRun } = policy;
  if (mayRun !== true) throw notAuthorised(policy);
  const code = withoutTypes(policy);
  await init;
  const imports = importsOf(code, file);
  if (imports.length > 0) {
    throw inputError({
      what: `it imports ${imports.join(', ')}: a policy is one file, so that its digest says all that it does`,
      where: { file },
      hint: 'import types alone: `import type {...}`',
    });
  }
  const exported = await run(code, file, text);
  if (typeof exported.policy === 'function') return exported.policy as PolicyModule;
  throw inputError({ what: 'it does not export a function `policy`', where: { file }, hint: 'see docs/detox.md' });
}

function withoutTypes({ file, text }: PolicyText): string {
  try {
    return /\.[cm]?ts$/i.test(file) ? stripTypeScriptTypes(text) : text;
  } catch (cause) {
    throw inputError({ what: `it is not TypeScript: ${firstLine(cause)}`, where: { file } }, cause);
  }
}

function importsOf(code: string, file: string): string[] {
  try {
    const [imports] = parse(code, file);
    return imports.flatMap((each) => {
      if (each.type === 'import-meta') return [];
      return [each.specifier === undefined ? 'something' : `'${each.specifier}'`];
    });
  } catch (cause) {
    throw inputError({ what: `it is not a module: ${firstLine(cause)}`, where: { file } }, cause);
  }
}

async function run(code: string, file: string, source: string): Promise<Readonly<Record<string, unknown>>> {
  const named = `${code}\n//# sourceURL=${encodeURI(file)}`;
  try {
    return (await import(`data:text/javascript;base64,${Buffer.from(named).toString('base64')}`)) as Record<
      string,
      unknown
    >;
  } catch (cause) {
    const what = source.trim() === '' ? 'it is empty' : `it cannot be run: ${firstLine(cause)}`;
    throw inputError({ what, where: { file } }, cause);
  }
}

function firstLine(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return (message.split('\n').find((line) => line.trim() !== '') ?? '').trim();
}
