import { compileLocks, type InventoryView, inputError, NO_ROW, partitionUnderGroup } from '@dynamo/core';
import type { CheckedPolicy } from '../policy/checked-policy.ts';
import { mergeUses, usedVariables } from '../policy/used-variables.ts';
import { CandidateOrder } from './candidate-order.ts';
import { ChangeMarks } from './change-marks.ts';
import { attributeValues } from './conditions/attribute-values.ts';
import { BoundFunctions, hasFunctions } from './conditions/bind-functions.ts';
import { type ImageFigures, imageBinders } from './conditions/image-binders.ts';
import { lineMatchers } from './conditions/line-matcher.ts';
import { anyHolds, type SiteUse } from './conditions/site-conditions.ts';
import { WalkState } from './conditions/walk-state.ts';
import { Decisions, GUARD_LINE } from './decisions.ts';
import { Deleter } from './delete-copies.ts';
import { DELETION_PER_ITERATION, type DetoxOptions } from './detox-options.ts';
import type { DetoxResult } from './detox-result.ts';
import { findObstacles, producedVariables } from './find-obstacles.ts';
import { GuardInRun } from './guard-in-run.ts';
import { buildImage } from './image/build-image.ts';
import { NewestUpdate } from './image/newest-update.ts';
import { LockMarks } from './lock-marks.ts';
import { runDetox } from './run-detox.ts';
import { SiteFigures } from './site-figures.ts';
import { summariseRun } from './summarise-run.ts';
import type { WalkObserver } from './walk.ts';

/** As many as their codes have room for. */
const MAX_FURTHER_RULES = 200;

/**
 * What a policy would delete now. Pure: the same inputs give the same result. Throws `invalid-input` for a policy that
 * does not fit the inventory.
 */
export function planDetox(view: InventoryView, options: DetoxOptions): DetoxResult {
  return planObserved(view, options, () => []);
}

/** The same, with every evaluation of the replicas of the observers, of which each has another one. */
export function planObserved(
  view: InventoryView,
  options: DetoxOptions,
  observersOf: (figures: ImageFigures, decisions: Decisions) => readonly WalkObserver[],
): DetoxResult {
  const { policy, now, guard: guardSwitch = 'on', attributes: columns = new Map() } = options;
  if ((options.guardRules?.length ?? 0) > MAX_FURTHER_RULES) {
    throw inputError({
      what: `${options.guardRules?.length} rules are added to the guard: ${MAX_FURTHER_RULES} are the most`,
    });
  }
  const deletionPerIteration = checkedFraction(options.deletionPerIteration ?? DELETION_PER_ITERATION);
  const { tables } = view;
  const partitionRow = partitionRowOf(view, policy);
  const image = buildImage(tables, partitionRow, targetSites(view, policy, partitionRow));
  const sites = new SiteFigures(image, tables, partitionRow);
  const decisions = new Decisions(image, sites);
  const locks = new LockMarks(image, compileLocks(view.locks(), now));
  const further = { rules: options.guardRules ?? [], limits: options.limits ?? {}, view, now };
  const guard = guardSwitch === 'on' ? new GuardInRun(image, locks, further) : undefined;
  const newest = asksForAge(policy) ? new NewestUpdate(image) : undefined;
  const named = producedVariables(usedVariables(policy));
  const attributes = attributeValues(
    image,
    named.map(({ variable }) => variable),
    columns,
  );
  const walk = new WalkState(image);
  const figures: ImageFigures = { image, walk, locks, newest, attributes };
  const binders = imageBinders(figures);
  const functions = new BoundFunctions(policy, figures, binders, now);
  const parts = {
    image,
    sites,
    decisions,
    changes: new ChangeMarks(image.datasets, image.replicas),
    locks,
    guard,
    newest,
    isInPartition: partitionUnderGroup(tables, partitionRow),
  };
  const deleter = new Deleter(parts);
  const use: SiteUse = {
    sites: image.arrays.sites,
    usedBytes: (site) => sites.used(site),
    quota: (site) => sites.quotas[site] ?? null,
  };
  const whenHolds = anyHolds(policy.when, use);
  const isTriggered = Uint8Array.from(image.arrays.sites, (_, site) => (whenHolds(site) ? 1 : 0));
  const { iterations, isReleased, dismissedFrom } = runDetox({
    ...parts,
    walk,
    deleter,
    lines: lineMatchers(policy.lines, binders, image, functions),
    defaultAction: policy.defaultAction,
    observers: new Map(observersOf(figures, decisions).map((observer) => [observer.replica, observer])),
    order: new CandidateOrder(policy.order, binders.replica, walk),
    isTriggered,
    untilHolds: anyHolds(policy.until, use),
    algorithm: policy.algorithm,
    deletionPerIteration,
    evaluation: options.evaluation ?? 'changed',
  });
  const unstated = image.arrays.sites
    .filter((_, site) => dismissedFrom[site] !== 0 && sites.quotas[site] === null)
    .map(({ name }) => name);
  const produced = mergeUses(named, producedVariables(functions.used()));
  return {
    options,
    policy,
    now,
    version: view.version,
    iterations,
    ...summariseRun({ policy, image, decisions, sites, isTriggered, isReleased }),
    notCommittable: findObstacles({ view, options, attributes, unstated, produced }),
    read: produced.map(({ variable }) => variable.name),
    supplied: produced.flatMap(({ variable }) => (attributes.hasValues(variable) ? [variable.name] : [])),
    run: {
      view,
      image,
      decisions,
      deleted: deleter.deleted.values().slice(),
      deletedFrom: deleter.deletedFrom.values().slice(),
      handedOver: deleter.handedOver,
      ruleNames: guard?.ruleNames ?? [],
    },
  };
}

function partitionRowOf({ tables }: InventoryView, { partition, file, lines }: CheckedPolicy): number {
  const row = tables.partitions.find(partition);
  if (row === NO_ROW) throw inputError({ what: `the inventory has no partition \`${partition}\``, where: { file } });
  if (lines.length >= GUARD_LINE) {
    throw inputError({ what: `the policy has ${lines.length} lines: ${GUARD_LINE - 1} are the most`, where: { file } });
  }
  return row;
}

function checkedFraction(deletionPerIteration: number): number {
  if (deletionPerIteration > 0 && Number.isFinite(deletionPerIteration)) return deletionPerIteration;
  throw inputError({
    what: `deletion per iteration is ${deletionPerIteration}`,
    hint: 'it is a fraction of the quota above 0, like 0.01',
  });
}

function asksForAge(policy: CheckedPolicy): boolean {
  if (hasFunctions(policy)) return true;
  return usedVariables(policy).some(({ variable }) => variable.name === 'blockreplica.age_relative_to_newest');
}

/** Their rows. `On` sees what is in the partition before the run. */
function targetSites({ tables }: InventoryView, policy: CheckedPolicy, partitionRow: number): number[] {
  const { sites, sitePartitions } = tables;
  const rows: number[] = [];
  for (let row = 0; row < sites.rows; row++) if (sites.get(row) !== undefined) rows.push(row);
  const isTarget = anyHolds(policy.on, {
    sites: rows.flatMap((row) => sites.get(row) ?? []),
    usedBytes: (site) => sitePartitions.physical(rows[site] as number, partitionRow),
    quota: (site) => sitePartitions.quota(rows[site] as number, partitionRow),
  });
  return rows.filter((_, site) => isTarget(site));
}
