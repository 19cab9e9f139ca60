import type { Files } from '../trees.js';
import { clocks, coolingDevices, devfreq, hwmon, linux, rapl, under, zones } from './parts.js';

/*
 * Boards other than Jetsons, built: names and files are what users show of each, temperatures and clocks are from public logs of
 * a board under load.
 */

/** An old kernel, without a file for what the firmware holds back: cpufreq says 1200 MHz, the firmware gives 657. */
export const RASPBERRY_PI_3B: Files = {
  ...linux(4, { model: 'Raspberry Pi 3 Model B Rev 1.2', compatible: 'raspberrypi,3-model-b brcm,bcm2837' }),
  ...zones({ bcm2835_thermal: { temp: '84900', trips: [['critical', 85_000]] } }),
  ...clocks({ 0: [1_200_000, 1_200_000] }),
  ...hwmon(0, 'rpi_volt', { in0_lcrit_alarm: 0 }),
};

/** The firmware's settings lower its limit; its file says that power is short, and that it was hot before. */
export const RASPBERRY_PI_4: Files = {
  ...linux(4, { model: 'Raspberry Pi 4 Model B Rev 1.4', compatible: 'raspberrypi,4-model-b brcm,bcm2711' }),
  ...zones({ 'cpu-thermal': { temp: '72500', trips: [['critical', 110_000]] } }),
  ...clocks({ 0: [2_147_000, 2_147_000] }),
  ...hwmon(0, 'cpu_thermal', { temp1_input: 72_500 }),
  ...hwmon(1, 'rpi_volt', { in0_lcrit_alarm: 1 }),
  ...under('sys/devices/platform/soc/soc:firmware', { get_throttled: 'e0005' }),
  'boot/firmware/config.txt': '# cabinet in the sun\narm_64bit=1\ntemp_limit=75\n',
};

export const RASPBERRY_PI_5: Files = {
  ...linux(4, { model: 'Raspberry Pi 5 Model B Rev 1.0', compatible: 'raspberrypi,5-model-b brcm,bcm2712' }),
  ...zones({
    'cpu-thermal': {
      temp: '60600',
      trips: [
        ['critical', 110_000],
        ['active', 50_000],
        ['active', 60_000],
        ['active', 67_500],
        ['active', 75_000],
      ],
    },
  }),
  ...coolingDevices({ 'pwm-fan': 2 }),
  ...clocks({ 0: [2_400_000, 2_400_000] }),
  ...hwmon(0, 'cpu_thermal', { temp1_input: 60_600 }),
  ...hwmon(1, 'rp1_adc', { in1_input: 1484, temp1_input: 57_300 }),
  ...hwmon(2, 'pwmfan', { fan1_input: 4390, pwm1: 125 }),
  ...hwmon(3, 'rpi_volt', { in0_lcrit_alarm: 0 }),
  ...under('sys/devices/platform/soc@107c000000/soc@107c000000:firmware', { get_throttled: '0' }),
};

/** The vendor's kernel: load of GPU, memory bus and NPU, a governor that steers towards its last trip point. */
export const RK3588_VENDOR: Files = {
  ...linux(8, { model: 'Orange Pi 5 Max', compatible: 'rockchip,rk3588-orangepi-5-max rockchip,rk3588' }),
  ...zones({
    'soc-thermal': {
      temp: '86000',
      trips: [
        ['passive', 75_000],
        ['passive', 85_000],
        ['critical', 115_000],
      ],
      policy: 'power_allocator',
    },
    'bigcore0-thermal': '78500',
    'bigcore1-thermal': '78500',
    'littlecore-thermal': '77600',
    'center-thermal': '76700',
    'gpu-thermal': '75800',
    'npu-thermal': '76700',
  }),
  ...coolingDevices({
    'thermal-cpufreq-0': 0,
    'thermal-cpufreq-1': 3,
    'thermal-cpufreq-2': 0,
    'thermal-devfreq-0': 0,
    'pwm-fan': 4,
  }),
  ...clocks({ 0: [1_800_000, 1_800_000], 4: [1_608_000, 2_256_000], 6: [1_608_000, 2_256_000] }),
  ...hwmon(0, 'soc_thermal', { temp1_input: 86_000 }),
  ...hwmon(1, 'bigcore0_thermal', { temp1_input: 78_500 }),
  ...hwmon(2, 'pwmfan', { pwm1: 255 }),
  ...devfreq('dmc', { cur_freq: 2_112_000_000, load: '34@2112000000Hz' }),
  ...devfreq('fb000000.gpu', { cur_freq: 300_000_000, load: '12@300000000Hz' }),
  ...devfreq('fdab0000.npu', { cur_freq: 1_000_000_000, load: '0@1000000000Hz' }),
  'sys/kernel/debug/rknpu/load': 'NPU load:  Core0: 60%, Core1: 30%, Core2:  0%,\n',
};

/** The mainline kernel: other zones, no load of GPU and NPU. */
export const RK3588_MAINLINE: Files = {
  ...linux(8, { model: 'Radxa ROCK 5B', compatible: 'radxa,rock-5b rockchip,rk3588' }),
  ...zones({
    'package-thermal': { temp: '44300', trips: [['critical', 115_000]] },
    'bigcore0-thermal': {
      temp: '45300',
      trips: [
        ['passive', 85_000],
        ['critical', 115_000],
      ],
    },
    'bigcore2-thermal': {
      temp: '45300',
      trips: [
        ['passive', 85_000],
        ['critical', 115_000],
      ],
    },
    'littlecore-thermal': {
      temp: '44300',
      trips: [
        ['passive', 85_000],
        ['critical', 115_000],
      ],
    },
    'gpu-thermal': {
      temp: '43400',
      trips: [
        ['passive', 85_000],
        ['critical', 115_000],
      ],
    },
    'npu-thermal': { temp: '43400', trips: [['critical', 115_000]] },
  }),
  ...coolingDevices({ 'cpufreq-cpu0': 0, 'devfreq-fb000000.gpu': 0 }),
  ...clocks({ 0: [1_800_000, 1_800_000], 4: [2_208_000, 2_208_000], 6: [2_208_000, 2_208_000] }),
  ...devfreq('fb000000.gpu', { cur_freq: 300_000_000 }),
};

const throttled = (cpu: number, core: number, socket: number): Files =>
  under(`sys/devices/system/cpu/cpu${cpu}`, {
    'thermal_throttle/core_throttle_count': core,
    'thermal_throttle/package_throttle_count': 12,
    'topology/physical_package_id': socket,
  });

/** A small Intel computer: package, cores, RAPL with parts within, trip points that nobody set, a card that its power limit holds back. */
export const INTEL_N100: Files = {
  ...linux(4),
  ...zones({
    x86_pkg_temp: {
      temp: '58000',
      trips: [
        ['passive', 0],
        ['passive', -274_000],
      ],
    },
    acpitz: { temp: '27800', trips: [['critical', 105_000]] },
    iwlwifi_1: '44000',
  }),
  ...coolingDevices({ Processor: 0, intel_powerclamp: -1, TCC_Offset: 5 }),
  ...clocks({ 0: [2_900_000, 3_400_000] }),
  ...hwmon(2, 'coretemp', {
    temp1_input: 58_000,
    temp1_label: 'Package id 0',
    temp1_max: 105_000,
    temp1_crit: 105_000,
    temp1_crit_alarm: 0,
    temp2_input: 57_000,
    temp2_label: 'Core 0',
    temp2_crit: 105_000,
  }),
  ...hwmon(3, 'nct6775', { fan1_input: 0, fan2_input: 1098, pwm2: 114, in0_input: 792, temp7_input: 127_500 }),
  ...throttled(0, 3, 0),
  ...throttled(1, 1, 0),
  ...rapl({
    '0': ['package-0', 1_000_000],
    '0:0': ['core', 400_000],
    '0:1': ['uncore', 1000],
    '0:2': ['dram', 200_000],
  }),
  'sys/class/powercap/intel-rapl-mmio:0/name': 'package-0\n',
  'sys/class/powercap/intel-rapl-mmio:0/energy_uj': '1000000\n',
  ...under('sys/class/drm/card0', {
    gt_act_freq_mhz: 750,
    'gt/gt0/rc6_residency_ms': 1000,
    'gt/gt0/throttle_reason_status': 1,
    'gt/gt0/throttle_reason_pl1': 1,
    'gt/gt0/throttle_reason_thermal': 0,
    'gt/gt0/throttle_reason_vr_tdc': 0,
  }),
};

/** An AMD computer: the graphics within the processor measure all of it, as RAPL does. */
export const AMD_R1505G: Files = {
  ...linux(4),
  ...clocks({ 0: [2_400_000, 2_400_000], 1: [2_400_000, 2_400_000] }),
  ...hwmon(0, 'k10temp', { temp1_input: 73_250, temp1_label: 'Tctl' }),
  ...hwmon(1, 'amdgpu', {
    temp1_input: 71_000,
    temp1_label: 'edge',
    temp1_crit: 100_000,
    in1_label: 'vddnb',
    in1_input: 900,
    power1_average: 14_000_000,
    power1_label: 'PPT',
  }),
  ...rapl({ '0': ['package-0', 5_000_000], '0:0': ['core', 100] }),
  ...under('sys/class/drm/card0/device', {
    gpu_busy_percent: 37,
    mem_info_vram_used: 100_000_000,
    mem_info_vram_total: 536_870_912,
  }),
};

/** A computer with NVIDIA's driver; what its cards do is told by `nvidia-smi` alone. */
export const NVIDIA_X64: Files = {
  ...linux(8),
  ...zones({ x86_pkg_temp: '51000' }),
  ...hwmon(0, 'coretemp', { temp1_input: 51_000, temp1_label: 'Package id 0', temp1_crit: 100_000 }),
  ...rapl({ '0': ['package-0', 1_000_000], '1': ['psys', 3_000_000] }),
  'proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.90.07\n',
};

/** A container with a quota of version 2; sysfs shows nothing of the board. */
export const CONTAINER_V2: Files = {
  ...linux(2),
  'sys/fs/cgroup/cpu.max': '150000 100000\n',
  'sys/fs/cgroup/cpu.stat': 'usage_usec 1000\nnr_periods 100\nnr_throttled 10\nthrottled_usec 5000\n',
  'sys/fs/cgroup/memory.max': '2000000000\n',
  'sys/fs/cgroup/memory.current': '1500000000\n',
  'sys/fs/cgroup/memory.stat': 'anon 1000000000\ninactive_file 300000000\n',
};

/** The same by groups of version 1, on a board whose zones it sees. */
export const CONTAINER_V1: Files = {
  ...linux(2),
  ...zones({ 'cpu-thermal': { temp: '48000', trips: [['passive', 90_000]] } }),
  'proc/self/cgroup': '4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n',
  'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000\n',
  'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
  'sys/fs/cgroup/cpu,cpuacct/cpu.stat': 'nr_periods 50\nnr_throttled 5\nthrottled_time 2000000\n',
  'sys/fs/cgroup/memory/memory.limit_in_bytes': '1000000000\n',
  'sys/fs/cgroup/memory/memory.usage_in_bytes': '500000000\n',
  'sys/fs/cgroup/memory/memory.stat': 'total_inactive_file 100000000\n',
};
