import { join } from 'node:path';
import { namesIn } from '../../kernel-files.js';
import { byNumber, hwmonChips } from './hwmon.js';
import { type FindSensors, type MachineSensor, uniqueNames, wholeNumber } from './sensor.js';

/** What a fan is driven with at most. */
const FULL = 255;

/** Fans: how fast they turn, and with how much of what they could get they are driven. */
export const findFans: FindSensors = (root) => {
  const uniqueFan = uniqueNames();
  const uniqueDuty = uniqueNames();
  const chips = hwmonChips(root).flatMap(({ name, at, files }) =>
    [...files].sort(byNumber).flatMap((file): MachineSensor[] => {
      const path = join(at, file);
      if (/^fan\d+_input$/.test(file)) return [turns(uniqueFan(named(name, file, 'fan')), path)];
      if (/^pwm\d+$/.test(file)) return [duty(uniqueDuty(named(name, file, 'pwm')), path)];
      // the tachometer of a Jetson
      return file === 'rpm' ? [turns(uniqueFan(name), path)] : [];
    }),
  );
  return [...chips, ...jetPack4Fan(root, uniqueFan, uniqueDuty)];
};

/** A Jetson's fan, before its driver was one of hwmon. */
function jetPack4Fan(root: string, fan: (name: string) => string, driven: (name: string) => string): MachineSensor[] {
  const at = join(root, 'sys/devices/pwm-fan');
  const files = namesIn(at);
  return [
    ...(files.includes('rpm_measured') ? [turns(fan('pwm-fan'), join(at, 'rpm_measured'))] : []),
    ...(files.includes('cur_pwm') ? [duty(driven('pwm-fan'), join(at, 'cur_pwm'))] : []),
  ];
}

/** `pwmfan` for its only fan, `nct6775 fan2` for others. */
function named(chip: string, file: string, kind: string): string {
  const number = /\d+/.exec(file)![0];
  return number === '1' ? chip : `${chip} ${kind}${number}`;
}

const turns = (name: string, file: string): MachineSensor => ({
  quantity: 'fan',
  name,
  file,
  isQuick: false,
  parse: wholeNumber,
});

const duty = (name: string, file: string): MachineSensor => ({
  quantity: 'fan-duty',
  name,
  file,
  isQuick: false,
  parse: (text) => {
    const driven = wholeNumber(text);
    return driven === null ? null : (100 * driven) / FULL;
  },
});
