import type { InfractionRuleConfig } from '../../config/config.js';
import { didYouMean } from '../../foundation/validate.js';

/**
 * What is wrong with rules that name classes which the model in use does not report: nobody is ever seen under such a name. One sentence a
 * rule.
 *
 * @param classes that are reported, by name
 */
export function ruleClassProblems(
  rules: readonly Pick<InfractionRuleConfig, 'id' | 'classes' | 'except'>[],
  classes: readonly string[],
): string[] {
  return rules.flatMap(({ id, classes: only, except }) => {
    const named = only ?? except ?? [];
    const unknown = named.filter((name) => !classes.includes(name));
    if (unknown.length === 0) return [];
    const names = unknown.map((name) => withHint(name, classes)).join(', ');
    const effect = only === undefined ? 'nobody is excepted by that' : concernsOf(only.length - unknown.length);
    return [`rule ${id} names ${names}, which the model does not report: ${effect}; it reports ${classes.join(', ')}`];
  });
}

function withHint(name: string, classes: readonly string[]): string {
  const meant = didYouMean(name, classes);
  return meant === null ? name : `${name} (did you mean ${meant}?)`;
}

const concernsOf = (known: number): string =>
  known === 0 ? 'the rule concerns nobody' : 'nobody is concerned by that';
