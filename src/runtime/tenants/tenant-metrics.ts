import type { MetricRow, NumberMetric } from '../../foundation/metric-row.js';
import { historyMetrics } from '../../store/metrics.js';
import { publisherMetrics } from '../../telemetry/mqtt/metrics.js';
import { outboxMetrics } from '../../telemetry/mqtt/outbox-metrics.js';
import type { TenantParts } from './tenant-parts.js';

/** What is measured of each tenant's messages and history, of all that is measured of the device's own. */
const NAMES = [
  'mqtt_connected',
  'mqtt_wire_bytes',
  'mqtt_queued',
  'mqtt_sent',
  'mqtt_dropped',
  'mqtt_connections',
  'outbox_bytes',
  'outbox_messages',
  'outbox_dropped',
  'history_degraded',
  'history_dropped_writes',
];

/** The metrics of the messages and histories of tenants: those of the device's own, once more for each. */
export function tenantMetrics(tenants: () => readonly TenantParts[]): readonly MetricRow[] {
  const rowsOf = (tenant: Pick<TenantParts, 'publisher' | 'outbox' | 'history'> | null): readonly NumberMetric[] =>
    [
      ...publisherMetrics(() => tenant?.publisher.state() ?? null),
      ...outboxMetrics(() => tenant?.outbox.health() ?? null),
      ...historyMetrics(() => tenant?.history.file.health() ?? null),
    ].filter((row): row is NumberMetric => NAMES.includes(row.name));
  const rows = new Map<string, readonly NumberMetric[]>();
  const cached = (tenant: TenantParts): readonly NumberMetric[] => {
    const known = rows.get(tenant.id) ?? rowsOf(tenant);
    rows.set(tenant.id, known);
    return known;
  };
  return rowsOf(null).map((row, index) => ({
    ...row,
    name: `tenant_${row.name}`,
    labels: ['tenant', ...row.labels],
    help: `Of each tenant: ${row.help[0]!.toLowerCase()}${row.help.slice(1)}`,
    *read() {
      for (const tenant of tenants()) {
        for (const [labels, value] of cached(tenant)[index]!.read()) yield [[tenant.id, ...labels], value];
      }
    },
  }));
}
