import { describe, expect, it } from 'vitest';
import { ConnectionPool } from './connection-pool.ts';

class Connection {
  closed = false;
  async close(): Promise<void> {
    this.closed = true;
  }
}

describe('the pool of connections', () => {
  it('opens as many as it may, when they are needed, and lends each to one borrower at a time', async () => {
    const opened: Connection[] = [];
    const pool = new ConnectionPool(async () => {
      opened.push(new Connection());
      return opened.at(-1) as Connection;
    }, 2);
    const first = await pool.acquire();
    pool.release(first);
    expect(await pool.acquire()).toBe(first);
    const second = await pool.acquire();
    expect(second).not.toBe(first);
    expect(opened).toHaveLength(2);
  });

  it('hands a connection over in the order of asking', async () => {
    const pool = new ConnectionPool(async () => new Connection(), 1);
    const first = await pool.acquire();
    const order: string[] = [];
    const borrow = async (name: string): Promise<void> => {
      const connection = await pool.acquire();
      order.push(name);
      pool.release(connection);
    };
    const waiting = [borrow('a'), borrow('b'), borrow('c')];
    pool.release(first);
    await Promise.all(waiting);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('leaves nobody waiting for a connection that could not be opened', async () => {
    let tries = 0;
    const pool = new ConnectionPool(async () => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
      return new Connection();
    }, 1);
    const results = await Promise.allSettled([pool.acquire(), pool.acquire()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('closes what is idle and what is lent, and refuses whoever waits or comes later', async () => {
    const pool = new ConnectionPool(async () => new Connection(), 1);
    const lent = await pool.acquire();
    const waiting = pool.acquire();
    await pool.close();
    expect(lent.closed).toBe(true);
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'closed' });
  });

  it('closes a connection that was still being opened', async () => {
    const connection = new Connection();
    let open = (): void => {};
    const opening = new Promise<void>((resolve) => {
      open = resolve;
    });
    const pool = new ConnectionPool(async () => {
      await opening;
      return connection;
    }, 1);
    const acquiring = pool.acquire();
    await pool.close();
    open();
    await expect(acquiring).rejects.toMatchObject({ code: 'closed' });
    expect(connection.closed).toBe(true);
  });
});
