import type { Files } from '../trees.js';
import { clocks, coolingDevices, devfreq, hwmon, ina3221, ina3221x, linux, under, zones } from './parts.js';

/*
 * Jetsons, built: names of zones, rails, devices and files are what users and NVIDIA's guides show of each board and JetPack;
 * temperatures, clocks and rails are those of one line of `tegrastats` from such a board where one is public. Trip points are
 * those of NVIDIA's guides where they name them, else likely ones.
 */

const power = (mode: string, name: string): Files => ({
  'var/lib/nvpmodel/status': `pmode:000${mode}\n`,
  'etc/nvpmodel.conf': `< PARAM TYPE=FILE NAME=CPU_ONLINE >\n< POWER_MODEL ID=${mode} NAME=${name} >\n`,
});

/** JetPack 4: the GPU by its old path, the INA3221 by its old driver, a PMIC that makes its temperature up. */
export const JETSON_NANO: Files = {
  ...linux(4, {
    model: 'NVIDIA Jetson Nano Developer Kit',
    compatible: 'nvidia,p3449-0000-b00+p3448-0000-b00 nvidia,tegra210',
  }),
  ...zones({
    'AO-therm': '29500',
    'CPU-therm': {
      temp: '27500',
      trips: [
        ['critical', 102_500],
        ['passive', 97_000],
        ['active', 51_000],
      ],
    },
    'GPU-therm': {
      temp: '28000',
      trips: [
        ['critical', 103_000],
        ['passive', 97_500],
      ],
    },
    'PLL-therm': '24000',
    'PMIC-Die': '50000',
    'thermal-fan-est': {
      temp: '28000',
      trips: [
        ['active', 51_000],
        ['active', 61_000],
      ],
    },
  }),
  ...coolingDevices({ 'pwm-fan': 0, 'cpu-balanced': 0, 'gpu-balanced': 0 }),
  ...clocks({ 0: [102_000, 1_479_000] }),
  ...under('sys/devices/gpu.0', { load: 425 }),
  ...devfreq('57000000.gpu', { cur_freq: 76_800_000 }),
  ...ina3221x('6-0040', 'iio:device0', [
    ['POM_5V_IN', 920, 184],
    ['POM_5V_GPU', 0, 0],
    ['POM_5V_CPU', 119, 24],
  ]),
  ...under('sys/devices/pwm-fan', { cur_pwm: 51, target_pwm: 51, rpm_measured: 1800 }),
  ...power('0', 'MAXN'),
};

/** JetPack 4: rails of two chips, one of them of the whole module. */
export const JETSON_TX2: Files = {
  ...linux(6, { model: 'quill', compatible: 'nvidia,quill nvidia,tegra186' }),
  ...zones({
    'BCPU-therm': {
      temp: '56500',
      trips: [
        ['passive', 95_500],
        ['critical', 101_000],
      ],
    },
    'MCPU-therm': {
      temp: '56500',
      trips: [
        ['passive', 95_500],
        ['critical', 101_000],
      ],
    },
    'GPU-therm': {
      temp: '55500',
      trips: [
        ['passive', 93_500],
        ['critical', 99_000],
      ],
    },
    'PLL-therm': '56500',
    Tboard_tegra: { temp: '52000', trips: [['critical', 107_000]] },
    Tdiode_tegra: '55500',
    'PMIC-Die': '100000',
    'thermal-fan-est': '56100',
  }),
  ...clocks({ 0: [2_035_200, 2_035_200], 1: [345_600, 2_035_200] }),
  ...devfreq('17000000.gp10b', { cur_freq: 1_300_500_000, 'device/load': 0 }),
  ...ina3221x('0-0040', 'iio:device0', [
    ['VDD_SYS_GPU', 304, 16],
    ['VDD_SYS_SOC', 990, 52],
    ['VDD_4V0_WIFI', 0, 0],
  ]),
  ...ina3221x('0-0041', 'iio:device1', [
    ['VDD_IN', 4687, 247],
    ['VDD_SYS_CPU', 1066, 56],
    ['VDD_SYS_DDR', 1327, 70],
  ]),
  ...power('0', 'MAXN'),
};

/** JetPack 5: four of six cores are on, the INA3221 is in hwmon. */
export const JETSON_XAVIER_NX: Files = {
  ...linux(4, {
    model: 'NVIDIA Jetson Xavier NX Developer Kit',
    compatible: 'nvidia,p3449-0000+p3668-0000 nvidia,tegra194',
  }),
  ...zones({
    'CPU-therm': {
      temp: '40000',
      trips: [
        ['passive', 95_500],
        ['critical', 96_000],
      ],
    },
    'GPU-therm': {
      temp: '38000',
      trips: [
        ['passive', 95_500],
        ['critical', 96_500],
      ],
    },
    'AUX-therm': { temp: '36500', trips: [['passive', 95_500]] },
    'AO-therm': '37500',
    'PMIC-Die': '50000',
    'thermal-fan-est': '37850',
  }),
  ...coolingDevices({ 'pwm-fan': 2, 'cpufreq-cpu0': 0, '17000000.gv11b': 0 }),
  ...clocks({ 0: [1_189_000, 1_420_800] }),
  ...devfreq('17000000.gv11b', { cur_freq: 510_000_000, 'device/load': 220 }),
  ...devfreq('15340000.vic', { cur_freq: 115_200_000 }),
  ...ina3221(6, [
    ['VDD_IN', 5000, 1108],
    ['VDD_CPU_GPU_CV', 5000, 319],
    ['VDD_SOC', 5000, 247],
  ]),
  ...power('2', 'MODE_15W_4CORE'),
};

/** JetPack 5: parts without power read −256 °C; no rail of the whole module, channels without a load; counts of over-current. */
export const JETSON_AGX_ORIN: Files = {
  ...linux(12, {
    model: 'NVIDIA Orin Jetson-Small Developer Kit',
    compatible: 'nvidia,p3737-0000+p3701-0000 nvidia,tegra234',
  }),
  ...zones({
    'CPU-therm': {
      temp: '77281',
      trips: [
        ['passive', 99_000],
        ['critical', 104_500],
      ],
    },
    'GPU-therm': {
      temp: '69125',
      trips: [
        ['passive', 99_000],
        ['critical', 104_500],
      ],
    },
    'CV0-therm': { temp: '-256000', trips: [['passive', 99_000]] },
    'CV1-therm': { temp: '-256000', trips: [['passive', 99_000]] },
    'CV2-therm': { temp: '-256000', trips: [['passive', 99_000]] },
    'SOC0-therm': { temp: '69531', trips: [['passive', 99_000]] },
    'SOC1-therm': { temp: '68968', trips: [['passive', 99_000]] },
    'SOC2-therm': { temp: '70000', trips: [['passive', 99_000]] },
    'tj-therm': { temp: '77281', trips: [['active', 50_000]] },
    Tboard_tegra: '62000',
    Tdiode_tegra: '62250',
  }),
  ...coolingDevices({ 'pwm-fan': 3, 'cpufreq-cpu0': 0, 'cpu-throttle-alert': 0, 'hot-surface-alert': 1 }),
  ...clocks({ 0: [2_201_600, 2_201_600], 4: [2_201_600, 2_201_600], 8: [2_201_600, 2_201_600] }),
  ...devfreq('17000000.ga10b', { cur_freq: 407_000_000, 'device/load': 140 }),
  ...hwmon(0, 'pwm_tach', { rpm: 2140 }),
  ...hwmon(1, 'soctherm_oc', { oc1_event_cnt: 0, oc2_event_cnt: 15, oc3_event_cnt: 37, oc3_throt_en: 1 }),
  ...hwmon(2, 'pwmfan', { pwm1: 85 }),
  ...ina3221(3, [
    ['VDD_GPU_SOC', 5000, 630],
    ['VDD_CPU_CV', 5000, 2862],
    ['VIN_SYS_5V0', 4968, 1000],
  ]),
  ...ina3221(4, [
    ['NC', 0, 0],
    ['VDDQ_VDD2_1V8AO', 5000, 218],
    ['NC', 0, 0],
  ]),
  ...power('0', 'MAXN'),
};

/** JetPack 6: zones end in `-thermal`, the GPU is a device of another name. */
export const JETSON_ORIN_NANO: Files = {
  ...linux(6, {
    model: 'NVIDIA Jetson Orin Nano Developer Kit',
    compatible: 'nvidia,p3768-0000+p3767-0005 nvidia,tegra234',
  }),
  ...zones({
    'cpu-thermal': {
      temp: '53968',
      trips: [
        ['passive', 99_000],
        ['hot', 102_000],
        ['critical', 104_500],
      ],
    },
    'gpu-thermal': {
      temp: '53343',
      trips: [
        ['passive', 99_000],
        ['critical', 104_500],
      ],
    },
    'cv0-thermal': '-256000',
    'soc0-thermal': { temp: '50750', trips: [['passive', 99_000]] },
    'soc1-thermal': { temp: '51656', trips: [['passive', 99_000]] },
    'soc2-thermal': { temp: '52437', trips: [['passive', 99_000]] },
    'tj-thermal': { temp: '53968', trips: [['active', 52_000]] },
  }),
  ...coolingDevices({ 'pwm-fan': 3, 'cpufreq-cpu0': 0, 'cpufreq-cpu4': 0, 'devfreq-17000000.gpu': 0 }),
  ...clocks({ 0: [729_600, 1_510_400], 4: [729_600, 1_510_400] }),
  ...devfreq('17000000.gpu', { cur_freq: 621_000_000, 'device/load': 630 }),
  ...hwmon(0, 'pwmfan', { pwm1: 128 }),
  ...hwmon(1, 'ina3221', {
    in1_label: 'VDD_IN',
    in1_input: 5000,
    curr1_input: 2496,
    curr1_crit_alarm: 0,
    curr1_max_alarm: 0,
    in2_label: 'VDD_CPU_GPU_CV',
    in2_input: 5000,
    curr2_input: 933,
    curr2_crit_alarm: 0,
    in3_label: 'VDD_SOC',
    in3_input: 5000,
    curr3_input: 563,
    curr3_crit_alarm: 0,
    in7_label: 'sum of shunt voltages',
    in7_input: 19_960,
    curr4_input: 3992,
  }),
  ...power('1', '25W'),
};

/** JetPack 6, a module in its highest mode: the supply gives the alarm for too much current. */
export const JETSON_ORIN_NX: Files = {
  ...JETSON_ORIN_NANO,
  ...linux(8, {
    model: 'NVIDIA Jetson Orin NX Engineering Reference Developer Kit',
    compatible: 'nvidia,p3768-0000+p3767-0000-super nvidia,tegra234',
  }),
  ...devfreq('17000000.gpu', { cur_freq: 1_173_000_000, 'device/load': 999 }),
  ...ina3221(
    1,
    [
      ['VDD_IN', 4920, 8130],
      ['VDD_CPU_GPU_CV', 4920, 5200],
      ['VDD_SOC', 4920, 1010],
    ],
    { curr1_crit_alarm: 1 },
  ),
  ...power('0', 'MAXN_SUPER'),
};

/** JetPack 7: two clocks and no load of the GPU, whose zone does not answer; all that goes in has a monitor of its own. */
export const JETSON_THOR: Files = {
  ...linux(14, {
    model: 'NVIDIA Jetson AGX Thor Developer Kit',
    compatible: 'nvidia,p3971-0089+p3834-0008 nvidia,tegra264',
  }),
  ...zones({
    'tj-thermal': { temp: '55100', trips: [['passive', 114_500]] },
    'soc012-thermal': { temp: '55100', trips: [['passive', 114_500]] },
    'cpu-thermal': { temp: '53700', trips: [['passive', 114_500]] },
    'soc345-thermal': { temp: '53700', trips: [['passive', 114_500]] },
    'gpu-thermal': { temp: '', trips: [['passive', 114_500]] },
  }),
  ...clocks({ 0: [2_601_000, 2_601_000] }),
  ...devfreq('gpu-gpc-0', { cur_freq: 1_575_000_000 }),
  ...devfreq('gpu-nvd-0', { cur_freq: 1_692_000_000 }),
  ...devfreq('bwmgr', { cur_freq: 4_266_000_000 }),
  ...ina3221(2, [
    ['VDD_GPU', 12_000, 200],
    ['VDD_CPU_SOC_MSS', 12_000, 550],
    ['VIN_SYS_5V0', 12_000, 540],
  ]),
  ...hwmon(3, 'ina238', { in1_input: 20_000, curr1_input: 1150, power1_input: 23_000_000 }),
  ...power('1', '120W'),
};
