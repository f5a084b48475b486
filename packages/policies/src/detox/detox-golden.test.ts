import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { formatDiagnostic, type InventoryView } from '@dynamo/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../../../scripts/components.ts';
import { workspaceRoot } from '../../../../scripts/workspace.ts';
import { readPolicy } from '../policy/check-policy.ts';
import { viewOfDump } from '../testing-fixtures/view-of.ts';
import { detoxPlanJson } from './detox-plan-json.ts';
import { planDetox } from './plan-detox.ts';

/** What the original decided on inventory inv13 under a policy. */
interface Golden {
  readonly now: number;
  readonly iterations: number;
  readonly sites: Readonly<Record<string, { readonly triggered: boolean; readonly occupancy_after: number | 'max' }>>;
  readonly reassigned: readonly (readonly [string, string, string, string])[];
  readonly blocks: readonly (readonly [string, string, string, string, number])[];
}

const fixtures = join(import.meta.dirname, '../testing-fixtures');
const shared = join(workspaceRoot, '../shared');

let view: InventoryView;
beforeAll(async () => {
  view = await viewOfDump(join(fixtures, 'inv13.ndjson.gz'));
});

describe('the decisions of the original', () => {
  it.each(['h1', 'h2'])('under %s', (name) => {
    expectGolden(join(fixtures, `${name}.txt`), join(fixtures, `want.13.${name}.json.gz`));
  });
});

const production = ['DataOps', 'Physics', 'RelVal'];
const files = production.flatMap((name) => [
  `../shared/cms-policies/${name}.txt`,
  `../shared/golden/want.13.${name}.json.gz`,
]);
describeWith({ name: 'the policies of CMS', files }, 'the decisions of the original, with policies of CMS', () => {
  it.each(production)('under %s', (name) => {
    expectGolden(join(shared, `cms-policies/${name}.txt`), join(shared, `golden/want.13.${name}.json.gz`));
  });
});

function expectGolden(policyFile: string, wantFile: string): void {
  const want = JSON.parse(gunzipSync(readFileSync(wantFile)).toString()) as Golden;
  const text = readFileSync(policyFile, 'utf8');
  const outcome = readPolicy(text, { nowSeconds: want.now });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((each) => formatDiagnostic(each, text)).join('\n'));
  for (const evaluation of ['changed', 'full'] as const) {
    const result = planDetox(view, { policy: outcome.value, now: want.now, guard: 'off', evaluation });
    const plan = JSON.parse(detoxPlanJson(result, { blocks: true })) as {
      readonly decisions: readonly {
        dataset: string;
        site: string;
        decision: string;
        line: number;
        blocks: string[];
      }[];
      readonly handed_over: readonly { dataset: string; site: string; blocks: string[]; to: string }[];
    };
    expect({
      iterations: result.iterations,
      sites: Object.fromEntries(
        result.sites.map(({ site, quota, after, triggered }) => [
          site,
          { triggered, occupancy_after: roundedOccupancy(after, quota ?? 0) },
        ]),
      ),
      reassigned: sorted(
        plan.handed_over.flatMap(({ dataset, site, blocks, to }) => blocks.map((block) => [dataset, site, block, to])),
      ),
      blocks: sorted(
        plan.decisions.flatMap(({ dataset, site, blocks, decision, line }) =>
          blocks.map((block) => [dataset, site, block, decision, line]),
        ),
      ),
    }).toEqual({
      iterations: want.iterations,
      sites: want.sites,
      reassigned: sorted(want.reassigned),
      blocks: sorted(want.blocks),
    });
  }
}

function roundedOccupancy(bytes: number, quota: number): number | 'max' {
  if (quota === 0) return 'max';
  return quota < 0 ? 0 : Math.round((bytes / quota) * 1e9) / 1e9;
}

function sorted(rows: readonly (readonly (string | number)[])[]): string[] {
  return rows.map((row) => row.join('\t')).sort();
}
