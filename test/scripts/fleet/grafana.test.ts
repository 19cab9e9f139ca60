import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { grafanaDashboard } from '../../../scripts/fleet/grafana.js';
import { ROWS } from '../../../scripts/fleet/panels.js';

const test = suite('the Grafana dashboard');

const dashboard = grafanaDashboard(ROWS);
const queries = ROWS.flatMap(({ panels }) => panels).flatMap(({ queries: all }) => all.map(({ expr }) => expr));

/** What devices and the collector have, by their documents: labels by name; a word has `value`, a histogram buckets. */
const metrics = new Map(
  ['docs/metrics.md', 'docs/collector.md'].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/`(edge_[a-z0-9_]+)(?:\{([a-z,]+)\})?` \| (\w+)/g)].map(
      ([, name, labels, type]): [string, string[]] => [
        file === 'docs/collector.md' && type === 'histogram' ? `${name}_bucket` : name!,
        [...(labels?.split(',') ?? []), ...(type === 'word' ? ['value'] : [])],
      ],
    ),
  ),
);
/** Of whoever scrapes: the collector, or the configuration of Prometheus. */
const OF_THE_SCRAPE = ['site', 'device'];

/** Grafana fills its variables in before Prometheus sees them. */
const filled = (expr: string): string => expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, 'any');

function nodes(expr: string, name: string): string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: (node) => {
      if (node.name === name) found.push(expr.slice(node.from, node.to));
    },
  });
  return found;
}

test('is the file that people import', () => {
  const file = JSON.parse(readFileSync('docs/fleet/grafana-dashboard.json', 'utf8'));
  assert.equal(file, JSON.parse(JSON.stringify(dashboard)), 'node dist/scripts/fleet-dashboard.js writes it anew');
});

test('every query is PromQL', () => {
  for (const expr of queries) assert.equal(nodes(filled(expr), '⚠'), [], expr);
  assert.is.not(nodes('sum by (', '⚠').length, 0);
});

test('every metric is one that devices or the collector have, with labels that it has', () => {
  assert.ok(metrics.size > 150, `${metrics.size} metrics are read out of the list`);
  for (const expr of queries) {
    for (const selector of nodes(filled(expr), 'VectorSelector')) {
      const name = /^\w+/.exec(selector)![0];
      const labels = metrics.get(name);
      assert.ok(labels !== undefined, `${name} in ${expr}`);
      for (const label of nodes(selector, 'LabelName'))
        assert.ok([...labels!, ...OF_THE_SCRAPE].includes(label), `${label} of ${name}`);
    }
  }
});

test('each panel says what it is, and no two are in one place', () => {
  const panels = dashboard.panels!.filter(({ type }) => type !== 'row') as {
    title: string;
    description: string;
    gridPos: { x: number; y: number; w: number; h: number };
  }[];
  assert.is(panels.length, ROWS.flatMap((row) => row.panels).length);
  const taken = new Set<string>();
  for (const { title, description, gridPos } of panels) {
    assert.ok(title.length > 0 && description.length > 0);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      assert.ok(x < 24 && !taken.has(`${x},${gridPos.y}`), `${title} at ${x}, ${gridPos.y}`);
      taken.add(`${x},${gridPos.y}`);
    }
  }
});

test.run();
