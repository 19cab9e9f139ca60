import { IDENTIFIER, IDENTIFIER_IN_WORDS } from '../foundation/identifier.js';
import { z } from '../foundation/validate.js';

/*
 * The one schema: type, default, unit, range and description of every key. docs/configuration.md, the JSON Schema for
 * editors, the EDGE_… variables and the checks all come from here. More rides along as zod metadata:
 *   unit    of the value
 *   secret  the value never comes from a file or a flag and is never shown
 *   input   the value names a file that must be readable; relative to the file that says so
 */

interface KeyInfo {
  description: string;
  unit?: string;
  secret?: boolean;
  input?: boolean;
}

const text = (info: KeyInfo) =>
  z
    .string()
    .min(1)
    .meta({ ...info });
const int = (min: number, max: number, info: KeyInfo) =>
  z
    .int()
    .min(min)
    .max(max)
    .meta({ ...info });
const real = (min: number, max: number, info: KeyInfo) =>
  z
    .number()
    .min(min)
    .max(max)
    .meta({ ...info });
const flag = (info: KeyInfo) => z.boolean().meta({ ...info });
const inputFile = (info: KeyInfo) => text({ ...info, input: true });

/** What may stand as one level of an MQTT topic, a metric label and a file name alike. */
const identifier = (info: KeyInfo) =>
  z
    .string()
    .regex(IDENTIFIER, `expected ${IDENTIFIER_IN_WORDS}`)
    .meta({ ...info });

const score = (info: KeyInfo) => real(0, 1, info);

export const PROVIDERS = ['tensorrt', 'cuda', 'webgpu', 'coreml', 'qnn', 'dml', 'cpu'] as const;

const provider = z
  .strictObject({
    name: z.enum(PROVIDERS).meta({ description: 'Execution provider.' }),
    options: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .default({})
      .meta({
        description:
          'Passed to the provider as they are. The Node binding knows deviceId (cuda, tensorrt), coreMlFlags, and the options of webgpu and qnn; it ignores others.',
      }),
  })
  .meta({ description: 'One rung of the provider ladder.' });

const corner = z.tuple([
  real(0, 1, { description: '0 is the left edge of the picture, 1 the right one.' }),
  real(0, 1, { description: '0 is the top edge, 1 the bottom.' }),
]);

/** A ring of corners; the last one joins the first. */
const polygon = z.array(corner).min(3).max(64);

const line = z.strictObject({
  id: identifier({ description: 'Name of the line in events; unique on the camera.' }),
  from: corner.meta({ description: 'One end as [x, y] in shares of the picture, 0 to 1.' }),
  to: corner.meta({
    description: 'The other end. Seen from `from` towards `to`, a vehicle crosses to the left or to the right.',
  }),
  left: text({ description: 'What crossing to the left is called in events, e.g. northbound.' }).default('left'),
  right: text({ description: 'What crossing to the right is called in events.' }).default('right'),
});

const zone = z.strictObject({
  id: identifier({ description: 'Name of the zone in events; unique on the camera.' }),
  polygon: polygon.meta({
    description:
      'Corners as [[x, y], …] in shares of the picture; a vehicle is in it while the middle of its lower edge is.',
  }),
});

const camera = z.strictObject({
  id: identifier({ description: 'Name of the camera in topics, metrics and results; unique on the device.' }),
  url: text({
    description:
      'Where frames come from: rtsp://, rtsps://, http(s)://….m3u8, a file, /dev/video*, images:DIR, an HTTP snapshot or MJPEG URL, or sim://road?seed=1&traffic=mixed. Put credentials in EDGE_CAMERA_<ID>_URL or urlFile instead.',
  }),
  urlFile: inputFile({
    description: 'File that holds the url, alone on its line: keeps camera passwords out of the configuration.',
  }).optional(),
  kind: z
    .enum(['auto', 'ffmpeg', 'images', 'snapshot', 'mjpeg', 'simulator'])
    .default('auto')
    .meta({ description: 'How to read url; auto decides from its form (an HTTP URL is probed by its content type).' }),
  maxFps: real(0, 120, {
    unit: 'frames/s',
    description: 'Frames beyond this rate are left out at the source; 0 takes every frame.',
  }).default(0),
  expectedFps: real(0, 120, {
    unit: 'frames/s',
    description: 'What the camera should deliver, for connectionQuality; 0 takes what the stream announces.',
  }).default(0),
  maxWidth: int(0, 7680, {
    unit: 'px',
    description: 'Wider pictures are scaled down to this width at the source; 0 takes capture.maxWidth.',
  }).default(0),
  inputArgs: z.array(z.string()).optional().meta({
    description:
      "ffmpeg arguments before -i for this camera; replaces capture.ffmpeg.inputArgs (e.g. ['-hwaccel', 'drm']).",
  }),
  loop: flag({ description: 'Start a file again when it ends.' }).default(false),
  pace: z.enum(['auto', 'realtime', 'fast']).default('auto').meta({
    description:
      'Files and sim://: realtime plays at their own rate and drops what is late; fast waits for the detector and drops nothing. auto is realtime.',
  }),
  lines: z
    .array(line)
    .max(32)
    .default([])
    .meta({ description: 'Lines over which vehicles are counted, with their direction.' }),
  zones: z.array(zone).max(32).default([]).meta({ description: 'Areas whose vehicles are counted in and out.' }),
  masks: z.array(polygon).max(32).default([]).meta({
    description:
      'Areas, as [[[x, y], …], …] in shares of the picture, whose change means nothing: overlay clocks, trees, water. Vehicles in them are still detected.',
  }),
});

const answer = z.strictObject({
  accuracyFloor: real(0.5, 1, {
    description:
      'F1 against inferring every frame that answers without inference must keep, as measured by the audit; 1 infers every frame.',
  }).default(0.97),
  auditShare: real(0, 1, {
    description: 'Share of the frames answered without inference that are inferred anyway, to measure the error.',
  }).default(0.02),
  maxAgeMs: int(100, 600_000, {
    unit: 'ms',
    description: 'Longest time without an inference while there is a vehicle in the picture.',
  }).default(2000),
  maxIdleAgeMs: int(100, 3_600_000, {
    unit: 'ms',
    description: 'Longest time without an inference while the picture is empty or stands still.',
  }).default(30_000),
  trackScore: score({
    description: 'Boxes from this score up keep a vehicle that was seen before; a new one needs model.scoreThreshold.',
  }).default(0.1),
  rememberedScenes: int(0, 100_000, {
    unit: 'scenes',
    description: 'Scenes kept per camera, to be recognised when they come again; 0 keeps none.',
  }).default(500),
});

const cache = z.strictObject({
  memoryBytes: int(65_536, 2 ** 40, { unit: 'bytes', description: 'Budget of the memory tier.' }).default(16 * 2 ** 20),
  strategy: z
    .enum(['lru', 'lfu', 'fifo', 'ttl'])
    .default('lfu')
    .meta({ description: 'What leaves a full memory tier first; lfu resists scans.' }),
  disk: flag({
    description: 'Keep a second tier in SQLite under store.dir, so that a restarted device starts warm.',
  }).default(true),
  diskBytes: int(2 ** 20, 2 ** 50, { unit: 'bytes', description: 'Budget of the disk tier.' }).default(256 * 2 ** 20),
  shareInvalidations: flag({
    description: 'Tell the other devices of the site over MQTT which tags were invalidated here, and follow theirs.',
  }).default(false),
});

const store = z.strictObject({
  dir: text({
    description: 'Folder for what must survive a restart (SQLite files); relative to the project folder.',
  }).default('data'),
});

const capture = z.strictObject({
  maxWidth: int(64, 7680, {
    unit: 'px',
    description: 'Wider pictures are scaled down to this width (aspect kept) before they enter the program.',
  }).default(640),
  queueFrames: int(1, 32, {
    unit: 'frames',
    description: 'Frames a live camera may have waiting; the oldest is dropped and counted when another comes.',
  }).default(2),
  stallTimeoutMs: int(500, 120_000, {
    unit: 'ms',
    description: 'No frame for this long means the camera is lost: its reader is killed and restarted.',
  }).default(5000),
  backoffInitialMs: int(50, 60_000, {
    unit: 'ms',
    description: 'First pause before a lost camera is tried again; doubles each time, with jitter.',
  }).default(500),
  backoffMaxMs: int(100, 600_000, { unit: 'ms', description: 'Longest pause between two tries.' }).default(30_000),
  requestTimeoutMs: int(100, 120_000, {
    unit: 'ms',
    description: 'HTTP snapshot and MJPEG: time allowed to connect and to answer.',
  }).default(5000),
  maxImageBytes: int(10_000, 200_000_000, {
    unit: 'bytes',
    description: 'A larger encoded picture from HTTP or a folder is rejected and counted.',
  }).default(20_000_000),
  ffmpeg: z
    .strictObject({
      path: text({
        description:
          'The ffmpeg to run; EDGE_FFMPEG sets it too. Unset: ffmpeg on PATH, else the bundled build (files only).',
      }).optional(),
      inputArgs: z
        .array(z.string())
        .default([])
        .meta({ description: 'ffmpeg arguments before -i for every camera: hardware decoding of this board.' }),
      rtspTransport: z
        .enum(['tcp', 'udp'])
        .default('tcp')
        .meta({ description: 'How RTP travels for rtsp:// cameras.' }),
      filters: text({
        description: 'Extra ffmpeg video filters before the scaling (e.g. hwdownload,format=nv12).',
      }).optional(),
    })
    .prefault({}),
});

const model = z.strictObject({
  name: text({ description: 'Folder under model.dir.' }).default('roadside-n'),
  variant: text({
    description:
      'A variant id of its model.json, or default for its first that was made for the first of detector.providers.',
  }).default('default'),
  dir: text({ description: 'Where models are looked for; relative to the project folder.' }).default('models'),
  scoreThreshold: score({ description: 'Boxes under this score are not reported.' }).default(0.35),
  classThresholds: z
    .record(z.string(), z.number().min(0).max(1))
    .default({})
    .meta({ description: 'Score threshold per class name; replaces scoreThreshold for that class.' }),
  iouThreshold: score({
    description: 'Class-aware NMS: of two boxes of a class that overlap more than this, the weaker goes.',
  }).default(0.6),
  maxDetections: int(1, 1000, {
    unit: 'boxes',
    description: 'At most this many boxes per frame, the strongest first.',
  }).default(200),
  classes: z
    .array(z.string())
    .optional()
    .meta({ description: 'Report these class names only; unset reports those that its manifest names.' }),
});

const detector = z.strictObject({
  command: z.array(z.string()).min(1).optional().meta({
    description:
      'A program that speaks the worker protocol on fd 3, instead of the built-in worker: [python3, my_worker.py].',
  }),
  socket: text({
    description: 'A Unix socket on which a running detector speaks the worker protocol, instead of a child process.',
  }).optional(),
  workers: int(1, 16, { unit: 'processes', description: 'Detector processes side by side.' }).default(1),
  intraOpThreads: int(1, 64, { unit: 'threads', description: 'Threads one session uses inside an operator.' }).default(
    1,
  ),
  providers: z
    .array(z.union([z.enum(PROVIDERS).transform((name) => ({ name, options: {} })), provider]))
    .min(1)
    .prefault(['cpu'])
    .meta({
      description:
        'Execution providers, first choice first; the first that loads and runs the model is used, each refusal is reported with its reason. A name, or {name, options}.',
    }),
  arena: flag({ description: "ONNX Runtime's CPU memory arena: faster, holds on to its peak." }).default(true),
  memoryPattern: flag({ description: 'Plan one allocation per input shape.' }).default(true),
  spinning: flag({
    description: 'Let idle intra-op threads spin: a little faster, burns CPU and heats the board.',
  }).default(false),
  binding: text({
    description:
      'Folder of a self-built onnxruntime-node (CUDA/TensorRT on Jetson: docs/jetson.md) to load instead of the stock package.',
  }).optional(),
  compiledArtifacts: z.enum(['auto', 'on', 'off']).default('auto').meta({
    description:
      "Keep what a start has compiled under store.dir/artifacts for the next one: auto TensorRT's engines only, on also the CPU's optimized graphs (docs/profile.md).",
  }),
  artifactBytes: int(2 ** 20, 2 ** 40, {
    unit: 'bytes',
    description: 'Budget of the compiled artifacts; the least recently used go first.',
  }).default(2 ** 30),
  env: z.record(z.string(), z.string()).default({}).meta({
    description:
      'Environment variables for the worker process (e.g. LD_LIBRARY_PATH, VK_DRIVER_FILES), which the loader needs before it starts.',
  }),
  deadlineMs: int(50, 600_000, {
    unit: 'ms',
    description: 'A worker that has not answered a frame after this is stuck: it is killed and restarted.',
  }).default(5000),
  loadDeadlineMs: int(1000, 3_600_000, {
    unit: 'ms',
    description: 'Time allowed to load and warm up a model (TensorRT builds engines here).',
  }).default(120_000),
  restartsPerMinute: int(1, 60, {
    unit: 'restarts',
    description: 'More restarts than this in 60 s means unhealthy: it is then tried only every slowRetryMs.',
  }).default(5),
  slowRetryMs: int(100, 3_600_000, { unit: 'ms', description: 'Pause between tries once unhealthy.' }).default(30_000),
});

const schedule = z.strictObject({
  stalenessMs: int(10, 600_000, {
    unit: 'ms',
    description: 'A live frame older than this when its turn comes is dropped: its answer would be worth nothing.',
  }).default(1000),
  inFlightPerWorker: int(1, 8, {
    unit: 'frames',
    description: 'Frames handed to one worker at a time: 2 keeps it busy while the next is prepared.',
  }).default(2),
});

const publish = z.strictObject({
  maxEventsPerSecond: int(1, 10_000, {
    unit: 'events/s',
    description: 'Events that one camera may publish, on average; what goes beyond is left out and counted.',
  }).default(20),
  metricsIntervalMs: int(200, 3_600_000, {
    unit: 'ms',
    description: 'How often metrics are published; only those that changed.',
  }).default(10_000),
  metricsFullEvery: int(1, 1000, {
    unit: 'messages',
    description: 'Every so many metrics messages all values are sent, changed or not.',
  }).default(30),
});

const mqtt = z.strictObject({
  broker: z
    .string()
    .regex(
      /^(off|embedded|(mqtts?|wss?):\/\/[^\s]+)$/,
      'expected off, embedded, or an address that begins with mqtt://, mqtts://, ws:// or wss://',
    )
    .meta({
      description:
        'off, embedded (a broker on loopback inside this process), or mqtt://, mqtts://, ws://, wss:// of a real one.',
    })
    .default('off'),
  embeddedPort: int(0, 65535, { description: 'Loopback port of the embedded broker; 0 takes a free one.' }).default(
    1883,
  ),
  protocol: z
    .enum(['auto', '5', '3.1.1'])
    .default('auto')
    .meta({ description: 'MQTT version; auto tries 5 and falls back to 3.1.1 when the broker refuses it.' }),
  clientId: text({ description: 'MQTT client id; unset: edge-<site>-<device>.' }).optional(),
  username: text({ description: 'User name at the broker.' }).optional(),
  passwordFile: inputFile({
    description: 'File with the password (or EDGE_MQTT_PASSWORD); read again for every connection.',
  }).optional(),
  password: text({
    description: 'Password, from EDGE_MQTT_PASSWORD or passwordFile only: refused in files and flags.',
    secret: true,
  }).optional(),
  caFile: inputFile({ description: "PEM of the authority that signed the broker's certificate." }).optional(),
  certFile: inputFile({ description: 'PEM client certificate.' }).optional(),
  keyFile: inputFile({ description: 'PEM client key.' }).optional(),
  keepaliveS: int(5, 3600, { unit: 's', description: 'MQTT keep-alive.' }).default(30),
  connectTimeoutMs: int(500, 120_000, { unit: 'ms', description: 'Time allowed for a connection attempt.' }).default(
    10_000,
  ),
  reconnectMinMs: int(50, 60_000, {
    unit: 'ms',
    description: 'First pause before reconnecting; doubles each time, with jitter.',
  }).default(1000),
  reconnectMaxMs: int(100, 3_600_000, { unit: 'ms', description: 'Longest pause before reconnecting.' }).default(
    60_000,
  ),
  queueMessages: int(1, 100_000, {
    unit: 'messages',
    description: 'Messages kept in memory while the broker is away; the oldest is dropped and counted.',
  }).default(1000),
});

const http = z.strictObject({
  enabled: flag({ description: 'Serve /metrics, /healthz and /readyz.' }).default(true),
  host: text({ description: 'Address to listen on; anything but loopback needs a token.' }).default('127.0.0.1'),
  port: int(0, 65535, { description: 'Port to listen on; 0 takes a free one.' }).default(9464),
  tokenFile: inputFile({
    description: 'File with the bearer token that requests must carry (or EDGE_HTTP_TOKEN); read at the start.',
  }).optional(),
  token: z
    .string()
    .min(16)
    .meta({
      description: 'Bearer token, from EDGE_HTTP_TOKEN or tokenFile only: refused in files and flags.',
      secret: true,
    })
    .optional(),
});

const preview = z.strictObject({
  file: text({
    description:
      'JPEG that is replaced by the latest annotated frame now and then; {camera} in it becomes the camera id.',
  }).optional(),
  intervalMs: int(100, 3_600_000, { unit: 'ms', description: 'Pause between two previews of a camera.' }).default(2000),
  quality: int(10, 100, { unit: '%', description: 'JPEG quality.' }).default(80),
});

const diary = z.strictObject({
  enabled: flag({
    description:
      'Keep some frames of the cameras on this device, to make and judge model variants from; they are never sent.',
  }).default(false),
  path: text({
    description: 'Folder of the kept frames; relative to the project folder. Unset: diary in store.dir.',
  }).optional(),
  maxMiB: int(1, 1_048_576, {
    unit: 'MiB',
    description: 'Budget of the kept frames; the most redundant ones are replaced.',
  }).default(128),
  maxFrames: int(10, 5000, {
    unit: 'frames',
    description: 'At most this many frames are kept, of all cameras.',
  }).default(500),
  everyS: int(1, 86_400, { unit: 's', description: 'Pause between two frames that a camera offers.' }).default(60),
  quality: int(50, 100, { unit: '%', description: 'JPEG quality.' }).default(92),
});

const output = z.strictObject({
  resultsFile: text({ description: 'One JSON line per answered frame is appended to this file.' }).optional(),
  logLevel: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .meta({ description: 'Least important log line to write.' }),
  statusIntervalS: int(0, 86_400, {
    unit: 's',
    description:
      'Where stdout is no terminal (as a service): how often the log tells how the cameras are doing; 0 never.',
  }).default(600),
});

export const configSchema = z.strictObject({
  site: identifier({ description: 'Site name: the third level of every MQTT topic.' }).default('demo'),
  device: identifier({
    description: 'Device name: the fourth level of every MQTT topic; unique within the site. Unset: the host name.',
  }).optional(),
  board: text({
    description:
      'Which device-config/<board>.yaml lies beneath this file; auto recognises the board, none takes no board file.',
  }).default('auto'),
  cameras: z.array(camera).max(64).default([]).meta({ description: 'The cameras of this device.' }),
  capture: capture.prefault({}),
  model: model.prefault({}),
  answer: answer.prefault({}),
  cache: cache.prefault({}),
  store: store.prefault({}),
  detector: detector.prefault({}),
  schedule: schedule.prefault({}),
  publish: publish.prefault({}),
  mqtt: mqtt.prefault({}),
  http: http.prefault({}),
  preview: preview.prefault({}),
  diary: diary.prefault({}),
  output: output.prefault({}),
});

/** The effective configuration: every default filled in, frozen, handed down by section. */
export type Config = z.infer<typeof configSchema>;
export type CameraConfig = Config['cameras'][number];
export type CaptureConfig = Config['capture'];
export type ModelConfig = Config['model'];
export type DetectorConfig = Config['detector'];
export type ProviderConfig = DetectorConfig['providers'][number];
export type ProviderName = (typeof PROVIDERS)[number];
export type AnswerConfig = Config['answer'];
export type CacheConfig = Config['cache'];
export type StoreConfig = Config['store'];
export type LineConfig = CameraConfig['lines'][number];
export type ZoneConfig = CameraConfig['zones'][number];
/** Corners as shares of the picture's width and height. */
export type Polygon = CameraConfig['masks'][number];
export type ScheduleConfig = Config['schedule'];
export type PublishConfig = Config['publish'];
export type MqttConfig = Config['mqtt'];
export type HttpConfig = Config['http'];
export type PreviewConfig = Config['preview'];
