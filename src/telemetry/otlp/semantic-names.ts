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

/** What the semantic conventions (v1.37, system, process, hw) have a name for; everything else is `edge.<name>`. */
interface Convention {
  readonly name: string;
  readonly attributes?: readonly string[];
  readonly fixed?: Readonly<Record<string, string>>;
}

const CONVENTIONS: Readonly<Record<string, Convention>> = {
  uptime: { name: 'process.uptime' },
  resident_memory: { name: 'process.memory.usage', attributes: ['process.title'] },
};

/** UCUM annotations are singular; what is counted has none of UCUM's own units. */
const COUNTED: Readonly<Record<string, string>> = {
  frames: '{frame}',
  messages: '{message}',
  vehicles: '{vehicle}',
  events: '{event}',
  bytes: 'By',
  ms: 's',
  s: 's',
  '': '1',
};

/** The name of a row by the semantic conventions where they have one, else `edge.<name>` with its labels as they are. */
export function semanticName(row: MetricRow): SemanticName {
  const convention = CONVENTIONS[row.name];
  return {
    name: convention?.name ?? `edge.${row.name}`,
    unit: ucum(row.unit),
    scale: row.unit === 'ms' ? 0.001 : 1,
    attributes: convention?.attributes ?? row.labels,
    fixed: convention?.fixed ?? {},
  };
}

function ucum(unit: string): string {
  if (unit === '°C') return 'Cel';
  if (unit === '%') return '%';
  const [counted, per] = unit.split('/') as [string, string | undefined];
  const known = COUNTED[counted] ?? (/^[A-Za-z]+$/.test(counted) && counted.length > 3 ? `{${counted}}` : counted);
  return per === undefined ? known : `${known}/${per}`;
}
