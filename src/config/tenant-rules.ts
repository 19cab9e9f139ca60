import { didYouMean } from '../foundation/validate.js';
import { differentNames, sameNames } from './different-names.js';
import type { Values } from './rule-values.js';

function tenants(values: Values): string[] {
  return Array.from({ length: values.count('tenants') }, (_, index) => `tenants.${index}`);
}

/** Names, and the topics: what is one tenant's must be under a level of its own. */
export function tenantsDiffer(values: Values): string[] {
  const sites = tenants(values).map((tenant) => (values.isSet(`${tenant}.site`) ? `${tenant}.site` : `${tenant}.id`));
  const places = ['site', ...sites].map((at) => ({ at, name: values.text(at) }));
  return [
    ...differentNames(values, 'tenants', 'id'),
    ...foldersDiffer(values),
    ...sameNames(places)
      // that is told of the ids already
      .filter(([first, later]) => !(first.at.endsWith('.id') && later.at.endsWith('.id')))
      .map(
        ([{ at: one, name }, { at: two }]) =>
          `${one} and ${two}: expected topics of its own for each, got "${name}" twice${values.said(one, two)}`,
      ),
  ];
}

/** Each has a folder of its id, and not every file system tells A from a. */
function foldersDiffer(values: Values): string[] {
  const places = tenants(values).map((tenant) => {
    const id = values.text(`${tenant}.id`);
    return { at: `${tenant}.id`, name: id?.toLowerCase() ?? null, id };
  });
  return sameNames(places).flatMap(([first, later]) => {
    if (first.id === later.id) return [];
    const expected = 'expected ids that differ in more than upper and lower case';
    const said = values.said(first.at, later.at);
    return [`${first.at} and ${later.at}: ${expected}, got "${first.id}" and "${later.id}"${said}`];
  });
}

/** A broker lets each client id in once: two connections of one would throw each other out for ever. */
export function tenantClientIds(values: Values): string[] {
  const device = values.text('device');
  const deviceBroker = values.text('mqtt.broker');
  const placeOf = (mqtt: string, broker: string | null, site: string | null) => {
    const at = `${mqtt}.clientId`;
    const id = values.text(at) ?? `edge-${site}-${device}`;
    return { at, name: `${broker} ${id}`, broker, id };
  };
  const places = [
    placeOf('mqtt', deviceBroker, values.text('site')),
    ...tenants(values).map((tenant) =>
      placeOf(
        `${tenant}.mqtt`,
        values.text(`${tenant}.mqtt.broker`) ?? deviceBroker,
        values.text(`${tenant}.site`) ?? values.text(`${tenant}.id`),
      ),
    ),
  ];
  return sameNames(places).flatMap(([{ at: one }, { at: two, broker, id }]) => {
    // those whose sites are the same are told of that
    if (broker === 'off' || !(values.isSet(one) || values.isSet(two))) return [];
    return [`${one} and ${two}: expected different ids at one broker, got "${id}" twice${values.said(one, two)}`];
  });
}

/** A camera can only be of a tenant that there is. */
export function tenantsOfCameras(values: Values): string[] {
  const known = tenants(values).map((tenant) => values.text(`${tenant}.id`));
  return Array.from({ length: values.count('cameras') }, (_, index) => `cameras.${index}.tenant`).flatMap((at) => {
    const name = values.text(at);
    if (name === null || known.includes(name)) return [];
    const names = known.filter((id) => id !== null);
    const meant = didYouMean(name, names);
    const hint = meant ? `, did you mean ${meant}?` : names.length === 0 ? '; there are no tenants' : '';
    return [`${at}: expected one of the ids in tenants, got "${name}"${hint}${values.said(at)}`];
  });
}

/** Nothing that opens the device's own broker goes to another's. */
export function tenantBrokers(values: Values): string[] {
  return tenants(values).flatMap((tenant) => {
    const at = (key: string) => `${tenant}.mqtt.${key}`;
    const problems: string[] = [];
    if (values.text(at('broker')) === 'embedded') {
      const advice = 'the embedded one is the device’s: leave the key out to use it';
      problems.push(`${at('broker')}: expected off or an address, got embedded${values.said(at('broker'))}; ${advice}`);
    }
    if (values.isSet(at('password')) && !values.isSet(at('username'))) {
      const got = `only a password${values.said(at('password'))}`;
      problems.push(`${at('password')} and ${at('username')}: expected a user name with the password, got ${got}`);
    }
    for (const [one, other] of [
      ['certFile', 'keyFile'],
      ['keyFile', 'certFile'],
    ] as const) {
      if (!values.isSet(at(one)) || values.isSet(at(other))) continue;
      problems.push(`${at(one)} and ${at(other)}: expected both or neither, got only ${one}${values.said(at(one))}`);
    }
    return problems;
  });
}

/** What several look at is open to none without saying who asks. */
export function tenantTokens(values: Values): string[] {
  const all = tenants(values);
  if (all.length === 0 || !values.isTrue('http.enabled')) return [];
  const problems: string[] = [];
  if (!values.isSet('http.token')) {
    problems.push(
      'http.token and tenants: expected a token from EDGE_HTTP_TOKEN or http.tokenFile where there are tenants, or http.enabled false, got neither',
    );
  }
  const places = ['http.token', ...all.map((tenant) => `${tenant}.http.token`)].map((at) => ({
    at,
    name: values.text(at),
  }));
  for (const [{ at: one }, { at: two }] of sameNames(places)) {
    problems.push(`${one} and ${two}: expected different tokens, got the same twice${values.said(one, two)}`);
  }
  return problems;
}
