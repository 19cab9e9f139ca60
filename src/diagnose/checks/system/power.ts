import type { AskProgram } from '../../../board/machine/ask-program.js';
import { findSupplyAlarms } from '../../../board/machine/sensors/power.js';
import type { SensorReadings } from '../../../board/machine/sensors/sensor.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { firmwareOf, type RaspberryThrottled, readRaspberryThrottled } from './raspberry-throttled.js';
import { readSensorsNow } from './sensors-now.js';

/** Whether the power supply is strong enough, now and since the start. @param ask for tests: instead of the firmware */
export const powerCheck = (ask?: AskProgram): Check => ({
  ground: 'system',
  name: 'power',
  deadlineMs: 4000,
  async run({ root }) {
    const [alarms, firmware] = await Promise.all([
      readSensorsNow(root, [findSupplyAlarms]),
      readRaspberryThrottled(root, ask ?? firmwareOf(root)),
    ]);
    return judgePower(alarms, firmware);
  },
});

/** What there is to be said of the supply; nothing where no part of the machine watches it. Pure. */
function judgePower(alarms: SensorReadings, firmware: RaspberryThrottled | null): Finding[] {
  const values = (quantity: Parameters<SensorReadings['of']>[0]): number[] =>
    [...alarms.of(quantity)].flatMap(({ value }) => value ?? []);
  const [low, current, lowSince] = [values('power'), values('current'), values('power-count')];
  if (firmware === null && low.length + current.length + lowSince.length === 0) return [];
  const findings: Finding[] = [];
  const isLow = firmware?.powerNow || low.some((value) => value > 0);
  if (isLow) findings.push(found('degraded', 'power-low-now'));
  else if (firmware?.powerSince || lowSince.some((count) => count > 0)) {
    findings.push(found('degraded', 'power-low-since-start'));
  }
  if (current.some((value) => value > 0)) findings.push(found('degraded', 'power-over-current'));
  return findings.length > 0 ? findings : [found('fine', 'power-fine')];
}
