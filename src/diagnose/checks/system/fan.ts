import { findFans } from '../../../board/machine/sensors/fans.js';
import type { SensorReadings } from '../../../board/machine/sensors/sensor.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { readSensorsNow } from './sensors-now.js';

/** Percent of what drives a fan from which on each fan turns. */
const TURNS_FROM = 30;
/** Chips of mainboards, which also drive connectors that nothing is plugged into. */
const MAINBOARD = /^(nct|it8|w83|f71|sch5|asus|dell)/;

/** Whether fans turn that are driven. */
export const fanCheck = (): Check => ({
  ground: 'system',
  name: 'fan',
  deadlineMs: 2000,
  async run({ root }) {
    return judgeFans(await readSensorsNow(root, [findFans]));
  },
});

/** What there is to be said of the fans; nothing where none tells how fast it turns. Pure. */
function judgeFans(sensors: SensorReadings): Finding[] {
  const turns = new Map<string, number>();
  for (const { name, value } of sensors.of('fan')) if (value !== null) turns.set(name, value);
  if (turns.size === 0) return [];
  const noneTurns = [...turns.values()].every((rpm) => rpm === 0);
  const stopped = [...sensors.of('fan-duty')].flatMap(({ name, value }) => {
    if (value === null || value < TURNS_FROM) return [];
    const ownTurns = turns.get(name.replace(/ pwm(?=\d)/, ' fan'));
    const isStopped = noneTurns || (ownTurns === 0 && !MAINBOARD.test(name));
    return isStopped ? [found('degraded', 'fan-stopped', { name, percent: Math.round(value) }, name)] : [];
  });
  if (stopped.length > 0) return stopped;
  return [found('fine', 'fan-fine', { rpm: Math.round(Math.max(...turns.values())) })];
}
