import type { MetricRow } from '../../foundation/metric-row.js';

/** How a metric is called in OpenTelemetry. */
export interface SemanticName {
  readonly name: string;
  /** UCUM: `s`, `By`, `{frame}/s`, `1`. */
  readonly unit: string;
  /** What a value of the row is multiplied with to be in that unit. */
  readonly scale: number;
  /** Attribute names in the order of the row's labels. */
  readonly attributes: readonly string[];
  /** Attributes that every point of it has besides. */
  readonly fixed: Readonly<Record<string, string>>;
}

/** What the semantic conventions (v1.37: system, process, hw) have a name for; everything else is `edge.<name>`. */
interface Convention {
  readonly name: string;
  readonly attributes?: readonly string[];
  readonly fixed?: Readonly<Record<string, string>>;
  /** Where it is another one than the row's own. */
  readonly unit?: string;
  readonly scale?: number;
}

/** Shares are of 1 there, not percent. */
const SHARE = { unit: '1', scale: 0.01 } as const;

const CONVENTIONS: Readonly<Record<string, Convention>> = {
  uptime: { name: 'process.uptime' },
  resident_memory: { name: 'process.memory.usage', attributes: ['process.title'] },
  machine_uptime: { name: 'system.uptime' },
  machine_cpu_mode: { name: 'system.cpu.utilization', attributes: ['cpu.mode'], ...SHARE },
  machine_memory: { name: 'system.memory.utilization', fixed: { 'system.memory.state': 'used' }, ...SHARE },
  machine_swap: { name: 'system.paging.utilization', fixed: { 'system.paging.state': 'used' }, ...SHARE },
  machine_disk_used: { name: 'system.filesystem.utilization', attributes: ['system.filesystem.mountpoint'], ...SHARE },
  machine_temperature: { name: 'hw.temperature', fixed: { 'hw.id': 'warmest' } },
  machine_power: { name: 'hw.power', fixed: { 'hw.id': 'board' } },
  machine_fan: { name: 'hw.fan.speed', attributes: ['hw.id'] },
};

/** UCUM's own units by ours; what is counted is an annotation in the singular, `{frame}`. */
const UCUM: Readonly<Record<string, string>> = { bytes: 'By', ms: 's', '': '1', '°C': 'Cel' };

/** The name of a row by the semantic conventions where they have one, else `edge.<name>` with its labels as they are. */
export function semanticName(row: MetricRow): SemanticName {
  const convention = CONVENTIONS[row.name];
  return {
    name: convention?.name ?? `edge.${row.name}`,
    unit: convention?.unit ?? ucum(row.unit),
    scale: convention?.scale ?? (row.unit === 'ms' ? 0.001 : 1),
    attributes: convention?.attributes ?? row.labels,
    fixed: convention?.fixed ?? {},
  };
}

function ucum(unit: string): string {
  const [counted, per] = unit.split('/') as [string, string | undefined];
  const known = UCUM[counted] ?? (/^[a-z]{3,}s$/.test(counted) ? `{${counted.slice(0, -1)}}` : counted);
  return per === undefined ? known : `${known}/${per}`;
}
