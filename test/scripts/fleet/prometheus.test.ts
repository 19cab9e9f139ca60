import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { configSchema } from '../../../src/config/config.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const test = suite('the configuration of Prometheus');

const FILE = 'docs/fleet/prometheus.yml';
const text = readFileSync(FILE, 'utf8');

interface Job {
  readonly job_name: string;
  readonly static_configs: readonly { readonly targets: readonly string[]; readonly labels: object }[];
}

test('each device is read at its own port, with the labels that the dashboard chooses by', () => {
  const { scrape_configs: jobs } = parse(text) as { scrape_configs: Job[] };
  const devices = jobs.filter(({ job_name }) => job_name === 'edge-devices').flatMap((job) => job.static_configs);
  assert.is(devices.length, 2);
  for (const { targets, labels } of devices) {
    assert.equal(Object.keys(labels), ['site', 'device']);
    assert.ok(targets.every((target) => target.endsWith(`:${configSchema.parse({}).http.port}`)));
  }
});

needs('promtool', test)("Prometheus's own check finds nothing wrong", () => {
  const filled = join(temporaryFolder('prometheus'), 'prometheus.yml');
  writeFileSync(filled, text.replaceAll(/<[^>]+>/g, '192.0.2.1'));
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'config', '--syntax-only', filled], {
    encoding: 'utf8',
  });
  assert.is(status, 0, stdout + stderr);
});

test.run();
