export type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** A constructor of plain objects: what `new` makes of it has the prototype that a literal has, and its own properties. */
export function plainConstructor<T, Values extends unknown[]>(
  fill: (this: Writable<T>, ...values: Values) => void,
): new (
  ...values: Values
) => T {
  fill.prototype = Object.prototype;
  return fill as unknown as new (
    ...values: Values
  ) => T;
}
