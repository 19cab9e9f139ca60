import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as si from 'systeminformation';
import { Machine } from '../../src/board/machine/machine.js';
import { machineMetrics } from '../../src/board/machine/metrics.js';
import { systemClock } from '../../src/foundation/clock.js';

/** What both ways read of the machine, for comparing them; null where there is no reading. */
export interface Compared {
  readonly cpuPercent: number | null;
  readonly memoryTotal: number | null;
  readonly memoryAvailable: number | null;
  readonly rootUsedPercent: number | null;
  readonly receivedBytes: number | null;
  readonly writtenBytes: number | null;
  readonly temperature: number | null;
  readonly uptimeS: number | null;
}

/** A way to read the machine, once a second. */
export interface Poll {
  poll(): Promise<void>;
  compared(): Compared;
  end(): void;
}

/** This program's, every metric of it read as the history does. @param root `/`, or a tree of another board */
export function ours(root = '/'): Poll {
  const machine = new Machine({
    root,
    clock: systemClock,
    intervalMs: 1000,
    places: { store: tmpdir(), root: '/' },
    onFailure: (reader, error) => {
      throw new Error(`${reader} failed`, { cause: error });
    },
    onClockJump: () => undefined,
  });
  const rows = machineMetrics(machine);
  let numbers = 0;
  return {
    async poll() {
      await machine.read();
      for (const row of rows) for (const [, value] of row.read()) if (typeof value === 'number') numbers += value;
    },
    compared() {
      const sum = (values: Iterable<number | null>) =>
        [...values].reduce<number>((all, value) => all + (value ?? 0), 0);
      return {
        cpuPercent: machine.processor.total?.busy ?? null,
        memoryTotal: machine.memory.machine?.total ?? null,
        memoryAvailable: machine.memory.machine?.available ?? null,
        rootUsedPercent: machine.diskSpace.space.get('root')?.usedPercent ?? null,
        receivedBytes: sum([...machine.network.traffic.values()].map(({ receivedBytes }) => receivedBytes)),
        writtenBytes: sum([...machine.disks.activity.values()].map(({ writtenBytes }) => writtenBytes)),
        temperature: machine.temperature,
        uptimeS: machine.clock.uptimeS,
      };
    },
    end() {
      machine.close();
      // what nobody uses may be left out by the compiler
      if (Number.isNaN(numbers)) throw new Error('a reading is no number');
    },
  };
}

/** The package's functions for the same values, as its documents show them. */
export function systeminformation(): Poll {
  let last: Compared | null = null;
  let first: { received: number; written: number } | null = null;
  return {
    async poll() {
      const [load, memory, sizes, disks, network, heat] = await Promise.all([
        si.currentLoad(),
        si.mem(),
        si.fsSize(),
        si.fsStats(),
        si.networkStats('*'),
        si.cpuTemperature(),
        si.cpuCurrentSpeed(),
      ]);
      const real = network.filter(({ iface }) => /^(eth|en|wl|ww)/.test(iface));
      const received = real.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0);
      const written = disks?.wx ?? 0;
      first ??= { received, written };
      last = {
        cpuPercent: load.currentLoad,
        memoryTotal: memory.total,
        memoryAvailable: memory.available,
        rootUsedPercent: sizes.find(({ mount }) => mount === '/')?.use ?? null,
        receivedBytes: received - first.received,
        writtenBytes: written - first.written,
        temperature: heat.main,
        uptimeS: si.time().uptime,
      };
    },
    compared() {
      if (last === null) throw new Error('nothing was read');
      return last;
    },
    end() {
      // it holds nothing
    },
  };
}

/** Nothing: what a process costs that only has a timer. */
export function nothing(): Poll {
  return {
    poll: () => Promise.resolve(),
    compared: () => {
      throw new Error('nothing is read');
    },
    end() {
      // it holds nothing
    },
  };
}

const ZONES = 12;
const CHIPS = 8;
/** Of supplies, with three channels each. */
const MONITORS = 2;
const POLICIES = 3;

/** This machine's /proc, with as many sensors as large boards have: plain files, so that what a chip takes to answer is not in it. */
export function boardTree(): string {
  const root = mkdtempSync(join(tmpdir(), 'edge-monitor-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  symlinkSync('/proc', join(root, 'proc'));
  const file = (name: string, text: string): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), `${text}\n`);
  };
  for (let i = 0; i < ZONES; i++) {
    file(`sys/class/thermal/thermal_zone${i}/type`, `part${i}-thermal`);
    file(`sys/class/thermal/thermal_zone${i}/temp`, String(40_000 + i));
    file(`sys/class/thermal/thermal_zone${i}/trip_point_0_type`, 'passive');
    file(`sys/class/thermal/thermal_zone${i}/trip_point_0_temp`, '99000');
    file(`sys/class/thermal/cooling_device${i}/type`, `cpufreq-cpu${i}`);
    file(`sys/class/thermal/cooling_device${i}/cur_state`, '0');
  }
  for (let i = 0; i < CHIPS; i++) {
    file(`sys/class/hwmon/hwmon${i}/name`, `chip${i}`);
    file(`sys/class/hwmon/hwmon${i}/temp1_input`, '41000');
  }
  for (let i = 0; i < MONITORS; i++) {
    const at = `sys/class/hwmon/hwmon${CHIPS + i}`;
    file(`${at}/name`, 'ina3221');
    for (let channel = 1; channel <= 3; channel++) {
      file(`${at}/in${channel}_label`, i === 0 && channel === 1 ? 'VDD_IN' : `VDD_${i}_${channel}`);
      file(`${at}/in${channel}_input`, '5000');
      file(`${at}/curr${channel}_input`, '1200');
      file(`${at}/curr${channel}_crit_alarm`, '0');
    }
  }
  for (let i = 0; i < POLICIES; i++) {
    file(`sys/devices/system/cpu/cpufreq/policy${i}/scaling_cur_freq`, '1500000');
    file(`sys/devices/system/cpu/cpufreq/policy${i}/scaling_max_freq`, '1800000');
  }
  for (const name of ['fb000000.gpu', 'fdab0000.npu']) {
    file(`sys/class/devfreq/${name}/load`, '12@300000000Hz');
    file(`sys/class/devfreq/${name}/cur_freq`, '300000000');
  }
  return root;
}
