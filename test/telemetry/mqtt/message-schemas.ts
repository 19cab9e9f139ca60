import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import { SCHEMA_FOLDER } from '../../../scripts/mqtt-schemas.js';
import type { Captured } from './capture-broker.js';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTuples: false });
const validators = new Map<string, ValidateFunction>();
for (const name of readdirSync(SCHEMA_FOLDER)) {
  if (!name.endsWith('.json')) continue;
  validators.set(
    name.replace('.schema.json', ''),
    ajv.compile(JSON.parse(readFileSync(join(SCHEMA_FOLDER, name), 'utf8'))),
  );
}

/** Name of the schema that a topic's messages must keep to. */
export function schemaOf(topic: string): string {
  const [, , , device, kind, name, last] = topic.split('/');
  // between devices; `cmd/invalidate` of one device is a command
  if (device === '_site' && name === 'invalidate') return 'invalidation';
  if (kind === 'cmd') return last === 'result' ? 'command-result' : 'command';
  if (kind === 'metrics' && name?.startsWith('full')) return 'metrics-full';
  if (kind === 'alert' && last === 'log') return 'alert-log';
  // reports are as different as commands are alike
  return kind === 'report' ? `report-${name}` : kind!;
}

/** Whether a value keeps to the published schema of that name. */
export function keepsTo(name: string, value: unknown): boolean {
  return validators.get(name)!(value) === true;
}

/** Fails where a message that was really sent does not keep to its published schema. */
export function assertPublished({ topic, text }: Pick<Captured, 'topic' | 'text'>): void {
  const name = schemaOf(topic);
  if (name === 'alert' && text === '') return;
  const validate = validators.get(name);
  assert.ok(validate, `${topic}: no schema`);
  assert.ok(validate!(JSON.parse(text)), `${topic} ${text}: ${ajv.errorsText(validate!.errors)}`);
}
