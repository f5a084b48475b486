/** Several connections that see one version, and pages read over them. */
import type { Session } from './bulk.ts';
import type { HeadTable } from './database.ts';
import { readHead } from './head.ts';

export interface Picture {
  readonly head: HeadTable;
  /** One or more, each in a transaction of its own that sees what the others see. */
  readonly sessions: readonly Session[];
  end(): Promise<void>;
}

const TRIES = 5;

/**
 * Every commit moves the head: transactions that see the same version see the same inventory, on one server or on several
 * of a cluster. While others commit they may see different ones; tried anew then, and in the end those do that agree.
 */
export async function takePicture(session: Session, connections: number): Promise<Picture> {
  for (let tries = 1; ; tries += 1) {
    const opened = await Promise.allSettled(Array.from({ length: connections }, () => beginReading(session)));
    const readers = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    // The database may have no room for all of them: one will do.
    if (readers.length === 0) throw opened.find((each) => each.status === 'rejected')?.reason;
    const newest = Math.max(...readers.map(({ head }) => head.version));
    const agreeing = readers.filter(({ head }) => head.version === newest);
    if (agreeing.length < readers.length && tries < TRIES) {
      await endAll(readers);
      continue;
    }
    await endAll(readers.filter((reader) => !agreeing.includes(reader)));
    const [{ head }] = agreeing as [Reader];
    return { head, sessions: agreeing.map(({ session: own }) => own), end: () => endAll(agreeing) };
  }
}

interface Reader {
  readonly head: HeadTable;
  readonly session: Session;
  end(): Promise<unknown>;
}

async function beginReading(session: Session): Promise<Reader> {
  const transaction = await session.db
    .startTransaction()
    .setAccessMode('read only')
    .setIsolationLevel('repeatable read')
    .execute();
  const own: Session = { ...session, db: transaction };
  const end = (): Promise<unknown> => transaction.rollback().execute();
  try {
    // The first read is what the snapshot is of.
    return { head: await readHead(own), session: own, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function endAll(readers: readonly Reader[]): Promise<void> {
  await Promise.all(readers.map((reader) => reader.end()));
}

/** Pages asked for beforehand, for each connection. */
const AHEAD = 2;

/** `read` of each of `items`, in their order, over all sessions at once; the next ones are asked for while one is used. */
export async function* readPages<T, R>(
  sessions: readonly Session[],
  items: readonly T[],
  read: (session: Session, item: T) => Promise<R>,
): AsyncGenerator<R> {
  const busy: Promise<unknown>[] = sessions.map(() => Promise.resolve());
  const asked: Promise<R>[] = [];
  let next = 0;
  const ask = (): void => {
    const at = next % sessions.length;
    const [session, item] = [sessions[at] as Session, items[next] as T];
    const page = (busy[at] as Promise<unknown>).then(() => read(session, item));
    // Whoever leaves early never hears of it; whoever goes on hears of it below.
    busy[at] = page.catch(() => undefined);
    asked.push(page);
    next += 1;
  };
  try {
    while (next < Math.min(items.length, AHEAD * sessions.length)) ask();
    for (let page = asked.shift(); page !== undefined; page = asked.shift()) {
      const value = await page;
      if (next < items.length) ask();
      yield value;
    }
  } finally {
    await Promise.all(busy);
  }
}
