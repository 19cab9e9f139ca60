import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, numberIn, textIn } from '../../../board/kernel-files.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';

/** Of all packets; a few are broken wherever a cable is plugged in. */
const MAX_ERROR_SHARE = 0.001;
const MIN_ERRORS = 100;
/** How often a link may come and go in a day of the machine, and at least in all. */
const MAX_CHANGES_A_DAY = 10;
const MIN_CHANGES = 20;
/** Bytes: with less, IPv6 does not work. */
const MIN_MTU = 1280;

/** The real interfaces of the machine: whether their links are whole and as fast as cameras need them. */
export const networkLinks = (): Check => ({
  ground: 'network',
  name: 'links',
  deadlineMs: 2000,
  async run({ root }) {
    const folder = join(root, 'sys/class/net');
    const real = namesIn(folder).filter((name) => existsSync(join(folder, name, 'device')));
    const up = real.filter((name) => textIn(join(folder, name, 'operstate')).trim() === 'up');
    if (real.length === 0) return [];
    if (up.length === 0) return [found('degraded', 'links-down', { names: real.join(', ') })];
    const upDays = Number.parseFloat(textIn(join(root, 'proc/uptime'))) / 86_400;
    const wrong = up.flatMap((name) => wrongWith(name, join(folder, name), upDays));
    return wrong.length > 0 ? wrong : [found('fine', 'links-fine', { names: up.join(', ') })];
  },
});

function wrongWith(name: string, folder: string, upDays: number): Finding[] {
  const count = (file: string): number => numberIn(join(folder, file)) ?? 0;
  const findings: Finding[] = [];
  const say = (code: Finding['code'], values: Finding['values'] = {}): void => {
    findings.push(found('degraded', code, { name, ...values }, name));
  };
  const errors = count('statistics/rx_errors') + count('statistics/tx_errors');
  const packets = count('statistics/rx_packets') + count('statistics/tx_packets');
  if (errors >= MIN_ERRORS && errors > packets * MAX_ERROR_SHARE) say('link-errors', { errors, packets });
  if (textIn(join(folder, 'duplex')).trim() === 'half') say('link-half-duplex');
  if (numberIn(join(folder, 'speed')) === 10) say('link-slow');
  const changes = count('carrier_changes');
  if (changes >= MIN_CHANGES && changes > MAX_CHANGES_A_DAY * upDays) say('link-comes-and-goes', { changes });
  const mtu = numberIn(join(folder, 'mtu'));
  if (mtu !== null && mtu < MIN_MTU) say('link-mtu', { mtu });
  return findings;
}
