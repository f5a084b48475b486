import type { DealerConfiguration, PluginConfiguration } from '../dealer-configuration.ts';
import type { DealerPlugin, PrioritisedPlugin } from '../dealer-plugin.ts';
import { balancer } from './balancer.ts';
import { copyRequests } from './copy-requests.ts';
import { enforcer } from './enforcer.ts';
import { groupHandOver } from './group-hand-over.ts';
import { popularity } from './popularity.ts';
import { undertaker } from './undertaker.ts';
import { userRules } from './user-rules.ts';

/** The plug-ins that the configuration names, in its order. */
export function pluginsOf({ plugins }: Pick<DealerConfiguration, 'plugins'>): PrioritisedPlugin[] {
  return plugins.map((each) => ({ plugin: pluginOf(each), priority: each.priority }));
}

function pluginOf(configuration: PluginConfiguration): DealerPlugin {
  switch (configuration.plugin) {
    case 'copy_requests':
      return copyRequests(configuration);
    case 'enforcer':
      return enforcer(configuration);
    case 'rules':
      return userRules();
    case 'popularity':
      return popularity(configuration);
    case 'balancer':
      return balancer(configuration);
    case 'undertaker':
      return undertaker(configuration);
    case 'group_hand_over':
      return groupHandOver(configuration);
    default:
      return configuration satisfies never;
  }
}
