import type { AttributeProducer, Clock, Inventory, Scheduler, Store } from '@dynamo/core';
import type { InjectionToken } from 'tsyringe';
import type { Configuration } from '../configuration/configuration.ts';
import type { HostGuard } from '../services/guard.ts';

/** What can be resolved. Parts that have to be opened first are promises. */
export interface Tokens {
  readonly configuration: InjectionToken<Configuration>;
  readonly clock: InjectionToken<Clock>;
  readonly store: InjectionToken<Promise<Store>>;
  readonly guard: InjectionToken<Promise<HostGuard>>;
  readonly inventory: InjectionToken<Promise<Inventory>>;
  readonly scheduler: InjectionToken<Scheduler>;
  readonly producers: InjectionToken<Promise<readonly AttributeProducer[]>>;
}

export const tokens: Tokens = {
  configuration: Symbol('Configuration'),
  clock: Symbol('Clock'),
  store: Symbol('Store'),
  guard: Symbol('Guard'),
  inventory: Symbol('Inventory'),
  scheduler: Symbol('Scheduler'),
  producers: Symbol('AttributeProducers'),
};
