import { join } from 'node:path';
import { namesIn, numberIn, textIn } from '../../kernel-files.js';
import { byNumber, type HwmonChip, hwmonChips } from './hwmon.js';
import { type RailPlace, uniqueNames } from './sensor.js';

/** Where a rail's power is read: a voltage in mV and a current in mA, a power, or a count of energy in µJ. */
export type RailFiles =
  | { readonly kind: 'pair'; readonly volts: string; readonly amperes: string }
  /** @param watts what one of its units is in W */
  | { readonly kind: 'power'; readonly file: string; readonly watts: number }
  /** @param wrapsAt µJ at which it begins again at 0 */
  | { readonly kind: 'energy'; readonly file: string; readonly wrapsAt: number };

/** A supply whose power can be measured. */
export interface Rail extends RailPlace {
  /** As the board's maker labels it: `VDD_IN`, `package-0`. Unique. */
  readonly name: string;
  readonly files: RailFiles;
}

/**
 * Rails of the whole module, as NVIDIA labels them on TX1, TX2, Nano, Xavier NX, Orin Nano and NX, and Thor. `VDD_MUX` is the
 * carrier board of the first two, beside the module.
 */
const BOARD = /^(VDD_IN|POM_5V_IN|5V_IN|VIN|VDD_MUX)$/;

/** Rails whose sum is the whole module where there is none of it, by NVIDIA's guides: AGX Orin (what is left out there is measured by its last one too), AGX Xavier, AGX Thor. */
const SHARES: readonly (readonly string[])[] = [
  ['VDD_GPU_SOC', 'VDD_CPU_CV', 'VIN_SYS_5V0'],
  ['GPU', 'CPU', 'SOC', 'CV', 'VDDRQ', 'SYS5V'],
  ['VDD_GPU', 'VDD_CPU_SOC_MSS', 'VIN_SYS_5V0'],
];

/** Channels that nothing is connected to, and one that adds up the chip's others in a unit of its own. */
const NO_RAIL = /^(NC|sum of shunt voltages)?$/i;

/** Every rail of this machine. `root` is `/`; tests give trees. */
export function findRails(root: string): Rail[] {
  const chips = hwmonChips(root);
  const unique = uniqueNames();
  const rails = [
    ...chips.flatMap(channels),
    ...iioRails(root),
    ...chips.flatMap(poweredChips),
    ...energyCounters(root),
  ].map((rail) => ({ ...rail, name: unique(rail.name) }));
  const names = new Set(rails.map(({ name }) => name));
  const shares = new Set(SHARES.filter((set) => set.every((name) => names.has(name))).flat());
  return rails.map((rail) => (shares.has(rail.name) ? { ...rail, feeds: 'share' as const } : rail));
}

/** Those whose sum is what the board draws, or as much of it as can be measured: no power is in it twice. Empty where there is none. */
export function railsOfBoard<R extends RailPlace>(rails: readonly R[]): R[] {
  const whole = rails.filter(({ feeds }) => feeds === 'board');
  if (whole.length > 0) return whole.filter(({ by }) => by === whole[0]!.by);
  for (const kind of ['share', 'supply', 'chip'] as const) {
    const sum = rails.filter(({ feeds }) => feeds === kind);
    if (sum.length > 0) return sum;
  }
  return [];
}

/** Channels with a label, a voltage and a current: an INA3221, an INA219 and the like. */
function channels({ name: by, at, files }: HwmonChip): Rail[] {
  return files
    .filter((file) => /^in\d+_label$/.test(file))
    .sort(byNumber)
    .flatMap((file): Rail[] => {
      const channel = file.slice(2, -'_label'.length);
      const name = textIn(join(at, file)).trim();
      const [volts, amperes] = [`in${channel}_input`, `curr${channel}_input`];
      if (NO_RAIL.test(name) || !files.includes(volts) || !files.includes(amperes)) return [];
      const feeds = BOARD.test(name) ? 'board' : 'part';
      return [{ name, feeds, by, files: { kind: 'pair', volts: join(at, volts), amperes: join(at, amperes) } }];
    });
}

/** The driver of an INA3221 before JetPack 5. */
function iioRails(root: string): Rail[] {
  const driver = join(root, 'sys/bus/i2c/drivers/ina3221x');
  return namesIn(driver)
    .flatMap((chip) => namesIn(join(driver, chip)).map((device) => join(driver, chip, device)))
    .filter((at) => /\/(iio:device\d+|iio_device)$/.test(at))
    .flatMap((at) =>
      namesIn(at)
        .filter((file) => /^rail_name_\d$/.test(file))
        .sort(byNumber)
        .flatMap((file): Rail[] => {
          const name = textIn(join(at, file)).trim();
          if (NO_RAIL.test(name)) return [];
          const power = join(at, `in_power${file.at(-1)}_input`);
          const feeds = BOARD.test(name) ? 'board' : 'part';
          return [{ name, feeds, by: 'ina3221x', files: { kind: 'power', file: power, watts: 1e-3 } }];
        }),
    );
}

const MICROWATT = 1e-6;

/** Chips that tell a power themselves: a meter of the whole machine, a monitor of a supply, a graphics card. */
function poweredChips({ name: by, at, files }: HwmonChip): Rail[] {
  const found = ['power1_average', 'power1_input'].find((file) => files.includes(file));
  if (found === undefined) return [];
  const rail = { by, files: { kind: 'power', file: join(at, found), watts: MICROWATT } } as const;
  if (by === 'power_meter') return [{ ...rail, name: by, feeds: 'board' }];
  if (by === 'amdgpu' || by === 'radeon') {
    // one that is part of a processor measures all of that
    const isWithin = textIn(join(at, 'in1_label')).trim() === 'vddnb';
    return [{ ...rail, name: by, feeds: isWithin ? 'part' : 'chip' }];
  }
  const label = textIn(join(at, 'power1_label')).trim() || textIn(join(at, 'in1_label')).trim();
  // on AGX Thor, the only monitor of its kind: all that goes into the module
  if (by === 'ina238') return [{ ...rail, name: label || 'VIN', feeds: 'board' }];
  // it has channels with labels besides
  if (files.some((file) => /^in\d_label$/.test(file) && files.includes(`curr${file[2]}_input`))) return [];
  return [{ ...rail, name: label || by, feeds: 'supply' }];
}

/** Where a counter of 32 bits begins again, should it not say. */
const USUAL_RANGE = 2 ** 32;

/** RAPL: packages with their memory, and what is part of them. */
function energyCounters(root: string): Rail[] {
  const zones = join(root, 'sys/class/powercap');
  return namesIn(zones)
    .filter((name) => /^intel-rapl:\d+(:\d+)?$/.test(name))
    .sort()
    .flatMap((zone): Rail[] => {
      const at = join(zones, zone);
      if (!namesIn(at).includes('energy_uj')) return [];
      const kind = textIn(join(at, 'name')).trim() || zone;
      const isPackage = !zone.includes(':', 'intel-rapl:'.length);
      // few makers connect what the platform's counter counts by; a package's is always true
      const feeds = kind !== 'psys' && (isPackage || kind === 'dram') ? 'chip' : 'part';
      const name = isPackage ? kind : `${textIn(join(zones, zone.replace(/:\d+$/, ''), 'name')).trim()} ${kind}`;
      const wrapsAt = numberIn(join(at, 'max_energy_range_uj')) ?? USUAL_RANGE;
      return [
        { name: name.trim(), feeds, by: 'rapl', files: { kind: 'energy', file: join(at, 'energy_uj'), wrapsAt } },
      ];
    });
}
