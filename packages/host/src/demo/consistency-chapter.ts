/** Files are lost and strange ones appear; two rounds of the consistency check see them, and the third acts. */
import { countOf } from '../cli/format.ts';
import { checkConsistency, listFindings } from '../services/consistency.ts';
import { carryOutOperations } from './carry-out-operations.ts';
import { DEMO_USER, type DemoContext } from './demo-context.ts';
import { type DemoJournal, type Faults, type FaultyFile, type PlantedFaults, saveJournal } from './demo-directory.ts';
import { chooseFaults, plantFaults } from './plant-faults.ts';

export interface FaultsSeen {
  readonly planted: PlantedFaults;
  readonly found: Faults;
  /** Sites at which nothing is amiss any more. */
  readonly cleanSites: number;
}

/** One round sees a difference, the second confirms it: whatever is under way shows in one of them only. */
const ROUNDS = 2;

export async function consistencyChapter(context: DemoContext, journal: DemoJournal): Promise<FaultsSeen> {
  const { story } = context;
  const planted = await plantOnce(context, journal);
  const [lost, strange] = [countOf(planted.missing.length, 'file'), countOf(planted.orphans.length, 'file')];
  story.say(`${lost} vanished behind the inventory's back, and ${strange} appeared that nobody catalogued.`);
  story.say(`Every site is listed and compared; what ${ROUNDS} rounds in a row have seen is believed:`);

  let { found } = journal;
  if (found === null) {
    for (let round = 1; round <= ROUNDS; round += 1) await checkSites(context, { act: false, round });
    found = await readFindings(context);
    // Kept first: what is repaired cannot be found again.
    await saveJournal(context.directory, { ...journal, planted, found });
  }
  tellFindings(context, found);
  await checkSites(context, { act: true, round: ROUNDS + 1 });
  await carryOutOperations(context, 'repairs');
  const cleanSites = await checkSites(context, { act: false, round: ROUNDS + 2 });
  story.say(
    'What was missing came back from another site, the orphans were removed, and every site was checked again.',
  );
  return { planted, found, cleanSites };
}

/** Chosen and written down first, then done: a demo that was killed in between does the same again. */
async function plantOnce(
  { application, directory, federation }: DemoContext,
  journal: DemoJournal,
): Promise<PlantedFaults> {
  if (journal.planted?.done === true) return journal.planted;
  const chosen = journal.planted ?? (await chooseFaults(application, federation.seed));
  await saveJournal(directory, { ...journal, planted: chosen });
  await plantFaults(chosen, directory, journal);
  const planted = { ...chosen, done: true };
  await saveJournal(directory, { ...journal, planted });
  return planted;
}

/** The number of sites that were clean. */
async function checkSites(
  { application, federation, story, signal }: DemoContext,
  { act, round }: { readonly act: boolean; readonly round: number },
): Promise<number> {
  using progress = story.progress(`consistency, round ${round}: sites`);
  let [done, clean] = [0, 0];
  for (const { name } of federation.sites) {
    const { check } = await checkConsistency(application, name, { act, user: DEMO_USER, signal });
    if (check.stopped !== null) throw new Error(`the check of ${name} is not believed: ${check.stopped}`);
    if (check.isClean) clean += 1;
    done += 1;
    progress.update(done, federation.sites.length);
  }
  return clean;
}

async function readFindings({ application, federation }: DemoContext): Promise<Faults> {
  const [missing, orphans]: [FaultyFile[], FaultyFile[]] = [[], []];
  for (const { name: site } of federation.sites) {
    for (const { kind, name } of await listFindings(application, site)) {
      if (kind === 'orphan') orphans.push({ site, path: name });
      else missing.push({ site, path: name.slice(1) });
    }
  }
  return { missing, orphans };
}

function tellFindings({ story }: DemoContext, { missing, orphans }: Faults): void {
  story.table(
    [{ title: 'finding' }, { title: 'site' }, { title: 'file' }],
    [...missing.map((file) => ['missing', file] as const), ...orphans.map((file) => ['orphan', file] as const)].map(
      ([kind, { site, path }]) => [kind, site, path],
    ),
  );
}
