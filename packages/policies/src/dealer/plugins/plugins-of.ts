import type { DealerConfiguration } from '../dealer-configuration.ts';
import type { PrioritisedPlugin } from '../dealer-plugin.ts';
import { copyRequests } from './copy-requests.ts';

/** The plug-ins that the configuration names, in its order. */
export function pluginsOf({ plugins }: DealerConfiguration): PrioritisedPlugin[] {
  return plugins.map((each) => ({ plugin: copyRequests(each), priority: each.priority }));
}
