import { nearestName } from '@dynamo/core';
import type { PluginConfiguration } from '../dealer-configuration.ts';
import type { DocumentFields } from '../document-fields.ts';

type Reader = (fields: DocumentFields, priority: number) => PluginConfiguration;

const READERS: Readonly<Record<PluginConfiguration['plugin'], Reader>> = {
  copy_requests: (fields, priority) => ({
    plugin: 'copy_requests',
    priority,
    wholeDatasetFraction: fields.number('whole_dataset_fraction', 0.5, { min: 0, max: 1 }),
  }),
};

/** One of `plugins`. Null: there is no such plug-in, which is a fault. */
export function parsePlugin(fields: DocumentFields): PluginConfiguration | null {
  const name = fields.requiredText('plugin');
  const priority = fields.number('priority', 1, { min: 0 });
  if (Object.hasOwn(READERS, name)) return READERS[name as PluginConfiguration['plugin']](fields, priority);
  const near = nearestName(name, Object.keys(READERS));
  if (name !== '') {
    const hint = near === undefined ? `there are ${Object.keys(READERS).join(', ')}` : `did you mean ${near}?`;
    fields.fault('plugin', `there is no plug-in ${JSON.stringify(name)}`, hint);
  }
  fields.acceptRest();
  return null;
}
