/** One Detox cycle for each partition: planned, shown, committed. What was committed before is read in the history. */
import { formatBytes, formatOccupancy } from '../cli/format.ts';
import type { Application } from '../services/application.ts';
import { showCycle } from '../services/cycles.ts';
import { commitDetox } from '../services/detox.ts';
import type { DetoxDecision, DetoxDocument } from '../services/detox-document.ts';
import { DEMO_USER, type DemoContext } from './demo-context.ts';
import { type DemoText, readDemoText } from './demo-directory.ts';
import type { Story } from './story.ts';
import { DEMO_PARTITIONS, type DemoPartition } from './vocabulary.ts';

export async function detoxChapter(context: DemoContext): Promise<readonly DetoxDocument[]> {
  const { application, federation, story, signal } = context;
  story.say('A policy is a list of lines, and the first that holds for a replica decides: protect it, delete it, or');
  story.say(
    'dismiss it. What is dismissed is deleted where its site is too full, or given up, until it no longer is; the',
  );
  story.say('rest is kept. No policy can delete the last good copy: the guard protects that before any line.');
  const documents: DetoxDocument[] = [];
  for (const partition of DEMO_PARTITIONS) {
    const policy = await readDemoText(`${partition}.txt`);
    if ((await findPlan(application, partition)) === null) {
      await commitDetox(application, { policy, now: federation.now }, { user: DEMO_USER, signal });
    }
    const document = await findPlan(application, partition);
    if (document === null) throw new Error(`the cycle of ${partition} left no history`);
    tellSites(document, policy, story);
    tellReasons(document, policy, story);
    documents.push(document);
  }
  return documents;
}

/** The plan of the partition's first cycle: a server that ran on this store may have added others. */
async function findPlan(application: Application, partition: DemoPartition): Promise<DetoxDocument | null> {
  const cycles = await application.store.history.cycles({ planner: 'detox' });
  const first = cycles.findLast(({ title }) => title === `Detox ${partition}`);
  if (first === undefined) return null;
  const { document } = await showCycle(application, first.cycle);
  return (document as { readonly plan: DetoxDocument }).plan;
}

function tellSites({ partition, sites }: DetoxDocument, { file }: DemoText, story: Story): void {
  story.paragraph(`Partition ${partition}, by ${file}: sites marked with * are over the high watermark, or given up.`);
  story.table(
    [
      { title: '' },
      { title: 'site' },
      { title: 'holds', align: 'right' },
      { title: 'of quota', align: 'right' },
      { title: 'protected', align: 'right' },
      { title: 'kept', align: 'right' },
      { title: 'deleted', align: 'right' },
      { title: 'then', align: 'right' },
    ],
    sites.map((site) => [
      site.triggered ? '*' : '',
      site.site,
      formatBytes(site.before),
      formatOccupancy(occupancy(site.before, site.quota)),
      formatBytes(site.protected),
      formatBytes(site.kept),
      formatBytes(site.deleted),
      formatOccupancy(occupancy(site.before - site.deleted, site.quota)),
    ]),
  );
}

/** How many replicas each line of the policy decided about. */
function tellReasons({ decisions }: DetoxDocument, { text }: DemoText, story: Story): void {
  const lines = text.split('\n');
  const byReason = new Map<string, { readonly decision: string; readonly why: string; count: number; bytes: number }>();
  for (const decided of decisions) {
    const { decision, size } = decided;
    const why = reasonOf(decided, lines);
    const key = `${decision}: ${why}`;
    const reason = byReason.get(key) ?? { decision, why, count: 0, bytes: 0 };
    byReason.set(key, { ...reason, count: reason.count + 1, bytes: reason.bytes + size });
  }
  story.paragraph('and why:');
  const rank = ({ decision }: { readonly decision: string }): number => ORDER.indexOf(decision);
  story.table(
    [
      { title: 'decision' },
      { title: 'replicas', align: 'right' },
      { title: 'bytes', align: 'right' },
      { title: 'by this line of the policy' },
    ],
    [...byReason.values()]
      .sort((a, b) => rank(a) - rank(b) || b.bytes - a.bytes)
      .map(({ decision, why, count, bytes }) => [decision, count, formatBytes(bytes), why]),
  );
}

const ORDER: readonly string[] = ['delete', 'protect', 'keep'];

function reasonOf({ line = 0, rule }: DetoxDecision, lines: readonly string[]): string {
  if (rule !== undefined) return `(the guard: ${rule})`;
  return line === 0 ? 'Dismiss (the default decision)' : (lines[line - 1] ?? `line ${line}`);
}

function occupancy(bytes: number, quota: number | null): number | null {
  if (quota === null || quota === 0) return null;
  return quota < 0 ? 0 : bytes / quota;
}
