/** A plan as a text, for the time that it waits. */
import type { Plan, PlanStep, Reason } from '@dynamo/core';

interface WrittenPlan extends Omit<Plan, 'steps' | 'document' | 'contents'> {
  readonly reasons: readonly Reason[];
  readonly steps: readonly (Omit<PlanStep, 'reason'> & { readonly reason: number })[];
  /** In base64. */
  readonly contents: Readonly<Record<string, string>>;
}

/** Steps name their reasons by place: a plan of a million steps has few of them, and long ones. The document follows. */
export function contentOf({ document, contents = {}, ...plan }: Plan): string {
  const places = new Map<string, number>();
  const reasons: Reason[] = [];
  const steps = plan.steps.map(({ reason, ...step }) => {
    const key = `${reason.source}\n${reason.reference ?? ''}\n${reason.text}`;
    const place = places.get(key) ?? reasons.push(reason) - 1;
    places.set(key, place);
    return { ...step, reason: place };
  });
  const written = Object.entries(contents).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]);
  return `${JSON.stringify({ ...plan, steps, reasons, contents: Object.fromEntries(written) })}\n${document}`;
}

export function planOf(content: string): Plan {
  const end = content.indexOf('\n');
  const { steps, reasons, contents, ...plan } = JSON.parse(content.slice(0, end)) as WrittenPlan;
  const bytes = Object.entries(contents).map(([name, text]) => [name, Uint8Array.from(Buffer.from(text, 'base64'))]);
  return {
    ...plan,
    steps: steps.map((step) => ({ ...step, reason: reasons[step.reason] as Reason }) as PlanStep),
    document: content.slice(end + 1),
    contents: Object.fromEntries(bytes) as Readonly<Record<string, Uint8Array>>,
  };
}
