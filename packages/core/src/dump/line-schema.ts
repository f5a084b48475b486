import { type ObjectSchema, type OptionalChecks, objectSchema, type RequiredChecks } from '../input/object-schema.ts';

export type LineSchema<T> = ObjectSchema<T & { readonly type?: string }>;

/** The keys of a line besides `type`, which told what line it is. */
export function lineSchema<T>(type: string, required: RequiredChecks<T>, optional: OptionalChecks<T>): LineSchema<T> {
  const noun = `a ${type} line`;
  const all = { ...optional, type: () => undefined };
  return objectSchema<T>(noun, required, all) as LineSchema<T>;
}
