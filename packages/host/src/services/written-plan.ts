/**
 * A plan as a text, for the time that it waits: a line of JSON with all but its steps, lines with some steps each, and the
 * document after them. A large one is written and read a line at a time, since those are the plans that wait.
 */
import { DynamoError, inBatches, type Plan, type PlanStep, type Reason, TimeSlice } from '@dynamo/core';

interface WrittenPlan extends Omit<Plan, 'steps' | 'document' | 'contents'> {
  readonly reasons: readonly Reason[];
  readonly stepLines: number;
  /** In base64. */
  readonly contents: Readonly<Record<string, string>>;
}

/** The reason by its place: a plan of a million steps has few of them, and long ones. */
type WrittenStep = Omit<PlanStep, 'reason'> & { readonly reason: number };

const STEPS_A_LINE = 1000;

export async function contentOf({ document, contents = {}, steps, ...plan }: Plan): Promise<string> {
  const places = new Map<string, number>();
  const reasons: Reason[] = [];
  const writtenStep = ({ reason, ...step }: PlanStep): WrittenStep => {
    const key = `${reason.source}\n${reason.reference ?? ''}\n${reason.text}`;
    const place = places.get(key) ?? reasons.push(reason) - 1;
    places.set(key, place);
    return { ...step, reason: place };
  };
  const slice = new TimeSlice();
  const lines: string[] = [];
  for (const some of inBatches(steps, STEPS_A_LINE)) {
    if (slice.isOver) await slice.next();
    lines.push(JSON.stringify(some.map(writtenStep)));
  }
  const texts = Object.entries(contents).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]);
  const written: WrittenPlan = { ...plan, reasons, stepLines: lines.length, contents: Object.fromEntries(texts) };
  return [JSON.stringify(written), ...lines, document].join('\n');
}

/** Rejects with `refused` for one that an earlier version wrote in another form. */
export async function planOf(content: string): Promise<Plan> {
  let at = 0;
  const nextLine = (): unknown => {
    const end = content.indexOf('\n', at);
    const line = content.slice(at, end);
    at = end + 1;
    return JSON.parse(line);
  };
  const { reasons, stepLines, contents, ...plan } = nextLine() as Omit<WrittenPlan, 'stepLines'> & {
    readonly stepLines?: number;
  };
  if (stepLines === undefined) {
    throw new DynamoError('refused', 'the plan waits since before an update of Dynamo: reject it, and make it anew');
  }
  const slice = new TimeSlice();
  const steps: PlanStep[] = [];
  for (let line = 0; line < stepLines; line += 1) {
    if (slice.isOver) await slice.next();
    for (const step of nextLine() as WrittenStep[]) {
      steps.push({ ...step, reason: reasons[step.reason] as Reason } as PlanStep);
    }
  }
  const bytes = Object.entries(contents).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, 'base64'))]);
  return {
    ...plan,
    steps,
    document: content.slice(at),
    contents: Object.fromEntries(bytes) as Readonly<Record<string, Uint8Array>>,
  };
}
