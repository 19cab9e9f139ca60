import { writeFileSync } from 'node:fs';
import { grafanaDashboard } from './fleet/grafana.js';
import { ROWS } from './fleet/panels.js';

/*
 * Writes docs/fleet/grafana-dashboard.json from scripts/fleet/panels.ts: `node dist/scripts/fleet-dashboard.js`.
 */

writeFileSync('docs/fleet/grafana-dashboard.json', `${JSON.stringify(grafanaDashboard(ROWS), null, 2)}\n`);
