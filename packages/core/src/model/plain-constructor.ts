/**
 * A constructor of plain objects: what `new` makes of it has the prototype that a literal has, and its own properties.
 *
 * An engine watches literals: where those of one place have survived for a while, as in the first large commits, it makes
 * all later ones among its old objects, and those lie there, with what they refer to, until all of the heap is looked
 * through. It does not watch constructors.
 */
export function plainConstructor<T, Values extends unknown[]>(
  fill: (this: { -readonly [Name in keyof T]: T[Name] }, ...values: Values) => void,
): new (
  ...values: Values
) => T {
  fill.prototype = Object.prototype;
  return fill as unknown as new (
    ...values: Values
  ) => T;
}
