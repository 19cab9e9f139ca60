import { didYouMean } from '../foundation/validate.js';
import { differentNames } from './different-names.js';
import type { Values } from './rule-values.js';

function tenants(values: Values): string[] {
  return Array.from({ length: values.count('tenants') }, (_, index) => `tenants.${index}`);
}

/** Names, and the topics: what is one tenant's must be under a level of its own. */
export function tenantsDiffer(values: Values): string[] {
  const sites = new Map([[values.text('site'), 'site']]);
  return [
    ...differentNames(values, 'tenants', 'id'),
    ...foldersDiffer(values),
    ...tenants(values).flatMap((tenant) => {
      const at = values.isSet(`${tenant}.site`) ? `${tenant}.site` : `${tenant}.id`;
      const site = values.text(at);
      const other = sites.get(site);
      if (site === null || (other?.endsWith('.id') && at.endsWith('.id'))) return [];
      if (other === undefined) sites.set(site, at);
      if (other === undefined) return [];
      return [`${other} and ${at}: expected topics of its own for each, got "${site}" twice${values.said(other, at)}`];
    }),
  ];
}

/** Each has a folder of its id, and not every file system tells A from a. */
function foldersDiffer(values: Values): string[] {
  const seen = new Map<string, { readonly at: string; readonly id: string }>();
  return tenants(values).flatMap((tenant) => {
    const at = `${tenant}.id`;
    const id = values.text(at);
    if (id === null) return [];
    const other = seen.get(id.toLowerCase());
    if (other === undefined) seen.set(id.toLowerCase(), { at, id });
    if (other === undefined || other.id === id) return [];
    const expected = 'expected ids that differ in more than upper and lower case';
    return [`${other.at} and ${at}: ${expected}, got "${other.id}" and "${id}"${values.said(other.at, at)}`];
  });
}

/** A broker lets each client id in once: two connections of one would throw each other out for ever. */
export function tenantClientIds(values: Values): string[] {
  const device = values.text('device');
  const deviceBroker = values.text('mqtt.broker');
  const idAt = (mqtt: string, site: string | null) => values.text(`${mqtt}.clientId`) ?? `edge-${site}-${device}`;
  const seen = new Map([[`${deviceBroker} ${idAt('mqtt', values.text('site'))}`, 'mqtt.clientId']]);
  return tenants(values).flatMap((tenant) => {
    const at = `${tenant}.mqtt.clientId`;
    const broker = values.text(`${tenant}.mqtt.broker`) ?? deviceBroker;
    const id = idAt(`${tenant}.mqtt`, values.text(`${tenant}.site`) ?? values.text(`${tenant}.id`));
    const other = seen.get(`${broker} ${id}`);
    if (other === undefined) seen.set(`${broker} ${id}`, at);
    // those whose sites are the same are told of that
    if (other === undefined || broker === 'off' || !(values.isSet(at) || values.isSet(other))) return [];
    return [`${other} and ${at}: expected different ids at one broker, got "${id}" twice${values.said(other, at)}`];
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
  const seen = new Map([[values.text('http.token'), 'http.token']]);
  for (const at of all.map((tenant) => `${tenant}.http.token`)) {
    const token = values.text(at);
    if (token === null) continue;
    const other = seen.get(token);
    if (other === undefined) seen.set(token, at);
    else problems.push(`${other} and ${at}: expected different tokens, got the same twice${values.said(other, at)}`);
  }
  return problems;
}
