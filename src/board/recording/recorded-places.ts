import { relative } from 'node:path';
import { type GroupController, groupFolders } from '../control-groups.js';

/*
 * What a recording of a machine takes: paths beneath its root, `*` for anything within one name, `(a|b)` for one of several. Only
 * what is named here is ever opened: no serial number, no address, nothing of a process but its control group.
 */

const CHANNEL =
  '(name|label|*_label|*_input|*_average|*_crit|*_crit_alarm|*_max|*_max_alarm|*_lcrit_alarm|*_alarm|*_fault|*_enable)';

const PLACES: readonly string[] = [
  'proc/(stat|loadavg|meminfo|uptime|cpuinfo)',
  'proc/pressure/(cpu|memory|io)',
  'proc/self/cgroup',
  'proc/device-tree/(model|compatible)',
  'proc/driver/nvidia/version',
  'proc/rknpu/load',
  'proc/sys/kernel/osrelease',
  'etc/(nv_tegra_release|nvpmodel.conf)',
  'var/lib/nvpmodel/status',
  'boot/config.txt',
  'boot/firmware/config.txt',
  'sys/class/thermal/thermal_zone*/(type|temp|policy|mode|available_policies|trip_point_*)',
  'sys/class/thermal/cooling_device*/(type|cur_state|max_state)',
  'sys/class/hwmon/hwmon*/device',
  `sys/class/hwmon/hwmon*/${CHANNEL}`,
  'sys/class/hwmon/hwmon*/(rpm|pwm1|pwm2|pwm3|pwm4|pwm5|pwm6|oc*_event_cnt|oc*_throt_en)',
  'sys/class/devfreq/*/(load|cur_freq|min_freq|max_freq|governor|available_frequencies|available_governors)',
  'sys/class/devfreq/*/device/load',
  'sys/devices/gpu.0/load',
  'sys/devices/platform/gpu.0/load',
  'sys/devices/pwm-fan/(cur_pwm|target_pwm|rpm_measured)',
  'sys/devices/platform/*firmware/get_throttled',
  'sys/devices/platform/*/*firmware/get_throttled',
  'sys/kernel/debug/rknpu/load',
  'sys/class/drm/card*/(gt_act_freq_mhz|gt_cur_freq_mhz|gt_max_freq_mhz)',
  'sys/class/drm/card*/gt/gt0/(rc6_residency_ms|throttle_reason_*)',
  'sys/class/drm/card*/power/rc6_residency_ms',
  'sys/class/drm/card*/device/(vendor|device|gpu_busy_percent|mem_info_vram_used|mem_info_vram_total)',
  'sys/class/drm/card*/device/tile0/gt0/gtidle/idle_residency_ms',
  'sys/class/drm/card*/device/tile0/gt0/freq0/(act_freq|cur_freq|max_freq)',
  'sys/class/drm/card*/device/tile0/gt0/freq0/throttle/reason_*',
  'sys/class/powercap/intel-rapl*/(name|enabled|energy_uj|max_energy_range_uj)',
  'sys/bus/i2c/drivers/ina3221x/*/(iio:device*|iio_device)/(rail_name_*|in_*_input|crit_current_limit_*|warn_current_limit_*)',
  'sys/class/dmi/id/(product_name|sys_vendor|board_name)',
  'sys/devices/system/cpu/(online|possible|present)',
  'sys/devices/system/cpu/cpufreq/policy*/(scaling_cur_freq|scaling_min_freq|scaling_max_freq|cpuinfo_max_freq|cpuinfo_min_freq|scaling_driver|scaling_governor|related_cpus)',
  'sys/devices/system/cpu/cpu*/cpufreq/scaling_governor',
  'sys/devices/system/cpu/cpu*/topology/(physical_package_id|core_id)',
  'sys/devices/system/cpu/cpu*/thermal_throttle/*',
];

/** Files of control groups, by controller. */
const GROUP_FILES: Readonly<Record<GroupController, string>> = {
  cpu: '(cpu.max|cpu.stat|cpu.cfs_quota_us|cpu.cfs_period_us)',
  cpuacct: '(cpuacct.usage)',
  memory: '(memory.max|memory.high|memory.current|memory.limit_in_bytes|memory.usage_in_bytes)',
};

/** The places of one machine: what every machine may have, and the control groups that this process is in. */
export function recordedPlaces(root: string): string[] {
  const groups = (Object.keys(GROUP_FILES) as GroupController[]).flatMap((controller) => {
    const { version1, version2 } = groupFolders(root, controller);
    return [...version1, ...version2].map((folder) => `${escaped(relative(root, folder))}/${GROUP_FILES[controller]}`);
  });
  return [...PLACES, ...groups];
}

/** A name that happens to have letters in it that mean something here stands for nothing else. */
const escaped = (path: string): string => path.replace(/[*(|)]/g, '?');

/** The pattern of one name. */
export function namePattern(part: string): RegExp {
  const text = part
    .replace(/[.:+^$[\]\\{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${text}$`);
}

/** Whether a part of a place names one thing only. */
export const isPlain = (part: string): boolean => !/[*(?]/.test(part);
