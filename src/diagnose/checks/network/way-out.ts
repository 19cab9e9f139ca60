import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { textIn } from '../../../board/kernel-files.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { brokerTarget } from '../broker/broker-target.js';

/** Where the broker has a name: whether there is a name server, and a route that leads beyond the own network. */
export const wayOut = (): Check => ({
  ground: 'network',
  name: 'way-out',
  deadlineMs: 1000,
  async run(patient) {
    const { root, config } = patient;
    const host = config.mqtt.broker.includes('://') ? (brokerTarget(patient)?.host ?? '') : '';
    // an address, and a name of this machine or network, needs neither
    if (isIP(host) !== 0 || !host.includes('.') || host.endsWith('.local')) return [];
    const findings: Finding[] = [];
    const resolver = join(root, 'etc/resolv.conf');
    if (!/^\s*nameserver\s+\S/m.test(textIn(resolver))) findings.push(found('degraded', 'no-name-server', { host }));
    const routes = join(root, 'proc/net/route');
    if (existsSync(routes) && !leadsOut(textIn(routes), textIn(join(root, 'proc/net/ipv6_route')))) {
      findings.push(found('degraded', 'no-default-route', { host }));
    }
    return findings.length > 0 ? findings : [found('fine', 'way-out-fine')];
  },
});

/** @param v4 of /proc/net/route: interface, destination and so on, in hex @param v6 of ipv6_route: the interface is last */
function leadsOut(v4: string, v6: string): boolean {
  const isDefault4 = v4.split('\n').some((line) => /^\S+\s+00000000\s/.test(line));
  return isDefault4 || v6.split('\n').some((line) => /^0{32} 00 /.test(line) && !/\slo\s*$/.test(line));
}
