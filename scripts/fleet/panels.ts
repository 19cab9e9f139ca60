/** One panel: what is drawn of which metrics of docs/metrics.md and docs/collector.md. */
export interface PanelPlan {
  readonly title: string;
  /** What a reader must know to judge what is drawn. */
  readonly description: string;
  readonly kind: 'stat' | 'series' | 'table';
  /** Of Grafana's units. */
  readonly unit: string;
  /** The axis goes from 0 to this; absent: as far as the values do. */
  readonly most?: number;
  /** PromQL; $site, $device and $camera are the dashboard's. */
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
  /** From the first on orange, from the second on red; in descending order where less is worse. */
  readonly limits?: readonly [number, number];
}

export interface RowPlan {
  readonly title: string;
  readonly panels: readonly PanelPlan[];
}

const D = 'site=~"$site",device=~"$device"';
const C = `${D},camera=~"$camera"`;
const HERE = '{{device}}';
const EACH = '{{device}} {{camera}}';

const series = (
  title: string,
  unit: string,
  description: string,
  ...queries: [expr: string, legend: string][]
): PanelPlan => ({
  title,
  unit,
  description,
  kind: 'series',
  queries: queries.map(([expr, legend]) => ({ expr, legend })),
});

const stat = (
  title: string,
  unit: string,
  description: string,
  expr: string,
  limits?: readonly [number, number],
): PanelPlan => ({
  title,
  unit,
  description,
  kind: 'stat',
  queries: [{ expr, legend: '' }],
  ...(limits !== undefined && { limits }),
});

/** The dashboard, from what is wrong somewhere to what one device does. */
export const ROWS: readonly RowPlan[] = [
  {
    title: 'The fleet',
    panels: [
      stat('Devices', 'short', 'That were heard of within the last scrape.', `count(edge_uptime_seconds{${D}})`),
      stat(
        'Without a broker',
        'short',
        'They work on, and keep what must arrive.',
        `count(edge_mqtt_connected{${D}} == 0) or vector(0)`,
        [1, 5],
      ),
      stat(
        'Cameras that deliver',
        'short',
        'With a frame in the last seconds.',
        `count(edge_fps_captured{${C}} > 0) or vector(0)`,
      ),
      stat(
        'Cameras that do not',
        'short',
        'Broken, unplugged, or paused by command.',
        `count(edge_fps_captured{${C}} == 0) or vector(0)`,
        [1, 5],
      ),
      stat(
        'Without inference',
        'percentunit',
        'Share of the answers that cost no inference.',
        `avg(edge_without_inference{${C}})`,
      ),
      stat(
        'Lowest estimated F1',
        'percentunit',
        'Of any camera, from audits of answers without inference.',
        `min(edge_estimated_f1{${C}})`,
        [0.95, 0.9],
      ),
      stat(
        'Held back',
        'short',
        'By heat, want of power, too much current, or a quota.',
        `count(edge_machine_throttled{${D}} == 1) or vector(0)`,
        [1, 5],
      ),
      stat('Power', 'watt', 'Of the boards that can tell.', `sum(edge_machine_power{${D}})`),
    ],
  },
  {
    title: 'Answers',
    panels: [
      series('Frames answered, by origin', 'ops', 'Inferred, or reused and propagated without inference.', [
        `sum by (origin) (rate(edge_frames_answered_total{${C}}[$__rate_interval]))`,
        '{{origin}}',
      ]),
      {
        ...series('Share without inference', 'percentunit', 'By camera.', [`edge_without_inference{${C}}`, EACH]),
        most: 1,
      },
      {
        ...series(
          'Estimated F1, and what it is at least',
          'percentunit',
          'Of answers without inference against an inference of the same frame; absent while there are too few audits.',
          [`edge_estimated_f1{${C}}`, EACH],
          [`edge_estimated_f1_low{${C}}`, `${EACH} at least`],
        ),
        most: 1,
      },
      series('Latency, p95', 's', 'From capture to answer.', [`edge_latency_p95_seconds{${C}}`, EACH]),
      series('Latency by stage, p95', 's', 'Where the time goes.', [
        `max by (stage) (edge_stage_p95_seconds{${D}})`,
        '{{stage}}',
      ]),
      series('Frames dropped, by cause', 'ops', 'Not answered at all.', [
        `sum by (cause) (rate(edge_frames_dropped_total{${C}}[$__rate_interval]))`,
        '{{cause}}',
      ]),
    ],
  },
  {
    title: 'Traffic',
    panels: [
      series('Vehicles across lines', 'short', 'An hour, by class.', [
        `sum by (class) (increase(edge_line_crossings_total{${C}}[1h]))`,
        '{{class}}',
      ]),
      series('Vehicles in view', 'short', 'Now, by camera.', [`edge_vehicles{${C}}`, EACH]),
      series('Infractions', 'short', 'An hour, by rule.', [
        `sum by (rule) (increase(edge_infractions_total{${C}}[1h]))`,
        '{{rule}}',
      ]),
    ],
  },
  {
    title: 'Cameras',
    panels: [
      series('Frames captured', 'ops', 'What each camera delivers.', [`edge_fps_captured{${C}}`, EACH]),
      series('Reconnects and stalls', 'short', 'An hour: a bad cable, a weak link, an overloaded camera.', [
        `sum by (device, camera) (increase(edge_source_reconnects_total{${C}}[1h]) + increase(edge_source_stalls_total{${C}}[1h]))`,
        EACH,
      ]),
      series(
        'Pictures that are not plausible',
        'short',
        'Frozen, grey, dark, torn or shifted: 1 for the one that holds.',
        [`edge_camera_plausibility{${C},value!="plausible"} == 1`, '{{device}} {{camera}}: {{value}}'],
      ),
    ],
  },
  {
    title: 'Boards',
    panels: [
      series(
        'Temperature, and where it is slowed down',
        'celsius',
        'Of the warmest part.',
        [`edge_machine_temperature{${D}}`, HERE],
        [`edge_machine_throttle_temperature{${D}}`, `${HERE} slows down`],
      ),
      {
        ...series('Processor', 'percent', 'Share of all cores that is busy.', [`edge_machine_cpu{${D}}`, HERE]),
        most: 100,
      },
      {
        ...series('Memory', 'percent', 'Share that is not available.', [`edge_machine_memory{${D}}`, HERE]),
        most: 100,
      },
      series('Accelerator', 'percent', 'Its load, where it tells.', [
        `edge_machine_accelerator_load{${D}}`,
        '{{device}} {{accelerator}}',
      ]),
      series('Free on the disk of the store', 'bytes', 'What the program may still write.', [
        `edge_machine_disk_free_bytes{${D},place="store"}`,
        HERE,
      ]),
      series('Power', 'watt', 'Of the whole board, or as much of it as can be measured.', [
        `edge_machine_power{${D}}`,
        HERE,
      ]),
    ],
  },
  {
    title: 'Messages',
    panels: [
      series('On the wire', 'Bps', 'To the broker, acknowledgements included.', [
        `rate(edge_mqtt_wire_bytes_bytes_total{${D}}[$__rate_interval])`,
        HERE,
      ]),
      series('Oldest that waits', 's', 'For how long what must arrive has waited in the device.', [
        `edge_outbox_oldest_seconds{${D}}`,
        HERE,
      ]),
      series('Given up', 'short', 'An hour, by kind: the outbox was full, or they waited too long.', [
        `sum by (device, kind) (increase(edge_outbox_dropped_total{${D}}[1h]))`,
        '{{device}} {{kind}}',
      ]),
    ],
  },
  {
    title: 'Tuning and models',
    panels: [
      {
        title: 'Model in use',
        unit: 'short',
        description: 'Variant and execution provider of each device.',
        kind: 'table',
        queries: [{ expr: `edge_model_info{${D}}`, legend: '' }],
      },
      series('Knobs', 'short', 'Where the tuning has put them.', [`edge_knob{${D}}`, '{{device}} {{knob}}']),
      series('Trials, by what became of them', 'short', 'A day.', [
        `sum by (strategy, verdict) (increase(edge_optimization_trials_total{${D}}[1d]))`,
        '{{strategy}}: {{verdict}}',
      ]),
    ],
  },
  {
    title: 'Collector',
    panels: [
      series(
        'Messages a second',
        'ops',
        'That were new, came before, or were put aside.',
        ['sum(rate(edge_collector_messages_kept_total[$__rate_interval]))', 'kept'],
        ['sum(rate(edge_collector_messages_doubled_total[$__rate_interval]))', 'doubles'],
        ['sum by (reason) (rate(edge_collector_messages_quarantined_total[$__rate_interval])) > 0', '{{reason}}'],
      ),
      series('Devices, by how they are', 'short', 'As the collector knows them.', [
        'sum by (state) (edge_collector_devices)',
        '{{state}}',
      ]),
      series('Messages lost', 'short', 'That will never come, and of which no device told.', [
        'sum(edge_collector_messages_lost)',
        'lost',
      ]),
      series(
        'Time to write a batch',
        's',
        'The 99th percentile, and for how long a message waits at most.',
        [
          'histogram_quantile(0.99, sum by (le) (rate(edge_collector_commit_seconds_bucket[$__rate_interval])))',
          'batch',
        ],
        ['max(edge_collector_lag_seconds)', 'waits'],
      ),
    ],
  },
];
