/** Datasets as CMS has them: names, ages, states and what producers would say of them. */
import type { RandomSource } from '../clock/random-source.ts';
import type { DatasetStatus } from '../model/enumerations.ts';
import type { DatasetName } from '../model/names.ts';
import type { AttributeValue, DatasetRecord } from '../model/records.ts';

export type DatasetFamily = 'data' | 'mc' | 'relval' | 'express';

export interface CmsDataset {
  readonly family: DatasetFamily;
  readonly record: DatasetRecord;
}

const DAY_SECONDS = 86_400;
const MEAN_AGE_DAYS = 210;

const PRIMARY: Readonly<Record<DatasetFamily, readonly string[]>> = {
  data: words('JetHT BTagMu EGamma Commissioning ZeroBias SingleMuon HIMinimumBias DoubleEG ParkingScouting MuonEG'),
  mc: words('DYJetsToLL QCD ZprimeToTT WJetsToLNu GluGluHToZZ TTJets'),
  relval: words('RelValTTbar RelValMinBias RelValZMM'),
  express: words('StreamExpress ZeroBias SingleMuon'),
};
const ERAS: Readonly<Record<DatasetFamily, readonly string[]>> = {
  data: words('Run2018D-PromptReco Run2016B-07Aug17 Run2017C-17Nov2017 Run2018A-UL2018 Run2018B-LogError'),
  mc: words(
    'RunIISummer19UL17 RunIIAutumn18DR HINPbPbAutumn18DR-mva98 RunIISummer19UL18-pLHE RunIISummer16MiniAODv2 RunIIFall17',
  ),
  relval: words('CMSSW_8_2_1 CMSSW_10_0_0 CMSSW_10_5_1_pre1 CMSSW_11_0_2_pre9 CMSSW_11_6_8'),
  express: words('Run2018A-Express Run2018D-Express'),
};
const TIERS: Readonly<Record<DatasetFamily, readonly string[]>> = {
  data: words('RAW RECO AOD AOD MINIAOD MINIAOD NANOAOD RAW-RECO ALCARECO DQMIO'),
  mc: words('GEN-SIM GEN-SIM AODSIM AODSIM AODSIM MINIAODSIM MINIAODSIM MINIAODSIM NANOAODSIM LHE GEN'),
  relval: words('GEN-SIM GEN-SIM-RECO MINIAODSIM DQMIO RECO'),
  express: words('ALCARECO DQMIO FEVT'),
};

/** `number` makes the name unique. */
export function cmsDataset(random: RandomSource, number: number, now: number): CmsDataset {
  const family = familyOf(random.nextFloat());
  const era = pick(random, ERAS[family]);
  const primary = pick(random, PRIMARY[family]);
  const name = `/${primary}_${number}/${era}-v1/${pick(random, TIERS[family])}` as DatasetName;
  const ageDays = Math.min(5000, -Math.log(1 - random.nextFloat()) * MEAN_AGE_DAYS);
  const lastUpdate = now - Math.floor(ageDays * DAY_SECONDS);
  const record: DatasetRecord = {
    name,
    status: statusOf(random.nextFloat()),
    dataType: family === 'mc' || family === 'relval' ? 'mc' : 'data',
    softwareVersion: family === 'relval' ? era.slice('CMSSW_'.length) : '10_2_3',
    lastUpdate,
    isOpen: random.nextFloat() < 0.03,
    attributes: attributesOf(random, family, lastUpdate, now),
  };
  return { family, record };
}

function familyOf(x: number): DatasetFamily {
  if (x < 0.2) return 'relval';
  if (x < 0.23) return 'express';
  return x < 0.6 ? 'data' : 'mc';
}

function statusOf(x: number): DatasetStatus {
  if (x < 0.93) return 'valid';
  if (x < 0.957) return 'production';
  return x < 0.984 ? 'deprecated' : 'invalid';
}

function attributesOf(
  random: RandomSource,
  family: DatasetFamily,
  lastUpdate: number,
  now: number,
): Readonly<Record<string, AttributeValue>> {
  const chance = (share: number): boolean => random.nextFloat() < share;
  const attributes: Record<string, AttributeValue> = {};
  if (chance(0.98)) attributes.usage_rank = 10 + random.nextInt(270);
  if (chance(0.5)) {
    attributes.num_access = 1 + random.nextInt(12);
    attributes.last_access = lastUpdate + Math.floor(random.nextFloat() * (now - lastUpdate));
  }
  if (chance(0.3)) attributes.demand_rank = random.nextInt(100);
  if (chance(0.05)) attributes.on_protected_site = true;
  if (chance(0.016)) attributes.tape_copy_requested = true;
  if (chance(0.005)) attributes.unhandled_copy_exists = true;
  if (chance(0.004)) attributes.unknown_in_all_dbs = true;
  if (family === 'relval' && chance(0.1)) attributes.is_latest_production_release = true;
  return attributes;
}

function words(text: string): readonly string[] {
  return text.split(' ');
}

function pick<T>(random: RandomSource, items: readonly T[]): T {
  return items[random.nextInt(items.length)] as T;
}
