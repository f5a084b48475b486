/** A rule: datasets that match at a source site must have so many full replicas at destination sites. */

/** What the enforcer's rules and the rules of users come to. Conditions are texts in the policy language, OR'ed. */
export interface CopyRule {
  readonly name: string;
  /** Over replicas at source sites. */
  readonly replicas: readonly string[];
  /** Capped by the number of destination sites. */
  readonly copies: number;
  readonly destinations: readonly string[];
  readonly sources: readonly string[];
  /** Who must own them; null: it does not matter. */
  readonly group: string | null;
  /** Detox leaves the copies that fulfil it. */
  readonly protect: boolean;
  /** Seconds since 1970, that second excluded; null: for ever. */
  readonly until: number | null;
}

/** The enforcer's rule file. */
export interface EnforcerRules {
  readonly partition: string | null;
  readonly rules: readonly CopyRule[];
}

/** "Keep N copies of what matches this on sites that match that, until then", as a person writes it. */
export interface UserRule {
  /** Never used twice. */
  readonly id: number;
  readonly user: string;
  /** Names, globs, or conditions of the policy language (`dataset.status == VALID`). */
  readonly datasets: readonly string[];
  /** Names, globs, or conditions over sites. */
  readonly sites: readonly string[];
  readonly copies: number;
  readonly group: string | null;
  /** Seconds since 1970; null: until it is removed. */
  readonly until: number | null;
}

/** A user's rule holds wherever the data is now, and protects what fulfils it. */
export function copyRuleOf({ id, user, datasets, sites, copies, group, until }: UserRule): CopyRule {
  return {
    name: `rule ${id} of ${user}`,
    replicas: datasets.map((text) => asCondition(text, 'dataset.name')),
    copies,
    destinations: sites.map((text) => asCondition(text, 'site.name')),
    sources: ['always'],
    group,
    protect: true,
    until,
  };
}

/** A condition has a variable with a dot before the first white space, and an operator or another word after it. */
export function asCondition(text: string, variable: 'dataset.name' | 'site.name'): string {
  return /^(?:not\s+)?(?:[a-z]+\.[A-Za-z_]\w*)(?:\s|$)|^(?:always|never)$/.test(text.trim())
    ? text
    : `${variable} == ${text}`;
}
