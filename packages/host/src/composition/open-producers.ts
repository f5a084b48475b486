import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import {
  type AccessRecord,
  type AttributeProducer,
  DynamoError,
  type RequestRecord,
  type Store,
  type VariableCatalogue,
} from '@dynamo/core';
import {
  accessProducer,
  attributeEndpoint,
  attributeFile,
  copyRequestProducer,
  copyRuleOf,
  enforcerProtection,
  findProducedVariable,
  type ProtectingRules,
  protectedSites,
  readAccessLog,
  storedAttributes,
} from '@dynamo/policies';
import type { Configuration, EndpointConfiguration, ProducerConfiguration } from '../configuration/configuration.ts';
import { producibleVariables } from '../services/attributes.ts';
import { readDealerConfiguration } from '../services/dealer.ts';
import { rulesInForce } from '../services/rules-in-force.ts';

interface Circumstances {
  readonly store: Store;
  readonly signal?: AbortSignal;
}

/** The producers that the configuration names, in its order. Rejects with `invalid-input` for one that cannot be. */
export function openProducers(
  configuration: Configuration,
  circumstances: Circumstances,
): Promise<readonly AttributeProducer[]> {
  const catalogue = producibleVariables(configuration);
  return Promise.all(
    configuration.producers.map((producer, i) =>
      open(producer, { ...circumstances, configuration, catalogue, file: placeOf(configuration, i) }),
    ),
  );
}

function placeOf({ file }: Configuration, index: number): string {
  return `${file ?? 'the configuration'}: producers[${index}]`;
}

async function open(
  producer: ProducerConfiguration,
  options: Circumstances & {
    readonly configuration: Configuration;
    readonly catalogue: VariableCatalogue;
    /** For messages. */
    readonly file: string;
  },
): Promise<AttributeProducer> {
  const { store, signal, configuration, catalogue, file } = options;
  switch (producer.kind) {
    case 'file':
      return attributeFile({ path: producer.file, catalogue, ...(signal ? { signal } : {}) });
    case 'access-log': {
      const { file: log, kind: _kind, ...ranking } = producer;
      return accessProducer({ name: `access log ${log}`, ...ranking, read: (asked) => readLog(log, asked) });
    }
    case 'accesses': {
      const { kind: _kind, ...ranking } = producer;
      return accessProducer({ name: 'reported accesses', ...ranking, read: (asked) => store.accesses.read(asked) });
    }
    case 'stored': {
      const variables = producer.variables.map((name) => findProducedVariable(name, catalogue, file));
      const { maxAgeSeconds } = producer;
      return storedAttributes(store.attributes, variables, maxAgeSeconds === null ? {} : { maxAgeSeconds });
    }
    case 'http':
      return openEndpoint(producer, catalogue, file);
    case 'protected-sites':
      return protectedSites(producer.sites);
    case 'copy-requests':
      return copyRequestProducer(() => openRequests(store));
    case 'enforcer':
      return enforcerProtection(() => enforcedRules(configuration, store));
    default:
      return producer satisfies never;
  }
}

function openEndpoint(
  { url, variables, tokenFile, timeoutSeconds }: EndpointConfiguration,
  catalogue: VariableCatalogue,
  file: string,
): AttributeProducer {
  return attributeEndpoint({
    ...{ url, timeoutMs: timeoutSeconds * 1000 },
    variables: variables.map((name) => findProducedVariable(name, catalogue, file)),
    ...(tokenFile === null ? {} : { token: () => readToken(tokenFile) }),
  });
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new DynamoError('unavailable', `the token cannot be read from ${file}`, { cause });
  }
}

async function* readLog(
  file: string,
  { signal }: { readonly signal?: AbortSignal },
): AsyncGenerator<readonly AccessRecord[]> {
  const format = file.endsWith('.csv') ? 'csv' : 'ndjson';
  yield* readAccessLog(createReadStream(file), { file, format, ...(signal ? { signal } : {}) });
}

async function openRequests({ requests }: Store): Promise<readonly RequestRecord[]> {
  const [fresh, active] = await Promise.all([
    requests.list({ state: 'new', kind: 'copy' }),
    requests.list({ state: 'active', kind: 'copy' }),
  ]);
  return [...fresh, ...active];
}

/** Of the Dealer's configuration as it is now, and those of users. */
async function enforcedRules({ dealer }: Configuration, store: Store): Promise<readonly ProtectingRules[]> {
  const { plugins, partition } = await readDealerConfiguration(dealer.file);
  const ofUsers = (await rulesInForce(store)).map(copyRuleOf);
  return [
    ...plugins.flatMap((plugin) => (plugin.plugin === 'enforcer' ? [plugin.rules] : [])),
    ...(plugins.some(({ plugin }) => plugin === 'rules') ? [{ partition, rules: ofUsers, strict: false }] : []),
  ];
}
