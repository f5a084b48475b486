import type { MysqlPoolConnection } from 'kysely';
import { expect, it, vi } from 'vitest';
import { watchConnection } from './watched-connection.ts';

/** A connection on which every statement ends so, after a while. */
function failing(errno: number, afterMs: number) {
  const destroy = vi.fn();
  const query = (_statement: string, _parameters: unknown, callback: (error: unknown, result: unknown) => void) => {
    setTimeout(() => callback(Object.assign(new Error('failed'), { errno }), undefined), afterMs);
  };
  const onOutOfService = vi.fn();
  const connection = { config: {}, threadId: 1, destroy, query } as unknown as MysqlPoolConnection;
  const watched = watchConnection(connection, { silenceMs: null, onOutOfService });
  const ask = () =>
    new Promise<{ readonly errno?: number } | null>((resolve) => {
      watched.query('select 1', [], (error) => resolve(error as { readonly errno?: number } | null));
    });
  return { ask, destroy, onOutOfService };
}

it('leaves a node that cannot wait for what the others committed: it says so at once, with the code of a lock', async () => {
  const { ask, destroy, onOutOfService } = failing(1205, 1);
  expect(await ask()).toMatchObject({ errno: 1047 });
  expect(onOutOfService).toHaveBeenCalledOnce();
  expect(destroy).toHaveBeenCalledOnce();
});

it('stays where a lock was waited for in vain', async () => {
  const { ask, destroy, onOutOfService } = failing(1205, 1200);
  expect(await ask()).toMatchObject({ errno: 1205 });
  expect(onOutOfService).not.toHaveBeenCalled();
  expect(destroy).not.toHaveBeenCalled();
});
