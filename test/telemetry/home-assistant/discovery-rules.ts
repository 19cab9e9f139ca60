/*
 * What Home Assistant demands of the discovery message of a device (its MQTT integration, 2024.12 and later), as far as
 * sensors and binary sensors are concerned: which keys there are, by their abbreviations, and what may stand in them.
 */

/** Abbreviations of keys by where they stand. */
const ROOT_KEYS = {
  dev: 'device',
  o: 'origin',
  cmps: 'components',
  avty: 'availability',
  avty_mode: 'availability_mode',
  qos: 'qos',
  stat_t: 'state_topic',
  cmd_t: 'command_topic',
  e: 'encoding',
};
const DEVICE_KEYS = {
  ids: 'identifiers',
  cns: 'connections',
  name: 'name',
  mf: 'manufacturer',
  mdl: 'model',
  mdl_id: 'model_id',
  hw: 'hw_version',
  sw: 'sw_version',
  sa: 'suggested_area',
  sn: 'serial_number',
  cu: 'configuration_url',
};
const ORIGIN_KEYS = { name: 'name', sw: 'sw_version', url: 'support_url' };
const AVAILABILITY_KEYS = {
  t: 'topic',
  val_tpl: 'value_template',
  pl_avail: 'payload_available',
  pl_not_avail: 'payload_not_available',
};
const ENTITY_KEYS = {
  p: 'platform',
  name: 'name',
  uniq_id: 'unique_id',
  stat_t: 'state_topic',
  val_tpl: 'value_template',
  exp_aft: 'expire_after',
  ent_cat: 'entity_category',
  en: 'enabled_by_default',
  ic: 'icon',
  dev_cla: 'device_class',
  frc_upd: 'force_update',
  json_attr_t: 'json_attributes_topic',
  json_attr_tpl: 'json_attributes_template',
  qos: 'qos',
};
const SENSOR_KEYS = {
  ...ENTITY_KEYS,
  unit_of_meas: 'unit_of_measurement',
  stat_cla: 'state_class',
  sug_dsp_prc: 'suggested_display_precision',
  ops: 'options',
  lrst_val_tpl: 'last_reset_value_template',
};
const BINARY_SENSOR_KEYS = { ...ENTITY_KEYS, pl_on: 'payload_on', pl_off: 'payload_off', off_dly: 'off_delay' };

/** Units of the device classes of sensors that are in use or near; null: no unit. */
const UNITS: Readonly<Record<string, readonly (string | null)[]>> = {
  data_rate: ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'B/s', 'kB/s', 'MB/s', 'GB/s', 'KiB/s', 'MiB/s', 'GiB/s'],
  data_size: [
    'bit',
    'kbit',
    'Mbit',
    'Gbit',
    'B',
    'kB',
    'MB',
    'GB',
    'TB',
    'PB',
    'EB',
    'ZB',
    'YB',
    'KiB',
    'MiB',
    'GiB',
    'TiB',
    'PiB',
    'EiB',
    'ZiB',
    'YiB',
  ],
  date: [null],
  duration: ['d', 'h', 'min', 's', 'ms', 'μs'],
  enum: [null],
  frequency: ['Hz', 'kHz', 'MHz', 'GHz'],
  humidity: ['%'],
  power: ['mW', 'W', 'kW', 'MW', 'GW', 'TW'],
  temperature: ['°C', '°F', 'K'],
  timestamp: [null],
  voltage: ['V', 'mV', 'μV', 'kV', 'MV'],
};
/** Device classes of sensors whose values are counted up, or are none: what is measured may not be in them. */
const STATE_CLASSES: Readonly<Record<string, readonly string[]>> = { date: [], enum: [], timestamp: [] };
const BINARY_SENSOR_CLASSES = [
  'battery',
  'battery_charging',
  'carbon_monoxide',
  'cold',
  'connectivity',
  'door',
  'garage_door',
  'gas',
  'heat',
  'light',
  'lock',
  'moisture',
  'motion',
  'moving',
  'occupancy',
  'opening',
  'plug',
  'power',
  'presence',
  'problem',
  'running',
  'safety',
  'smoke',
  'sound',
  'tamper',
  'update',
  'vibration',
  'window',
];
const DISCOVERY_TOPIC = /^(?:[^+#]+)\/device\/(?:[a-zA-Z0-9_-]+\/)?[a-zA-Z0-9_-]+\/config$/;
const ICON = /^[\w-]+:[\w-]+$/;

type Json = Record<string, unknown>;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** A filter that Home Assistant subscribes to. */
function isFilter(value: unknown): boolean {
  if (!isText(value) || value.length > 65_535) return false;
  const levels = value.split('/');
  return levels.every(
    (level, at) => level === '+' || (level === '#' ? at === levels.length - 1 : !/[+#\0]/.test(level)),
  );
}

function unknownKeys(what: string, value: Json, keys: Readonly<Record<string, string>>): string[] {
  const names = new Set([...Object.keys(keys), ...Object.values(keys)]);
  return Object.keys(value)
    .filter((key) => !names.has(key))
    .map((key) => `${what}: extra key ${key}`);
}

/** What Home Assistant would not take of a discovery message of a device; empty where it takes all. */
export function faultsOf(topic: string, payload: string): string[] {
  if (!DISCOVERY_TOPIC.test(topic)) return [`illegal discovery topic ${topic}`];
  const message = JSON.parse(payload) as Json;
  const { dev, o, cmps, avty } = message as { dev: Json; o: Json; cmps: Record<string, Json>; avty: Json[] };
  const faults = unknownKeys('message', message, ROOT_KEYS);
  if (!dev || !o || !cmps) return [...faults, 'device, origin and components are required'];
  faults.push(...unknownKeys('device', dev, DEVICE_KEYS), ...unknownKeys('origin', o, ORIGIN_KEYS));
  if (!Array.isArray(dev['ids']) || !dev['ids'].every(isText) || dev['ids'].length === 0) faults.push('no identifier');
  if (!isText(o['name'])) faults.push('origin: a name is required');
  for (const one of avty) {
    faults.push(...unknownKeys('availability', one, AVAILABILITY_KEYS));
    if (!isFilter(one['t'])) faults.push('availability: a topic is required');
  }
  const ids = Object.values(cmps)
    .map((one) => one['uniq_id'])
    .filter((id) => id !== undefined);
  if (new Set(ids).size !== ids.length) faults.push('unique ids are not unique');
  return [...faults, ...Object.entries(cmps).flatMap(([key, one]) => entityFaults(key, one))];
}

function entityFaults(key: string, entity: Json): string[] {
  const { p, uniq_id, stat_t, name, exp_aft, ent_cat, ic } = entity;
  if (p !== 'sensor' && p !== 'binary_sensor') return [`${key}: platform ${String(p)}`];
  // the platform alone takes an entity away
  if (Object.keys(entity).length === 1) return [];
  const faults = unknownKeys(key, entity, p === 'sensor' ? SENSOR_KEYS : BINARY_SENSOR_KEYS);
  if (!isText(uniq_id)) faults.push(`${key}: a unique id is required`);
  if (!isFilter(stat_t)) faults.push(`${key}: a state topic is required`);
  if (!isText(name)) faults.push(`${key}: no name`);
  if (exp_aft !== undefined && !(Number.isInteger(exp_aft) && Number(exp_aft) >= 0))
    faults.push(`${key}: expire_after`);
  // config is for what can be set
  if (ent_cat !== undefined && ent_cat !== 'diagnostic') faults.push(`${key}: entity category ${String(ent_cat)}`);
  if (ic !== undefined && !(isText(ic) && ICON.test(ic))) faults.push(`${key}: icon`);
  return [...faults, ...(p === 'sensor' ? sensorFaults(key, entity) : binarySensorFaults(key, entity))];
}

function sensorFaults(key: string, { dev_cla, stat_cla, unit_of_meas, ops, sug_dsp_prc }: Json): string[] {
  const faults: string[] = [];
  const unit = unit_of_meas ?? null;
  if (dev_cla !== undefined) {
    const units = UNITS[String(dev_cla)];
    if (units === undefined) faults.push(`${key}: device class ${String(dev_cla)}`);
    else if (!units.includes(unit as string | null)) faults.push(`${key}: ${String(dev_cla)} in ${String(unit)}`);
    const classes = STATE_CLASSES[String(dev_cla)];
    if (classes && stat_cla !== undefined && !classes.includes(String(stat_cla))) faults.push(`${key}: state class`);
  }
  if (
    stat_cla !== undefined &&
    !['measurement', 'measurement_angle', 'total', 'total_increasing'].includes(String(stat_cla))
  ) {
    faults.push(`${key}: state class ${String(stat_cla)}`);
  }
  if ((ops !== undefined) !== (dev_cla === 'enum')) faults.push(`${key}: options are for enum, and only for it`);
  if (sug_dsp_prc !== undefined && !(Number.isInteger(sug_dsp_prc) && Number(sug_dsp_prc) >= 0))
    faults.push(`${key}: precision`);
  // an empty state is passed over only where a number is expected
  const isNumeric = stat_cla !== undefined || unit !== null || sug_dsp_prc !== undefined;
  if (!isNumeric) faults.push(`${key}: an empty state would be taken as one`);
  return faults;
}

function binarySensorFaults(key: string, { dev_cla }: Json): string[] {
  return dev_cla === undefined || BINARY_SENSOR_CLASSES.includes(String(dev_cla))
    ? []
    : [`${key}: device class ${String(dev_cla)}`];
}
