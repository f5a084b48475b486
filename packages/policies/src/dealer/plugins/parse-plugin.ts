import { inputError, nearestName, siteVariables } from '@dynamo/core';
import { conditions } from '../condition-fields.ts';
import { datasetVariables } from '../dataset-conditions.ts';
import type { HandOverRule, PluginConfiguration } from '../dealer-configuration.ts';
import { DocumentFields } from '../document-fields.ts';
import type { EnforcerRules } from '../rules/copy-rule.ts';
import { readEnforcerRules } from '../rules/parse-enforcer-rules.ts';

/** Reads a further document that the configuration names (JSON or YAML, parsed). Throws if it cannot. */
export type ReadDocument = (path: string) => unknown;

type PluginName = PluginConfiguration['plugin'];
type Reader = (fields: DocumentFields, priority: number, readDocument: ReadDocument) => PluginConfiguration;

const READERS: { readonly [Name in PluginName]: Reader } = {
  copy_requests: (fields, priority) => ({
    plugin: 'copy_requests',
    priority,
    wholeDatasetFraction: fields.number('whole_dataset_fraction', 0.5, { min: 0, max: 1 }),
  }),
  enforcer: (fields, priority, readDocument) => ({
    plugin: 'enforcer',
    priority,
    rules: enforcerRules(fields, readDocument),
  }),
  rules: (_fields, priority) => ({ plugin: 'rules', priority }),
  popularity: (fields, priority) => ({
    plugin: 'popularity',
    priority,
    attribute: fields.text('attribute', 'request_weight'),
    weightPerCopy: fields.number('weight_per_copy', 1, { above: 0 }),
    maxCopies: fields.number('max_copies', 5, { min: 1, integer: true }),
    maxDatasetSize: fields.number('max_dataset_size', Number.MAX_SAFE_INTEGER, { above: 0 }),
  }),
  balancer: (fields, priority) => ({
    plugin: 'balancer',
    priority,
    maxSpread: fields.number('max_spread', 0.05, { above: 0, max: 1 }),
    maxDatasetSize: fields.number('max_dataset_size', Number.MAX_SAFE_INTEGER, { above: 0 }),
  }),
  undertaker: (fields, priority) => ({
    plugin: 'undertaker',
    priority,
    sites: conditions(fields, 'sites', siteVariables(), ['site.status != READY']),
    named: fields.texts('named', []),
    rates: rates(fields),
  }),
  group_hand_over: (fields, priority) => ({
    plugin: 'group_hand_over',
    priority,
    rules: fields.list('rules', handOverRule),
  }),
};

/** One of `plugins`. Null: there is no such plug-in, which is a fault. */
export function parsePlugin(fields: DocumentFields, readDocument: ReadDocument): PluginConfiguration | null {
  const name = fields.requiredText('plugin');
  const priority = fields.number('priority', 1, { min: 0 });
  if (Object.hasOwn(READERS, name)) return READERS[name as PluginName](fields, priority, readDocument);
  const near = nearestName(name, Object.keys(READERS));
  if (name !== '') {
    const hint = near === undefined ? `there are ${Object.keys(READERS).join(', ')}` : `did you mean ${near}?`;
    fields.fault('plugin', `there is no plug-in ${JSON.stringify(name)}`, hint);
  }
  fields.acceptRest();
  return null;
}

/** `rules` is the document itself, `rules_file` names it. */
function enforcerRules(fields: DocumentFields, readDocument: ReadDocument): EnforcerRules {
  const file = fields.text('rules_file', null);
  const given = fields.raw('rules');
  if ((file === null) === (given === undefined)) {
    fields.fault('rules', 'one of `rules` and `rules_file` is needed, and only one');
    return { partition: null, rules: [] };
  }
  if (file === null) return readEnforcerRules(new DocumentFields(given, fields.at('rules'), fields.faults));
  try {
    return readEnforcerRules(
      new DocumentFields(readDocument(file), `${fields.at('rules_file')} (${file})`, fields.faults),
    );
  } catch (error) {
    fields.fault('rules_file', `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
    return { partition: null, rules: [] };
  }
}

export function refuseFurtherFiles(path: string): never {
  throw inputError({ what: `no further files can be read here (${path})`, hint: 'give the rules in `rules`' });
}

function rates(fields: DocumentFields): { bytesPerSecond: number; sites: ReadonlyMap<string, number> } {
  const sites = fields.numbers('site_bytes_per_second', { above: 0 });
  return { bytesPerSecond: fields.number('bytes_per_second', 100e6, { above: 0 }), sites };
}

function handOverRule(fields: DocumentFields): HandOverRule {
  for (const key of ['from', 'to']) if (!fields.has(key)) fields.fault(key, 'is missing', 'null is the null group');
  return {
    from: fields.text('from', null),
    to: fields.text('to', null),
    datasets: conditions(fields, 'datasets', datasetVariables(), ['dataset.name == *']),
    sites: conditions(fields, 'sites', siteVariables(), ['always']),
  };
}
