import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MetricRow } from '../../../src/foundation/metric-row.js';
import { semanticName } from '../../../src/telemetry/otlp/semantic-names.js';

const test = suite('telemetry/otlp/semantic-names');

const row = (name: string, unit: string, labels: readonly string[] = []): MetricRow => ({
  type: 'gauge',
  name,
  unit,
  labels,
  step: 1,
  help: '?',
  read: () => [],
});

test('what the conventions have a name for has it, with their unit and their attributes', () => {
  assert.equal(semanticName(row('machine_cpu_mode', '%', ['mode'])), {
    name: 'system.cpu.utilization',
    unit: '1',
    scale: 0.01,
    attributes: ['cpu.mode'],
    fixed: {},
  });
  assert.equal(semanticName(row('machine_memory', '%')), {
    name: 'system.memory.utilization',
    unit: '1',
    scale: 0.01,
    attributes: [],
    fixed: { 'system.memory.state': 'used' },
  });
  assert.equal(semanticName(row('machine_fan', 'rpm', ['fan'])), {
    name: 'hw.fan.speed',
    unit: 'rpm',
    scale: 1,
    attributes: ['hw.id'],
    fixed: {},
  });
});

const UNITS = [
  ['ms', 's', 0.001],
  ['s', 's', 1],
  ['bytes', 'By', 1],
  ['', '1', 1],
  ['%', '%', 1],
  ['°C', 'Cel', 1],
  ['frames', '{frame}', 1],
  ['frames/s', '{frame}/s', 1],
  ['packets', '{packet}', 1],
  ['MHz', 'MHz', 1],
  ['Mbit/s', 'Mbit/s', 1],
  ['W', 'W', 1],
] as const;

for (const [unit, ucum, scale] of UNITS) {
  test(`the unit ${unit || 'of plain counts'} is ${ucum}`, () => {
    const { name, unit: told, scale: by, attributes } = semanticName(row('some_thing', unit, ['camera']));
    assert.equal([name, told, by, attributes], ['edge.some_thing', ucum, scale, ['camera']]);
  });
}

test.run();
