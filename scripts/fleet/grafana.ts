import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as SeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { PanelPlan, RowPlan } from './panels.js';

/** Grafana's grid is 24 wide. */
const STAT = { w: 3, h: 4 };
const WIDE = { w: 8, h: 8 };
const SOURCE = { type: 'prometheus', uid: '$datasource' };
const OK = { value: null, color: 'green' };

/** The dashboard as Grafana imports it, built by Grafana's own types. */
export function grafanaDashboard(rows: readonly RowPlan[]): Dashboard {
  const dashboard = new DashboardBuilder('Edge inference: fleet')
    .uid('edge-inference-fleet')
    .description(
      'Devices of edge-inference-optimizer, by the metrics that Prometheus reads of them or of the collector.',
    )
    .tags(['edge-inference-optimizer'])
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(chosen('site', 'label_values(edge_uptime_seconds, site)'))
    .withVariable(chosen('device', 'label_values(edge_uptime_seconds{site=~"$site"}, device)'))
    .withVariable(chosen('camera', 'label_values(edge_fps_captured{site=~"$site",device=~"$device"}, camera)'));
  for (const { title, panels } of rows) {
    dashboard.withRow(new RowBuilder(title));
    for (const plan of panels) dashboard.withPanel(panel(plan));
  }
  return dashboard.build();
}

/** Several of a label's values may be chosen, and all are at first. */
function chosen(name: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(name[0]!.toUpperCase() + name.slice(1))
    .datasource(SOURCE)
    .query(query)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: 'All', value: '$__all' })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}

function panel(plan: PanelPlan): StatBuilder | TableBuilder | SeriesBuilder {
  const { title, description, kind, unit, most, queries, limits } = plan;
  const { w, h } = kind === 'stat' ? STAT : WIDE;
  const builder = kind === 'stat' ? new StatBuilder() : kind === 'table' ? new TableBuilder() : new SeriesBuilder();
  builder.title(title).description(description).unit(unit).datasource(SOURCE).span(w).height(h);
  if (most !== undefined) builder.min(0).max(most);
  if (limits !== undefined)
    builder.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(limits)));
  for (const [index, { expr, legend }] of queries.entries()) {
    const query = new DataqueryBuilder().refId('ABCDEF'[index]!).datasource(SOURCE).expr(expr).legendFormat(legend);
    builder.withTarget(kind === 'series' ? query.range() : query.instant().format(formatOf(kind)));
  }
  return builder;
}

const formatOf = (kind: 'stat' | 'table'): PromQueryFormat =>
  kind === 'table' ? PromQueryFormat.Table : PromQueryFormat.TimeSeries;

/** Colours from a value on, as Grafana wants them: in rising order. */
function steps([warn, bad]: readonly [number, number]): Threshold[] {
  if (warn < bad) return [OK, { value: warn, color: 'orange' }, { value: bad, color: 'red' }];
  return [
    { value: null, color: 'red' },
    { value: bad, color: 'orange' },
    { value: warn, color: 'green' },
  ];
}
