import type { Files } from '../trees.js';

/* What boards are made of, as the kernel shows it: each gives the files of one thing. */

/** What every Linux machine has: idle cores, memory, an uptime. */
export function linux(cores: number, deviceTree?: { readonly model: string; readonly compatible: string }): Files {
  const times = Array.from({ length: cores }, (_, core) => `cpu${core} 10 0 5 85 0 0 0 0 0 0`);
  return {
    'proc/stat': ['cpu  40 0 20 340 0 0 0 0 0 0', ...times, 'intr 0', ''].join('\n'),
    'proc/loadavg': '0.12 0.34 0.56 1/234 5678\n',
    'proc/meminfo':
      'MemTotal: 8000000 kB\nMemFree: 1000000 kB\nMemAvailable: 6000000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
    'proc/uptime': '5000.25 18000.00\n',
    'proc/self/cgroup': '0::/\n',
    ...(deviceTree && {
      'proc/device-tree/model': `${deviceTree.model}\0`,
      'proc/device-tree/compatible': `${deviceTree.compatible.split(' ').join('\0')}\0`,
    }),
  };
}

/** A thermal zone: milli-°C, its trip points, its governor. */
export interface Zone {
  readonly temp: string;
  readonly trips?: readonly (readonly [type: string, milli: number])[];
  readonly policy?: string;
}

/** Thermal zones by their type, numbered in their order. */
export function zones(zones: Readonly<Record<string, Zone | string>>): Files {
  const files: Record<string, string> = {};
  for (const [number, [type, zone]] of Object.entries(zones).entries()) {
    const at = `sys/class/thermal/thermal_zone${number}`;
    const { temp, trips = [], policy = 'step_wise' } = typeof zone === 'string' ? { temp: zone } : zone;
    files[`${at}/type`] = `${type}\n`;
    files[`${at}/temp`] = temp === '' ? '' : `${temp}\n`;
    files[`${at}/policy`] = `${policy}\n`;
    for (const [trip, [kind, milli]] of trips.entries()) {
      files[`${at}/trip_point_${trip}_type`] = `${kind}\n`;
      files[`${at}/trip_point_${trip}_temp`] = `${milli}\n`;
      files[`${at}/trip_point_${trip}_hyst`] = '0\n';
    }
  }
  return files;
}

/** Cooling devices by their type, with the state that they are in; numbered in their order. */
export function coolingDevices(states: Readonly<Record<string, number>>): Files {
  return Object.fromEntries(
    Object.entries(states).flatMap(([type, state], number) => [
      [`sys/class/thermal/cooling_device${number}/type`, `${type}\n`],
      [`sys/class/thermal/cooling_device${number}/cur_state`, `${state}\n`],
      [`sys/class/thermal/cooling_device${number}/max_state`, '10\n'],
    ]),
  );
}

/** Clusters of cores by the number of their first core: kHz now, and at most. */
export function clocks(policies: Readonly<Record<number, readonly [now: number, limit: number]>>): Files {
  return Object.fromEntries(
    Object.entries(policies).flatMap(([core, [now, limit]]) => [
      [`sys/devices/system/cpu/cpufreq/policy${core}/scaling_cur_freq`, `${now}\n`],
      [`sys/devices/system/cpu/cpufreq/policy${core}/scaling_max_freq`, `${limit}\n`],
      [`sys/devices/system/cpu/cpufreq/policy${core}/scaling_governor`, 'schedutil\n'],
    ]),
  );
}

/** A chip in hwmon. */
export function hwmon(number: number, name: string, files: Readonly<Record<string, string | number>>): Files {
  return {
    [`sys/class/hwmon/hwmon${number}/name`]: `${name}\n`,
    ...under(`sys/class/hwmon/hwmon${number}`, files),
  };
}

/** A channel of an INA3221: label, mV, mA. */
export type Channel = readonly [label: string, millivolts: number, milliamperes: number];

/** An INA3221 by the driver of hwmon (JetPack 5 and later): three channels, alarms, and what is no rail. */
export function ina3221(
  number: number,
  channels: readonly Channel[],
  alarms: Readonly<Record<string, number>> = {},
): Files {
  const files: Record<string, string | number> = {
    in7_label: 'sum of shunt voltages',
    in7_input: 10_000,
    curr4_input: 1,
  };
  for (const [i, [label, millivolts, milliamperes]] of channels.entries()) {
    files[`in${i + 1}_label`] = label;
    files[`in${i + 1}_input`] = millivolts;
    files[`curr${i + 1}_input`] = milliamperes;
    files[`curr${i + 1}_crit`] = 5000;
    files[`curr${i + 1}_crit_alarm`] = 0;
    files[`curr${i + 1}_max_alarm`] = 0;
  }
  return hwmon(number, 'ina3221', { ...files, ...alarms });
}

/** An INA3221 by the driver before JetPack 5: label, mW, mA of each channel. */
export function ina3221x(
  chip: string,
  device: string,
  channels: readonly (readonly [string, number, number])[],
): Files {
  const at = `sys/bus/i2c/drivers/ina3221x/${chip}/${device}`;
  return Object.assign(
    {},
    ...channels.map(([label, milliwatts, milliamperes], i) => ({
      [`${at}/rail_name_${i}`]: `${label}\n`,
      [`${at}/in_power${i}_input`]: `${milliwatts}\n`,
      [`${at}/in_current${i}_input`]: `${milliamperes}\n`,
      [`${at}/in_voltage${i}_input`]: '5000\n',
      [`${at}/crit_current_limit_${i}`]: i === 0 ? '4000\n' : '32760\n',
      [`${at}/warn_current_limit_${i}`]: '32760\n',
    })),
  ) as Files;
}

export function devfreq(name: string, files: Readonly<Record<string, string | number>>): Files {
  return under(`sys/class/devfreq/${name}`, files);
}

/** RAPL by the number of its zone (`0`, `0:1`): name, µJ. */
export function rapl(counters: Readonly<Record<string, readonly [name: string, microjoules: number]>>): Files {
  return Object.assign(
    {},
    ...Object.entries(counters).map(([zone, [name, microjoules]]) =>
      under(`sys/class/powercap/intel-rapl:${zone}`, {
        name,
        energy_uj: microjoules,
        max_energy_range_uj: 262_143_328_850,
      }),
    ),
  ) as Files;
}

/** Files of a folder, a line each. */
export function under(folder: string, files: Readonly<Record<string, string | number>>): Files {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, `${text}\n`]));
}
