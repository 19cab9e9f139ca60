import type { BenchReport } from './harness/report.js';

/** Runs with the arguments that are its own; may leave more files, such as charts, in the folder, which is empty. */
export type Run = (args: string[], folder: string) => Promise<BenchReport>;

export interface Benchmark {
  /** One line for the list. */
  readonly about: string;
  /**
   * Options that a published run may have, with the least value, or `any` where they only add to it or say where something
   * lies. Every other option makes a run that is not the one of the published figures.
   */
  readonly publishedWith: Readonly<Record<string, number | 'any'>>;
  readonly load: () => Promise<{ run: Run }>;
}

/** By the name on the command line. */
export const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  pipeline: {
    about: 'frames in memory to results, against a bare loop of session.run',
    publishedWith: { '--rounds': 5 },
    load: () => import('./pipeline.js'),
  },
  peers: {
    about: 'one clip, one model: against a naive script, transformers.js and OpenCV',
    publishedWith: { '--rounds': 3 },
    load: () => import('./peers.js'),
  },
  cache: {
    about: 'memory, disk, a shared server and stampedes, against bentocache and cacheable',
    publishedWith: { '--rounds': 5 },
    load: () => import('./cache.js'),
  },
  ghost: {
    about: 'ghost caches against real ones of their settings, and a cache tuned by trials against fixed strategies',
    publishedWith: { '--lookups': 200_000, '--per-second': 20 },
    load: () => import('./ghost.js'),
  },
  database: {
    about: "the indexes that `db advise` proposes, against none and against SQLite's own expert extension",
    publishedWith: { '--rows': 1_000_000, '--rounds': 3 },
    load: () => import('./database.js'),
  },
  forecast: {
    about:
      'the next 24 hours of real roads, against last week, its means, and Holt and Winters; closures that are found',
    publishedWith: { '--origins': 100, '--closures': 24, '--weeks': 13 },
    load: () => import('./forecast.js'),
  },
  drift: {
    about: 'slow losses of accuracy and latency on the load of real roads, against a limit, CUSUM and EWMA',
    publishedWith: { '--losses': 40, '--weeks': 52, '--traffic': 'any', '--nab': 'any' },
    load: () => import('./drift.js'),
  },
  middleware: {
    about:
      'what the middleware adds to a request, and hits out of its cache, against other caches for Fastify and Express',
    publishedWith: { '--rounds': 5, '--seconds': 2 },
    load: () => import('./middleware.js'),
  },
  kpi: {
    about: 'answering without inference: what it saves and costs, against a naive script',
    publishedWith: { '--rounds': 1, '--curve': 'any' },
    load: () => import('./kpi.js'),
  },
  curve: {
    about: 'inferences against F1, beside a fixed interval and a motion gate at the same budgets',
    publishedWith: { '--clips': 'any' },
    load: () => import('./curve.js'),
  },
  models: {
    about: "quantized, fused and pruned variants: speed and accuracy, against ONNX Runtime's quantizer",
    publishedWith: { '--rounds': 15, '--python': 'any', '--reuse': 'any' },
    load: () => import('./models.js'),
  },
  profile: {
    about: 'the search of profile against measuring everything; start-up with compiled models',
    publishedWith: { '--starts': 10 },
    load: () => import('./profile.js'),
  },
  schedule: {
    about:
      'batches and workers of different kinds, on emulated accelerators, against fixed batches and simple balancing',
    publishedWith: { '--seconds': 10, '--real-seconds': 8 },
    load: () => import('./schedule.js'),
  },
  tenants: {
    about:
      'a noisy neighbour with ten times the cameras: latency and answers of the other, with fair turns and without',
    publishedWith: { '--seconds': 15, '--rounds': 5 },
    load: () => import('./tenants.js'),
  },
  capture: {
    about: "reading ffmpeg's pictures through one buffer, against a new one for each read",
    publishedWith: { '--rounds': 3, '--seconds': 12 },
    load: () => import('./capture.js'),
  },
  kernels: {
    about: 'work on pixels in WebAssembly with vectors, against plain TypeScript',
    publishedWith: { '--rounds': 15 },
    load: () => import('./kernels.js'),
  },
  cameras: {
    about: 'how many cameras in real time this machine answers before frames are late, against a naive script each',
    publishedWith: { '--seconds': 40, '--settle': 30, '--clips': 'any' },
    load: () => import('./cameras.js'),
  },
  path: {
    about: 'frames that stay as the camera made them, against those that ffmpeg converts: colours, boxes, answers',
    publishedWith: { '--frames': 300, '--clips': 'any' },
    load: () => import('./path.js'),
  },
  sway: {
    about:
      'clips filmed by cameras that sway, vibrate, drift, pan and roll: answers with holding them still and without',
    publishedWith: { '--frames': 500, '--seed': 'any', '--clips': 'any', '--sequences': 'any', '--keep': 'any' },
    load: () => import('./sway.js'),
  },
  plausibility: {
    about: 'what it costs to watch whether pictures can be true',
    publishedWith: { '--rounds': 5 },
    load: () => import('./plausibility.js'),
  },
  compression: {
    about: 'pictures as small as their vehicles allow, against fixed settings; stills and alerts on measured uplinks',
    publishedWith: { '--frames': 20, '--clips': 'any', '--uplink': 'any' },
    load: () => import('./compression.js'),
  },
  evidence: {
    about:
      'signed pictures of events: what a frame, an event and a verification take, against JPEGs and a list of hashes',
    publishedWith: { '--rounds': 5, '--events': 60, '--records': 10000 },
    load: () => import('./evidence.js'),
  },
  measure: {
    about: "what measuring a call costs, against prom-client's timer and OpenTelemetry's histogram",
    publishedWith: { '--rounds': 7 },
    load: () => import('./measure.js'),
  },
  store: {
    about: 'what is written in a day, and what kill -9, a full and a read-only disk leave of what was committed',
    publishedWith: { '--hours': 24, '--seconds': 300, '--kills': 200, '--fills': 20, '--read-only': 20 },
    load: () => import('./store.js'),
  },
  monitor: {
    about: 'what it costs to watch the machine, against a loop that asks systeminformation',
    publishedWith: { '--seconds': 30, '--rounds': 5 },
    load: () => import('./monitor.js'),
  },
  outage: {
    about:
      'nothing accepted is lost: 24 h without a broker, kills, a full and a read-only disk, against a queue in memory',
    publishedWith: { '--hours': 24, '--kills': 50 },
    load: () => import('./outage.js'),
  },
  crossings: {
    about: 'who crosses lines, with most frames not inferred, against every frame inferred',
    publishedWith: { '--seconds': 170, '--roads': 5 },
    load: () => import('./crossings.js'),
  },
  rules: {
    about: 'who breaks rules of the road, against the truth and against a script on the boxes of each frame',
    publishedWith: { '--seconds': 210, '--roads': 8 },
    load: () => import('./rules.js'),
  },
  collector: {
    about: 'what a collector with SQLite takes of a fleet, against a subscriber of MQTT.js that writes the same rows',
    publishedWith: { '--devices': 10_000, '--messages': 2_000_000, '--rate': 10_000, '--seconds': 60 },
    load: () => import('./collector.js'),
  },
  'shared-collectors': {
    about: 'several collectors that share the load on PostgreSQL, and one of them killed, against one alone',
    publishedWith: { '--devices': 1000, '--seconds': 30, '--rate': 1000, '--steady': 60 },
    load: () => import('./shared-collectors.js'),
  },
  history: {
    about: 'keeping every metric: bytes written, reading a day and a year, against a row a point and CSV files',
    publishedWith: { '--series': 120, '--hours': 24, '--days': 365, '--rounds': 7 },
    load: () => import('./history.js'),
  },
  alerts: {
    about: 'the detector of adaptive alerts on the Numenta Anomaly Benchmark, and on faults in made-up metrics',
    publishedWith: { '--rounds': 5, '--nab': 'any', '--traffic': 'any' },
    load: () => import('./alerts.js'),
  },
  control: {
    about: 'the tuning on simulated boards, against an oracle, fixed settings, threshold steps and throttling alone',
    publishedWith: { '--seeds': 1 },
    load: () => import('./control.js'),
  },
  wire: {
    about: 'bytes that one camera puts on the wire in a day, by topic',
    publishedWith: { '--seconds': 60 },
    load: () => import('./wire.js'),
  },
  truth: {
    about:
      'roads against the truth: answers beside every frame inferred; the naive script, the program without tuning, and as it comes',
    publishedWith: { '--rounds': 1, '--learn': 300, '--sims': 3, '--seconds': 60, '--sequences': 'any' },
    load: () => import('./truth.js'),
  },
  live: {
    about: 'this machine with four cameras while others take its cores: with tuning, against its setting fixed',
    publishedWith: { '--rounds': 1 },
    load: () => import('./live.js'),
  },
  diagnose: {
    about: 'planted faults that edge-optimizer diagnose finds, false alarms where all is well, and how long it takes',
    publishedWith: { '--rounds': 3 },
    load: () => import('./diagnose.js'),
  },
  dashboard: {
    about: 'what open dashboards cost the program and its frames, what the pages weigh, and how soon they are painted',
    publishedWith: { '--rounds': 36 },
    load: () => import('./dashboard.js'),
  },
  'fleet-page': {
    about: 'how soon the page of a fleet of 2,000 devices has its first rows, and what that takes, beside a plain page',
    publishedWith: { '--devices': 2000, '--rounds': 8 },
    load: () => import('./fleet-page.js'),
  },
  simulator: {
    about: 'recall, precision and cost of the simulated camera',
    publishedWith: { '--frames': 40 },
    load: () => import('./simulator.js'),
  },
};
