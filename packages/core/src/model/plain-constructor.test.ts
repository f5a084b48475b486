import assert from 'node:assert/strict';
import { expect, it } from 'vitest';
import { plainConstructor } from './plain-constructor.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

it('makes what a literal makes', () => {
  const Made = plainConstructor<Point, [x: number, y: number]>(function (x, y) {
    this.x = x;
    this.y = y;
  });
  const point = new Made(1, 2);
  assert.deepEqual(point, { x: 1, y: 2 });
  expect(point).toStrictEqual({ x: 1, y: 2 });
  expect(Object.getPrototypeOf(point)).toBe(Object.prototype);
  expect(Object.keys({})).toEqual([]);
});
