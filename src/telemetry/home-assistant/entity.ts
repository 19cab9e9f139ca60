/*
 * Entities as Home Assistant takes them in the discovery message of a device, with the abbreviations that it knows
 * (https://www.home-assistant.io/integrations/mqtt/#supported-abbreviations-in-mqtt-discovery-messages).
 */

/** What all kinds of entities have. */
interface EntityBase {
  /** Name beside that of the device. */
  readonly name: string;
  /** Unique in Home Assistant for ever: an entity is known by it. */
  readonly uniq_id: string;
  /** Where its state is heard. */
  readonly stat_t: string;
  /** Makes the state of a message; no text: the message says nothing of it. */
  readonly val_tpl: string;
  /** s after the last message there after which its state is not known any more. */
  readonly exp_aft?: number;
  /** About the device itself, not what it is there for. */
  readonly ent_cat?: 'diagnostic';
  readonly ic?: string;
}

export interface SensorEntity extends EntityBase {
  readonly p: 'sensor';
  readonly unit_of_meas?: string;
  readonly dev_cla?: 'duration' | 'data_size' | 'temperature' | 'timestamp';
  readonly stat_cla?: 'measurement' | 'total_increasing';
  /** Digits behind the point that are shown. */
  readonly sug_dsp_prc?: number;
}

export interface BinarySensorEntity extends EntityBase {
  readonly p: 'binary_sensor';
  readonly dev_cla: 'connectivity' | 'problem';
  readonly json_attr_t?: string;
  readonly json_attr_tpl?: string;
}

export type Entity = SensorEntity | BinarySensorEntity;

/** Entities by a key that is unique on the device. */
export type Entities = Readonly<Record<string, Entity>>;

/** Text in a template, between its quotes. */
export const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/**
 * The state of a metric in messages that hold only what changed: none where it is not among it, None where there is no reading.
 *
 * @param expression of `v`, the metric's value
 */
export function metricTemplate(name: string, expression = 'v'): string {
  // values() is a method of what is parsed, ['values'] the key
  return `{% if ${quoted(name)} in value_json['values'] %}{% set v = value_json['values'][${quoted(name)}] %}{{ None if v is none else ${expression} }}{% endif %}`;
}
