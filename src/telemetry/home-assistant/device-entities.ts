import type { EntityOptions } from './camera-entities.js';
import { type BinarySensorEntity, type Entities, metricTemplate, type SensorEntity } from './entity.js';

/** What Home Assistant learns of the box itself: whether it is there, how warm and how busy it is. */
export function deviceEntities({ topics, id, metricsExpireS }: EntityOptions): Entities {
  const metric = (name: string, title: string, more: Partial<SensorEntity>): SensorEntity => ({
    p: 'sensor',
    name: title,
    uniq_id: `${id}/${name}`,
    stat_t: `${topics.metrics}/#`,
    val_tpl: metricTemplate(name),
    exp_aft: metricsExpireS,
    stat_cla: 'measurement',
    ent_cat: 'diagnostic',
    ...more,
  });
  return {
    temperature: metric('machine_temperature', 'temperature', {
      unit_of_meas: '°C',
      dev_cla: 'temperature',
      sug_dsp_prc: 0,
    }),
    cpu: metric('machine_cpu', 'processor', { unit_of_meas: '%', ic: 'mdi:cpu-64-bit', sug_dsp_prc: 0 }),
    memory: metric('machine_memory', 'memory', { unit_of_meas: '%', ic: 'mdi:memory', sug_dsp_prc: 0 }),
    disk_free: metric('machine_disk_free.store', 'free disk space', {
      unit_of_meas: 'MB',
      dev_cla: 'data_size',
      val_tpl: metricTemplate('machine_disk_free.store', '(v / 1000000) | round(0)'),
      sug_dsp_prc: 0,
    }),
    throttled: {
      p: 'binary_sensor',
      name: 'throttled',
      uniq_id: `${id}/machine_throttled`,
      stat_t: `${topics.metrics}/#`,
      val_tpl: metricTemplate('machine_throttled', "('ON' if v == 1 else 'OFF')"),
      exp_aft: metricsExpireS,
      dev_cla: 'problem',
      ent_cat: 'diagnostic',
    },
  };
}

/** A binary sensor for an alert: what is retained while it holds is on, the empty message that ends it is off. */
export function alertEntity(code: string, { topics, id }: EntityOptions): BinarySensorEntity {
  return {
    p: 'binary_sensor',
    name: `alert ${code}`,
    uniq_id: `${id}/alert/${code}`,
    stat_t: topics.alert(code),
    val_tpl: "{{ 'ON' if value_json is defined else 'OFF' }}",
    dev_cla: 'problem',
    ent_cat: 'diagnostic',
    json_attr_t: topics.alert(code),
    json_attr_tpl: '{{ (value_json | default({})) | tojson }}',
  };
}
