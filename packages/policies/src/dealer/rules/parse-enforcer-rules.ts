/** The enforcer's rule file, as CMS writes it. See docs/formats.md. */
import { siteVariables } from '@dynamo/core';
import { conditions } from '../condition-fields.ts';
import { type DocumentFault, DocumentFields, documentError } from '../document-fields.ts';
import type { CopyRule, EnforcerRules } from './copy-rule.ts';
import { ruleVariables } from './rule-variables.ts';

/** `document`: as JSON or YAML gave it. Throws `invalid-input` with a line for each fault. */
export function parseEnforcerRules(document: unknown, options: { readonly file?: string } = {}): EnforcerRules {
  const faults: DocumentFault[] = [];
  const rules = readEnforcerRules(new DocumentFields(document, '', faults));
  if (faults.length > 0) throw documentError(faults, options.file);
  return rules;
}

/** For a document that is part of another: faults go where the fields' go. */
export function readEnforcerRules(fields: DocumentFields): EnforcerRules {
  const partition = fields.text('partition', null);
  const group = fields.text('default_destination_group', null);
  if (!fields.has('rules')) fields.fault('rules', 'is missing');
  const rules = fields.entries('rules', (name, rule): CopyRule => {
    if (!rule.has('num_copies')) rule.fault('num_copies', 'is missing');
    return {
      name,
      replicas: conditions(rule, 'replicas', ruleVariables()),
      copies: rule.number('num_copies', 1, { min: 1, integer: true }),
      destinations: conditions(rule, 'destinations', siteVariables()),
      sources: conditions(rule, 'sources', siteVariables()),
      group: rule.text('destination_group', group),
      protect: rule.boolean('protect', false),
      until: null,
    };
  });
  fields.finish();
  return { partition, rules };
}
