import { expect, it } from 'vitest';
import { FirstFew } from './first-few.ts';

it('names the first of each kind, counts the others, and begins anew when they were asked for', () => {
  const few = new FirstFew(2);
  for (let round = 0; round < 2; round += 1) {
    expect(['a', 'b', 'a', 'a', 'a', 'b'].map((kind) => few.isOne(kind))).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
    ]);
    expect(few.takeOthers()).toEqual([{ kind: 'a', more: 2 }]);
  }
  expect(few.takeOthers()).toEqual([]);
});
