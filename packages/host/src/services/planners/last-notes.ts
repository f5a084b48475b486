import type { Application } from '../application.ts';

const LOOK_BACK = 200;

/** What the planner noted for itself at its last cycle of that title; empty where there was none. */
export async function lastNotes(
  { store }: Pick<Application, 'store'>,
  planner: string,
  title: string,
): Promise<Readonly<Record<string, unknown>>> {
  const cycles = await store.history.cycles({ planner, limit: LOOK_BACK });
  const last = cycles.find((cycle) => cycle.title === title);
  const record = last === undefined ? null : await store.history.cycle(last.cycle);
  return record === null ? {} : notesOf(record.document);
}

/** They stand last in the document, whose plan may be very long: only they are read. */
export function notesOf(document: string): Readonly<Record<string, unknown>> {
  const key = ',"notes":';
  const at = document.lastIndexOf(key);
  if (at < 0) return {};
  try {
    return JSON.parse(document.slice(at + key.length, -1)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
