import type { TableSource } from '../columns/column.ts';

/** Where one of the tables of a state begins. */
export function partSource<State, P extends keyof State & string>(
  source: TableSource<State>,
  name: P,
): TableSource<State[P]> {
  if (source.kind === 'fork') return { ...source, base: source.base[name] };
  return source.kind === 'image' ? { ...source, image: source.image.below(name) } : source;
}
