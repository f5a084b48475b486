import { createRandomSource, type InventoryRecord } from '@dynamo/core';

export interface SyntheticOptions {
  readonly seed: string;
  readonly blockReplicas: number;
  /** In the order of the blocks, as a dump has them, or in no order. */
  readonly sites?: number;
}

const GROUPS = ['AnalysisOps', 'DataOps', 'RelVal', 'express', 'local'];
const TIERS = ['RAW', 'RECO', 'AOD', 'AODSIM', 'MINIAODSIM', 'GEN-SIM', 'NANOAOD'];
const REPLICAS_A_BLOCK = 10;
const BLOCKS_A_DATASET = 10;
const CONDITIONS: Readonly<Record<string, string>> = {
  AnalysisOps: 'blockreplica.owner == AnalysisOps and site.storage_type == DISK',
  DataOpsDisk: 'blockreplica.owner == DataOps and site.storage_type == DISK',
  RelVal: 'blockreplica.owner == RelVal',
  Unsubscribed: 'blockreplica.owner == None and site.storage_type == DISK',
  Express: 'blockreplica.owner == express and dataset.name == /*/*Express*/* and site.storage_type == DISK',
  Tape: 'site.storage_type == MSS',
};

/** As many records as it takes for so many block replicas: ten to a block, ten blocks to a dataset, in batches. */
export function* syntheticInventory({
  seed,
  blockReplicas,
  sites = 60,
}: SyntheticOptions): Generator<InventoryRecord[]> {
  const random = createRandomSource(seed);
  const head: unknown[] = GROUPS.map((name) => ({ entity: 'group', record: { name, level: 'dataset' } }));
  for (let i = 0; i < sites; i++) {
    const storage = i % 10 === 0 ? 'mss' : 'disk';
    const record = {
      name: `T2_Site_${i}`,
      host: null,
      storage,
      status: 'ready',
      backend: null,
      verified: true,
      pfn: {},
      lfn: {},
    };
    head.push({ entity: 'site', record });
  }
  for (const [name, condition] of Object.entries(CONDITIONS))
    head.push({ entity: 'partition', record: { name, condition } });
  head.push({ entity: 'partition', record: { name: 'Physics', parts: ['AnalysisOps', 'DataOpsDisk', 'Tape'] } });
  yield head as InventoryRecord[];
  const datasets = Math.ceil(blockReplicas / REPLICAS_A_BLOCK / BLOCKS_A_DATASET);
  for (let d = 0; d < datasets; d++) {
    const batch: unknown[] = [];
    const name = `/Primary${d}/Run${2016 + (d % 9)}${'ABCDEFG'[d % 7]}-Express-v${d % 5}/${TIERS[d % TIERS.length]}`;
    const lastUpdate = 1_500_000_000 + random.nextInt(200_000_000);
    batch.push({
      entity: 'dataset',
      record: {
        name,
        status: 'valid',
        dataType: 'production',
        softwareVersion: `10_${d % 7}_0`,
        lastUpdate,
        isOpen: false,
        attributes: { usage_rank: random.nextInt(500) },
      },
    });
    for (let b = 0; b < BLOCKS_A_DATASET; b++) {
      const word = (): string => random.nextUint32().toString(16).padStart(8, '0');
      const [w, x, y, z] = [word(), word(), word(), word()] as const;
      const block = `${w}-${x.slice(0, 4)}-${x.slice(4)}-${y.slice(0, 4)}-${y.slice(4)}${z}`;
      batch.push({
        entity: 'block',
        record: { dataset: name, name: block, size: 1e9 + random.nextInt(1e9), files: 10, isOpen: false, lastUpdate },
      });
      const first = random.nextInt(sites);
      const group = GROUPS[random.nextInt(GROUPS.length)];
      for (let r = 0; r < REPLICAS_A_BLOCK; r++) {
        const site = `T2_Site_${(first + r * 5) % sites}`;
        batch.push({
          entity: 'blockReplica',
          record: { dataset: name, block, site, group, custodial: false, lastUpdate, operation: 'none', partial: null },
        });
      }
    }
    yield batch as InventoryRecord[];
  }
}
