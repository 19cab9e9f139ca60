import { join } from 'node:path';
import { namesIn, numberIn } from '../../kernel-files.js';
import { byNumber, hwmonChips } from './hwmon.js';
import { findRails, type Rail } from './rails.js';
import { type FindSensors, type MachineSensor, uniqueNames, wholeNumber } from './sensor.js';

/** What each rail carries. */
export const findPower: FindSensors = (root) => findRails(root).flatMap(sensorsOf);

function sensorsOf({ name, feeds, by, files }: Rail): MachineSensor[] {
  const sensor = (
    quantity: MachineSensor['quantity'],
    file: string,
    parse: MachineSensor['parse'],
    isQuick = false,
  ): MachineSensor => ({ quantity, name, file, isQuick, parse, rail: { feeds, by } });
  switch (files.kind) {
    case 'pair':
      return [
        sensor('rail-voltage', files.volts, (text) => scaled(text, 1e-3)),
        sensor('rail-current', files.amperes, (text) => scaled(text, 1e-3)),
      ];
    case 'power':
      return [sensor('rail-power', files.file, (text) => scaled(text, files.watts))];
    case 'energy':
      return [sensor('rail-power', files.file, wattsOfEnergy(files.wrapsAt, feeds === 'chip'), true)];
  }
}

/** A rail that feeds something carries no less than nothing; a monitor may read a little below it. */
function scaled(text: string, unit: number): number | null {
  const value = wholeNumber(text);
  return value === null ? null : Math.max(0, value * unit);
}

/**
 * Out of µJ since some time in the past: W since the reading before.
 *
 * @param neverRests whether it always takes something: where such a count stands still, nobody counts (in a virtual machine)
 */
function wattsOfEnergy(wrapsAt: number, neverRests: boolean): MachineSensor['parse'] {
  let before: { readonly microjoules: number; readonly at: number } | null = null;
  return (text, now) => {
    const microjoules = wholeNumber(text);
    const since = before;
    before = microjoules === null ? null : { microjoules, at: now };
    if (microjoules === null || microjoules < 0) return null;
    if (since === null || now <= since.at) return undefined;
    if (neverRests && microjoules === since.microjoules) return null;
    return energySince(since.microjoules, microjoules, wrapsAt) / 1000 / (now - since.at);
  };
}

/** µJ between two counts, of which the later may have begun again at 0: because it is full, or because its chip was off. */
export function energySince(before: number, now: number, wrapsAt: number): number {
  if (now >= before) return now - before;
  const wrapped = now + wrapsAt - before;
  return wrapped <= wrapsAt / 2 ? wrapped : now;
}

/** Amperes that nobody set as a limit: the most that the chip can hold. */
const NO_LIMIT = 32_000;

/**
 * What says that a supply gives less than is asked of it: alarms of a Jetson's INA3221 for too much current, counts of the times
 * its processor was held back for that or for too low a voltage, and the alarm of a Raspberry Pi for too low a voltage.
 */
export const findSupplyAlarms: FindSensors = (root) => {
  const unique = uniqueNames();
  const chips = hwmonChips(root).flatMap(({ name: chip, at, files }) =>
    [...files].sort(byNumber).flatMap((file): MachineSensor[] => {
      const sensor = (quantity: MachineSensor['quantity'], parse: MachineSensor['parse']): MachineSensor => ({
        quantity,
        name: unique(`${chip} ${file.replace(/_(crit_alarm|max_alarm|lcrit_alarm|event_cnt)$/, '')}`),
        file: join(at, file),
        isQuick: false,
        parse,
      });
      if (chip === 'ina3221' && /^curr\d_(crit|max)_alarm$/.test(file)) return [sensor('current', flag)];
      if (chip === 'rpi_volt' && file === 'in0_lcrit_alarm') return [sensor('power', flag)];
      // the first is for too low a voltage, the others for too much current, on average and at any moment
      if (chip === 'soctherm_oc' && file === 'oc1_event_cnt') return [sensor('power-count', wholeNumber)];
      if (chip === 'soctherm_oc' && /^oc[23]_event_cnt$/.test(file)) return [sensor('current-count', wholeNumber)];
      return [];
    }),
  );
  return [...chips, ...iioLimits(root)];
};

/** The driver before JetPack 5 has limits, and no alarms. */
function iioLimits(root: string): MachineSensor[] {
  return findRails(root).flatMap(({ name, by, files }): MachineSensor[] => {
    if (by !== 'ina3221x' || files.kind !== 'power') return [];
    const channel = /in_power(\d)_input$/.exec(files.file)![1]!;
    const at = files.file.slice(0, -`/in_power${channel}_input`.length);
    const limit = numberIn(join(at, `crit_current_limit_${channel}`));
    if (limit === null || limit <= 0 || limit >= NO_LIMIT || !namesIn(at).includes(`in_current${channel}_input`))
      return [];
    const parse = (text: string) => {
      const current = wholeNumber(text);
      return current === null ? null : Number(current > limit);
    };
    return [{ quantity: 'current', name, file: join(at, `in_current${channel}_input`), isQuick: false, parse }];
  });
}

function flag(text: string): number | null {
  const alarm = wholeNumber(text);
  return alarm === null ? null : Number(alarm > 0);
}
