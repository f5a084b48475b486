import { describe, expect, it } from 'vitest';
import { Closers } from './closers.ts';

describe('closers', () => {
  it('close in reverse order, once', async () => {
    const closers = new Closers();
    const closed: string[] = [];
    for (const name of ['store', 'inventory', 'scheduler']) closers.add(name, async () => closed.push(name));
    await closers.closeAll();
    await closers.closeAll();
    expect(closed).toEqual(['scheduler', 'inventory', 'store']);
  });

  it('close the rest where one fails, and name it', async () => {
    const closers = new Closers();
    const closed: string[] = [];
    closers.add('store', async () => closed.push('store'));
    closers.add('lease', async () => {
      throw new Error('gone');
    });
    await expect(closers.closeAll()).rejects.toThrow('lease could not be closed');
    expect(closed).toEqual(['store']);
  });
});
