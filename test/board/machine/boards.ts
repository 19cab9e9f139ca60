import type { Files } from './trees.js';

/*
 * Trees made after what is publicly known of each board, not recorded on one: what matters here is which files there are,
 * how they are named, and the odd values in them.
 */

const MEMINFO =
  'MemTotal: 8000000 kB\nMemFree: 1000000 kB\nMemAvailable: 6000000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n';

function common(cores: number): Files {
  const times = Array.from({ length: cores }, (_, core) => `cpu${core} 10 0 5 85 0 0 0 0 0 0`);
  return {
    'proc/stat': ['cpu  40 0 20 340 0 0 0 0 0 0', ...times, 'intr 0', 'btime 1700000000', ''].join('\n'),
    'proc/loadavg': '0.12 0.34 0.56 1/234 5678\n',
    'proc/meminfo': MEMINFO,
    'proc/uptime': '5000.25 18000.00\n',
    'proc/self/cgroup': '0::/\n',
  };
}

function zones(types: Readonly<Record<string, string>>): Files {
  return Object.fromEntries(
    Object.entries(types).flatMap(([type, temp], zone) => [
      [`sys/class/thermal/thermal_zone${zone}/type`, `${type}\n`],
      [`sys/class/thermal/thermal_zone${zone}/temp`, `${temp}\n`],
    ]),
  );
}

function policies(clocks: Readonly<Record<string, readonly [now: number, limit: number, greatest: number]>>): Files {
  return Object.fromEntries(
    Object.entries(clocks).flatMap(([policy, [now, limit, greatest]]) => [
      [`sys/devices/system/cpu/cpufreq/${policy}/scaling_cur_freq`, `${now}\n`],
      [`sys/devices/system/cpu/cpufreq/${policy}/scaling_max_freq`, `${limit}\n`],
      [`sys/devices/system/cpu/cpufreq/${policy}/cpuinfo_max_freq`, `${greatest}\n`],
    ]),
  );
}

/** A Jetson Orin with L4T 36: zones of parts without power read -256 °C, the GPU's load is in per mille. */
export const JETSON_ORIN: Files = {
  ...common(6),
  ...zones({
    'cpu-thermal': '48500',
    'gpu-thermal': '46000',
    'cv0-thermal': '-256000',
    'cv1-thermal': '-256000',
    'soc0-thermal': '47250',
    'tj-thermal': '48500',
  }),
  ...policies({ policy0: [1_190_400, 1_510_400, 1_510_400], policy4: [729_600, 1_510_400, 1_510_400] }),
  'sys/class/devfreq/17000000.gpu/cur_freq': '611000000\n',
  'sys/class/devfreq/17000000.gpu/device/load': '425\n',
  'sys/class/devfreq/bus-fabric/cur_freq': '1000000\n',
  'sys/class/thermal/cooling_device0/type': 'pwm-fan\n',
  'sys/class/thermal/cooling_device0/cur_state': '3\n',
  'sys/class/thermal/cooling_device1/type': 'cpufreq-cpu0\n',
  'sys/class/thermal/cooling_device1/cur_state': '0\n',
};

/** A Raspberry Pi 4 whose supply is too weak: the firmware caps the clock, of which cpufreq knows nothing. */
export const RASPBERRY_PI_4: Files = {
  ...common(4),
  ...zones({ 'cpu-thermal': '61835' }),
  ...policies({ policy0: [1_500_000, 1_500_000, 1_500_000] }),
  // the kernel shows the zone here once more
  'sys/class/hwmon/hwmon0/name': 'cpu_thermal\n',
  'sys/class/hwmon/hwmon0/temp1_input': '61835\n',
  'sys/class/hwmon/hwmon1/name': 'rpi_volt\n',
  'sys/class/hwmon/hwmon1/in0_lcrit_alarm': '1\n',
  'sys/devices/platform/soc/soc:firmware/get_throttled': '50005\n',
  'proc/diskstats':
    '   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0\n 179       0 mmcblk0 100 5 8000 50 200 6 16000 90 0 130 140\n 179       1 mmcblk0p1 50 5 4000 20 100 6 8000 50 0 60 70\n',
  'sys/block/mmcblk0/device/type': 'SD\n',
  'sys/block/loop0/size': '0\n',
};

/** An RK3588 board on its vendor's kernel, with its NPU and an eMMC that tells how worn it is. */
export const RK3588: Files = {
  ...common(8),
  ...zones({ 'soc-thermal': '52692', 'bigcore0-thermal': '53000', 'npu-thermal': '51000' }),
  ...policies({
    policy0: [1_008_000, 1_800_000, 1_800_000],
    policy4: [2_256_000, 1_800_000, 2_256_000],
    policy6: [408_000, 2_304_000, 2_304_000],
  }),
  'sys/class/devfreq/fb000000.gpu/load': '12@300000000Hz\n',
  'sys/class/devfreq/fb000000.gpu/cur_freq': '300000000\n',
  'sys/class/devfreq/fdab0000.npu/load': '0@1000000000Hz\n',
  'sys/class/devfreq/fdab0000.npu/cur_freq': '1000000000\n',
  'sys/class/devfreq/dmc/load': '55@528000000Hz\n',
  'sys/class/thermal/cooling_device0/type': 'thermal-cpufreq-1\n',
  'sys/class/thermal/cooling_device0/cur_state': '2\n',
  'proc/diskstats':
    ' 179       0 mmcblk0 100 5 8000 50 200 6 16000 90 0 130 140\n 179      32 mmcblk0boot0 1 0 8 0 0 0 0 0 0 0 0\n',
  'sys/block/mmcblk0/device/life_time': '0x02 0x03\n',
  'sys/block/mmcblk0boot0/device/life_time': '0x02 0x03\n',
};

/** A small x86 computer: cores and a drive in hwmon, an input with nothing on it, an Intel GPU. */
export const X86: Files = {
  ...common(4),
  ...zones({ acpitz: '27800', x86_pkg_temp: '64000' }),
  'sys/class/hwmon/hwmon0/name': 'coretemp\n',
  'sys/class/hwmon/hwmon0/temp1_input': '64000\n',
  'sys/class/hwmon/hwmon0/temp1_label': 'Package id 0\n',
  'sys/class/hwmon/hwmon0/temp2_input': '63000\n',
  'sys/class/hwmon/hwmon0/temp2_label': 'Core 0\n',
  'sys/class/hwmon/hwmon1/name': 'nct6775\n',
  'sys/class/hwmon/hwmon1/temp3_input': '127500\n',
  'sys/class/hwmon/hwmon2/name': 'nvme\n',
  'sys/class/hwmon/hwmon2/temp1_input': '38850\n',
  'sys/class/hwmon/hwmon2/temp1_label': 'Composite\n',
  'sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count': '3\n',
  'sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count': '7\n',
  'sys/devices/system/cpu/cpu0/topology/physical_package_id': '0\n',
  'sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count': '1\n',
  'sys/devices/system/cpu/cpu1/thermal_throttle/package_throttle_count': '7\n',
  'sys/devices/system/cpu/cpu1/topology/physical_package_id': '0\n',
  'sys/class/drm/card0/gt_act_freq_mhz': '350\n',
  'sys/class/drm/card0/gt/gt0/rc6_residency_ms': '1000\n',
  'sys/class/drm/card0-HDMI-A-1/status': 'disconnected\n',
  'sys/class/drm/card1/device/gpu_busy_percent': '37\n',
  'sys/class/drm/card1/device/mem_info_vram_used': '1000000\n',
  'sys/class/drm/card1/device/mem_info_vram_total': '4000000\n',
  'proc/net/dev': [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo: 9000 10 0 0 0 0 0 0 9000 10 0 0 0 0 0 0',
    'docker0: 5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0',
    '  eth0:1000 10 1 2 0 0 0 0 2000 20 3 4 0 0 0 0',
    '',
  ].join('\n'),
  'sys/class/net/lo/speed': '',
  'sys/class/net/docker0/speed': '10000\n',
  'sys/class/net/eth0/speed': '1000\n',
  'sys/class/net/eth0/device/vendor': '0x8086\n',
};

/** A container with a quota and a memory limit; sysfs shows nothing. */
export const CONTAINER: Files = {
  ...common(2),
  'proc/pressure/cpu':
    'some avg10=12.50 avg60=3.00 avg300=1.00 total=123456\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  'proc/pressure/memory':
    'some avg10=0.25 avg60=0.00 avg300=0.00 total=5\nfull avg10=0.10 avg60=0.00 avg300=0.00 total=4\n',
  'sys/fs/cgroup/cpu.max': '150000 100000\n',
  'sys/fs/cgroup/cpu.stat': 'usage_usec 1000\nnr_periods 100\nnr_throttled 10\nthrottled_usec 5000\n',
  'sys/fs/cgroup/memory.max': '2000000000\n',
  'sys/fs/cgroup/memory.current': '1500000000\n',
  'sys/fs/cgroup/memory.stat': 'anon 1000000000\ninactive_file 300000000\n',
  'proc/net/dev':
    'Inter-|\n face |\n    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n  eth0: 100 1 0 0 0 0 0 0 200 2 0 0 0 0 0 0\n',
  'proc/diskstats':
    ' 254       0 vda 1 0 8 1 1 0 8 1 0 10 10\n 254       1 vda1 1 0 8 1 1 0 8 1 0 10 10\n   1       0 ram0 0 0 0 0 0 0 0 0 0 0 0\n',
};

export const BOARDS: Readonly<Record<string, Files>> = {
  'Jetson Orin': JETSON_ORIN,
  'Raspberry Pi 4': RASPBERRY_PI_4,
  RK3588,
  x86: X86,
  container: CONTAINER,
};
