/** Sites as CMS has them: one tier 0 and seven tier 1 with disk and tape, and the tier 2. */
import type { SiteName } from '../model/names.ts';
import type { SiteRecord } from '../model/records.ts';

const TIER_1 = 'T1_US_FNAL T1_DE_KIT T1_FR_CCIN2P3 T1_IT_CNAF T1_ES_PIC T1_UK_RAL T1_RU_JINR'.split(' ');
const TIER_2 = `T2_US_MIT T2_US_Nebraska T2_US_Wisconsin T2_US_Florida T2_US_Purdue T2_US_UCSD T2_US_Caltech
  T2_US_Vanderbilt T2_CH_CSCS T2_CH_CERN T2_DE_DESY T2_DE_RWTH T2_IT_Pisa T2_IT_Rome T2_IT_Bari T2_IT_Legnaro
  T2_UK_London_IC T2_UK_London_Brunel T2_UK_SGrid_RALPP T2_FR_IPHC T2_FR_CCIN2P3 T2_FR_GRIF_LLR T2_FR_GRIF_IRFU
  T2_ES_CIEMAT T2_ES_IFCA T2_BE_IIHE T2_BE_UCL T2_PL_Swierk T2_PL_Warsaw T2_EE_Estonia T2_FI_HIP T2_HU_Budapest
  T2_PT_NCG_Lisbon T2_RU_JINR T2_RU_IHEP T2_RU_INR T2_RU_ITEP T2_UA_KIPT T2_BR_SPRACE T2_BR_UERJ T2_KR_KNU T2_IN_TIFR
  T2_TW_NCHC T2_CN_Beijing T2_TR_METU T2_AT_Vienna T2_GR_Ioannina`.split(/\s+/);

/** The site at which express data stays. */
export const EXPRESS_SITE = 'T2_CH_CERN';

/** 63 with their real names; further ones are numbered. One is in the morgue, one in the waiting room. */
export function cmsSites(count: number): readonly SiteRecord[] {
  const names = ['T0_CH_CERN', ...TIER_1].flatMap((name) => [`${name}_Disk`, `${name}_MSS`]).concat(TIER_2);
  for (let number = names.length + 1; number <= count; number += 1) names.push(`T3_XX_Site${number}`);
  return names.slice(0, count).map((name) => ({
    name: name as SiteName,
    host: null,
    storage: name.endsWith('_MSS') ? 'mss' : 'disk',
    status: name === 'T2_US_Purdue' ? 'morgue' : name === 'T2_IT_Bari' ? 'waitroom' : 'ready',
    backend: null,
    verified: true,
    pfn: {},
    lfn: {},
  }));
}
