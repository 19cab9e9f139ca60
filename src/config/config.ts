import { z } from '../foundation/validate.js';
import { identifier, text } from './key-types.js';
import { alerts } from './sections/alerts.js';
import { answer } from './sections/answer.js';
import { cache } from './sections/cache.js';
import { camera } from './sections/camera.js';
import { capture } from './sections/capture.js';
import { commands } from './sections/commands.js';
import { detector, type PROVIDERS } from './sections/detector.js';
import { diary } from './sections/diary.js';
import { evidence } from './sections/evidence.js';
import { history } from './sections/history.js';
import { homeAssistant } from './sections/home-assistant.js';
import { http } from './sections/http.js';
import { model } from './sections/model.js';
import { monitor } from './sections/monitor.js';
import { mqtt } from './sections/mqtt.js';
import { optimization } from './sections/optimization.js';
import { otlp } from './sections/otlp.js';
import { outbox } from './sections/outbox.js';
import { output } from './sections/output.js';
import { plausibility } from './sections/plausibility.js';
import { preview } from './sections/preview.js';
import { publish } from './sections/publish.js';
import { report } from './sections/report.js';
import { schedule } from './sections/schedule.js';
import { sparkplug } from './sections/sparkplug.js';
import { store } from './sections/store.js';
import { tenant } from './sections/tenant.js';
import { thresholds } from './sections/thresholds.js';
import { tune } from './sections/tune.js';
import { update } from './sections/update.js';
import { watchdog } from './sections/watchdog.js';

/**
 * The one schema, put together from its sections: type, default, unit, range and description of every key.
 * docs/configuration.md, the JSON Schema for editors, the EDGE_… variables and the checks all come from here.
 */
export const configSchema = z.strictObject({
  site: identifier({ description: 'Site name: the third level of every MQTT topic.' }).default('demo'),
  device: identifier({
    description:
      'Device name: the fourth level of every MQTT topic; unique within the site. Unset: the host name up to its first dot.',
  }).optional(),
  board: text({
    description:
      'Which device-config/<board>.yaml lies beneath this file; auto recognises the board, none takes no board file.',
  }).default('auto'),
  cameras: z.array(camera).max(64).default([]).meta({ description: 'The cameras of this device.' }),
  tenants: z.array(tenant).max(16).default([]).meta({
    description:
      'Cities or contractors whose cameras this device watches for them, each apart from the others. A camera that names none is the device’s own.',
  }),
  capture: capture.prefault({}),
  model: model.prefault({}),
  answer: answer.prefault({}),
  cache: cache.prefault({}),
  store: store.prefault({}),
  history: history.prefault({}),
  detector: detector.prefault({}),
  schedule: schedule.prefault({}),
  plausibility: plausibility.prefault({}),
  tune: tune.prefault({}),
  optimization: optimization.prefault({}),
  monitor: monitor.prefault({}),
  thresholds: thresholds.prefault({}),
  alerts: alerts.prefault({}),
  publish: publish.prefault({}),
  report: report.prefault({}),
  mqtt: mqtt.prefault({}),
  outbox: outbox.prefault({}),
  commands: commands.prefault({}),
  sparkplug: sparkplug.prefault({}),
  homeAssistant: homeAssistant.prefault({}),
  http: http.prefault({}),
  otlp: otlp.prefault({}),
  preview: preview.prefault({}),
  diary: diary.prefault({}),
  evidence: evidence.prefault({}),
  output: output.prefault({}),
  watchdog: watchdog.prefault({}),
  update: update.prefault({}),
});

/** The effective configuration: every default filled in, frozen, handed down by section. */
export type Config = z.infer<typeof configSchema>;
export type CameraConfig = Config['cameras'][number];
export type TenantConfig = Config['tenants'][number];
/** The keys of a camera that say what makes its certificate good. */
export type TrustSettings = Partial<Pick<CameraConfig, 'tlsCaFile' | 'tlsFingerprint' | 'tlsVerify'>>;
export type CaptureConfig = Config['capture'];
export type ModelConfig = Config['model'];
export type DetectorConfig = Config['detector'];
export type ScheduleConfig = Config['schedule'];
export type ProviderConfig = DetectorConfig['providers'][number];
export type ProviderName = (typeof PROVIDERS)[number];
export type AnswerConfig = Config['answer'];
export type LineConfig = CameraConfig['lines'][number];
export type InfractionRuleConfig = CameraConfig['rules'][number];
export type ZoneConfig = CameraConfig['zones'][number];
/** Corners as shares of the picture's width and height. */
export type Polygon = CameraConfig['masks'][number];
export type AlertsConfig = Config['alerts'];
export type ThresholdsConfig = Config['thresholds'];
export type TuneConfig = Config['tune'];
export type PublishConfig = Config['publish'];
export type MqttConfig = Config['mqtt'];
export type CommandsConfig = Config['commands'];
export type HttpConfig = Config['http'];
export type SparkplugConfig = Config['sparkplug'];
export type OtlpConfig = Config['otlp'];
export type PreviewConfig = Config['preview'];
export type EvidenceConfig = Config['evidence'];

/** The limits of `thresholds` alone, for those that are changed while the program runs. */
export const thresholdsSchema = thresholds;
