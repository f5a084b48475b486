/** Names of the demo's federation: invented, but spelt as the field spells them. */

export interface DemoSite {
  readonly name: string;
  readonly storage: 'disk' | 'mss';
  readonly status: 'ready' | 'morgue';
  /** How full the site partitions begin, as parts of their quotas. */
  readonly fill: { readonly Analysis: number; readonly Production: number };
  /** How likely a replica is placed here, beside the other disk sites. */
  readonly weight: number;
}

/** One tape archive, four disk sites in good order, two of them too full, and one that is given up. */
export const DEMO_SITES: readonly DemoSite[] = [
  { name: 'T1_CH_North_Tape', storage: 'mss', status: 'ready', fill: { Analysis: 0.3, Production: 0.3 }, weight: 0 },
  { name: 'T1_CH_North_Disk', storage: 'disk', status: 'ready', fill: { Analysis: 0.62, Production: 0.96 }, weight: 5 },
  { name: 'T2_DE_Alster', storage: 'disk', status: 'ready', fill: { Analysis: 0.97, Production: 0.7 }, weight: 5 },
  { name: 'T2_FR_Rhone', storage: 'disk', status: 'ready', fill: { Analysis: 0.66, Production: 0.58 }, weight: 4 },
  { name: 'T2_IT_Arno', storage: 'disk', status: 'ready', fill: { Analysis: 0.71, Production: 0.64 }, weight: 4 },
  { name: 'T2_US_Charles', storage: 'disk', status: 'ready', fill: { Analysis: 0.45, Production: 0.5 }, weight: 3 },
  { name: 'T2_UK_Cam', storage: 'disk', status: 'morgue', fill: { Analysis: 0.6, Production: 0.6 }, weight: 2 },
];

export const DEMO_GROUPS = { Analysis: 'AnalysisOps', Production: 'DataOps' } as const;
export type DemoPartition = keyof typeof DEMO_GROUPS;
export const DEMO_PARTITIONS: readonly DemoPartition[] = ['Analysis', 'Production'];

export const PRIMARY_NAMES: readonly string[] = [
  'DYJetsToLL_M-50',
  'TTTo2L2Nu',
  'WJetsToLNu_HT-800',
  'QCD_Pt-300to470',
  'GluGluHToGG_M-125',
  'GluGluHToZZTo4L_M-125',
  'VBFHToTauTau_M-125',
  'ZZTo4L',
  'WWTo2L2Nu',
  'ST_t-channel_top',
  'SingleMuon',
  'EGamma',
  'JetMET',
  'MuonEG',
  'BTagMu',
  'HIMinimumBias',
];

export const CAMPAIGNS: readonly string[] = ['Run2022C', 'Run2023D', 'Summer23', 'Run2024F', 'Winter25', 'Run2025B'];

/** Each with the group that owns it mostly. */
export const TIERS: readonly { readonly name: string; readonly partition: DemoPartition }[] = [
  { name: 'MINIAOD', partition: 'Analysis' },
  { name: 'AOD', partition: 'Production' },
  { name: 'NANOAOD', partition: 'Analysis' },
];
