import { filterTakes } from './documented-topics.js';
import { type ErlangTerm, erlangTerms } from './erlang-terms.js';

/** What somebody may do at a broker. */
export interface BrokerRights {
  mayPublish(user: string, topic: string): boolean;
  /** A topic; at EMQX a filter too, which a rule of it must take whole. */
  mayHear(user: string, topic: string): boolean;
}

/** As Mosquitto reads its acl_file: any line that fits allows. */
export function mosquittoRights(text: string): BrokerRights {
  const rules: { user: string | null; access: string; filter: string }[] = [];
  let user: string | null = null;
  for (const [word, ...rest] of text.split('\n').map((line) => line.trim().split(/\s+/))) {
    if (word === 'user') user = rest[0]!;
    else if (word === 'pattern') rules.push({ user: null, access: rest[0]!, filter: rest[1]! });
    else if (word === 'topic') rules.push({ user, access: rest[0]!, filter: rest[1]! });
  }
  const may = (access: string) => (who: string, topic: string) =>
    rules.some(
      (rule) =>
        (rule.user === null || rule.user === who) &&
        rule.access.includes(access) &&
        // who has a wildcard in the name gets nothing by a pattern
        !(rule.filter.includes('%u') && /[+#]/.test(who)) &&
        filterTakes(rule.filter.replaceAll('%u', who), topic),
    );
  return { mayPublish: may('write'), mayHear: may('read') };
}

/** Site and device, as `client_attrs_init` finds them; what is not found is missing. */
export type Attributes = Readonly<Record<string, string>>;

/** As EMQX reads its acl.conf: the first rule that fits decides. @throws where there is a rule of another form */
export function emqxRights(text: string, attributesOf: (user: string) => Attributes): BrokerRights {
  const rules = erlangTerms(text).map(ruleOf);
  const may = (action: string) => (user: string, topic: string) => {
    const attributes = attributesOf(user);
    const rule = rules.find(
      (each) =>
        (each.user === null || each.user === user) &&
        [action, 'all'].includes(each.action) &&
        each.filters.some((filter) => {
          const rendered = render(filter, attributes);
          return rendered !== null && filterTakes(rendered, topic);
        }),
    );
    return rule?.permission === 'allow';
  };
  return { mayPublish: may('publish'), mayHear: may('subscribe') };
}

function ruleOf(term: ErlangTerm) {
  if (!('tuple' in term)) throw new TypeError(`a rule is a tuple: ${JSON.stringify(term)}`);
  const [permission, who, action, topics] = term.tuple;
  if (!isAtom(permission, 'allow', 'deny')) throw new TypeError(`allow or deny: ${JSON.stringify(permission)}`);
  if (term.tuple.length === 2 && isAtom(who, 'all'))
    return { permission: permission.atom, user: null, action: 'all', filters: ['#'] };
  if (!isAtom(action, 'publish', 'subscribe', 'all')) throw new TypeError(`an action: ${JSON.stringify(action)}`);
  if (topics === undefined || !('list' in topics)) throw new TypeError(`topics: ${JSON.stringify(topics)}`);
  return { permission: permission.atom, user: userOf(who), action: action.atom, filters: topics.list.map(stringOf) };
}

function userOf(who: ErlangTerm | undefined): string | null {
  if (isAtom(who, 'all')) return null;
  if (who !== undefined && 'tuple' in who && who.tuple.length === 2 && isAtom(who.tuple[0], 'username'))
    return stringOf(who.tuple[1]!);
  throw new TypeError(`whom a rule is for: ${JSON.stringify(who)}`);
}

function stringOf(term: ErlangTerm): string {
  if (!('string' in term)) throw new TypeError(`a string: ${JSON.stringify(term)}`);
  return term.string;
}

const isAtom = (term: ErlangTerm | undefined, ...atoms: string[]): term is { readonly atom: string } =>
  term !== undefined && 'atom' in term && atoms.includes(term.atom);

/** Null where something is not known of the client: such a rule does not fit. */
function render(filter: string, attributes: Attributes): string | null {
  let isKnown = true;
  const rendered = filter.replaceAll(/\$\{client_attrs\.(\w+)\}/g, (_, name: string) => {
    isKnown &&= name in attributes;
    return attributes[name] ?? '';
  });
  return isKnown ? rendered : null;
}
