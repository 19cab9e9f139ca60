import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** What a board recorded: power where it was measured, else how busy it was. */
export interface Series {
  /** s since its beginning, rising. */
  readonly at: readonly number[];
  /** °C. */
  readonly temperatures: readonly number[];
  /** W of the whole board; null: it was not measured. */
  readonly watts: readonly number[] | null;
  /** Share of the processor that was busy, 0..1. */
  readonly busy: readonly number[];
  /** MHz and busy share of the GPU, where there is one. */
  readonly gpu: readonly { readonly mhz: number; readonly busy: number }[] | null;
}

function textOf(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replaceAll('\r', '');
}

/** Lines of NVIDIA's tegrastats, a second apart; the GPU's temperature, and the power that goes in. */
export function tegrastats(file: string, zone = 'GPU'): Series {
  const lines = textOf(file)
    .split('\n')
    .flatMap((line) => {
      const temperature = line.match(new RegExp(`\\b${zone}@(-?[\\d.]+)C`));
      const milliwatts = line.match(/(?:VDD_IN|POM_5V_IN) (\d+)(?:mW)?\//);
      const gpu = line.match(/GR3D_FREQ (\d+)%(?:@(\d+))?/);
      const cpus = [...(line.match(/CPU \[([^\]]*)\]/)?.[1] ?? '').matchAll(/(\d+)%@/g)].map(([, busy]) =>
        Number(busy),
      );
      if (!temperature || !milliwatts) return [];
      return [
        {
          temperature: Number(temperature[1]),
          watts: Number(milliwatts[1]) / 1000,
          busy: cpus.reduce((a, b) => a + b, 0) / Math.max(1, cpus.length) / 100,
          gpu: { mhz: Number(gpu?.[2] ?? 0), busy: Number(gpu?.[1] ?? 0) / 100 },
        },
      ];
    });
  return {
    at: lines.map((_, i) => i),
    temperatures: lines.map(({ temperature }) => temperature),
    watts: lines.map(({ watts }) => watts),
    busy: lines.map(({ busy }) => busy),
    gpu: lines.map(({ gpu }) => gpu),
  };
}

/** jtop's log of an AGX Orin: junction temperature, rails added up, clock and load of the GPU. */
export function orinLog(file: string): Series {
  const [header, ...rows] = textOf(file)
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const column = (name: string) => {
    const at = header!.indexOf(name);
    return rows.map((cells) => Number(cells[at]));
  };
  // the fourth rail is a part of the third
  const rails = ['VDD_GPU_SOC-IN_POWER', 'VDD_CPU_CV-IN_POWER', 'VIN_SYS_5V0-IN_POWER'].map(column);
  const cores = header!.filter((name) => /^CPU\d+-CURR_LOAD$/.test(name)).map(column);
  const [mhz, load] = [column('IGPU0-CURR_FREQ'), column('IGPU0-CURR_LOAD')];
  return {
    at: rows.map((_, i) => i),
    temperatures: column('tj-thermal-CURR_TEMP'),
    watts: rows.map((_, i) => rails.reduce((sum, rail) => sum + rail[i]!, 0) / 1000),
    busy: rows.map((_, i) => cores.reduce((sum, core) => sum + core[i]!, 0) / cores.length / 100),
    gpu: rows.map((_, i) => ({ mhz: mhz[i]!, busy: load[i]! / 100 })),
  };
}

/** A Raspberry Pi that was made to work and left to rest: `datetime,…,usage,temp`, or `seconds,usage,temperature` without names. */
export function piUsage(file: string): Series {
  const rows = textOf(file)
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const named = rows[0]!.indexOf('temp');
  const [body, usage, temperature] = named < 0 ? [rows, 1, 2] : [rows.slice(1), rows[0]!.indexOf('usage'), named];
  const secondsOf = (time: string) =>
    named < 0 ? Number(time) : Date.parse(`${time.slice(0, 23).replace(' ', 'T')}Z`) / 1000;
  const known = body
    .map((cells) => ({
      at: secondsOf(cells[0]!),
      temperature: Number.parseFloat(cells[temperature!] ?? ''),
      busy: Number.parseFloat(cells[usage!] ?? '') / 100,
    }))
    .filter(({ at, temperature: degrees, busy }) => Number.isFinite(at + degrees + busy));
  return {
    at: known.map(({ at }) => at - known[0]!.at),
    temperatures: known.map(({ temperature: degrees }) => degrees),
    watts: null,
    busy: known.map(({ busy }) => busy),
    gpu: null,
  };
}

/** A table made from a log of sbc-bench: `t_s`, `cpu_pct`, `temp_c`. */
export function sbcBench(file: string): Series {
  const [header, ...rows] = textOf(file)
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const column = (name: string) => rows.map((cells) => Number(cells[header!.indexOf(name)]));
  const known = rows.map((_, i) => i).filter((i) => Number.isFinite(column('temp_c')[i]) && column('temp_c')[i]! > 0);
  const pick = (values: readonly number[]) => known.map((i) => values[i]!);
  return {
    at: pick(column('t_s')),
    temperatures: pick(column('temp_c')),
    watts: null,
    busy: pick(column('cpu_pct')).map((percent) => percent / 100),
    gpu: null,
  };
}
