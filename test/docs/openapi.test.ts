import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { COLLECTOR_OPENAPI_FILE, collectorOpenApiText, OPENAPI_FILE, openApiText } from '../../scripts/openapi.js';

const text = openApiText();
const document = JSON.parse(text) as {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, object> }>>;
};

test('the published description of the API is what the program answers: npm run docs brings it up to date', () => {
  assert.ok(readFileSync(OPENAPI_FILE, 'utf8') === text);
});

test('so is that of the collector', async () => {
  const described = collectorOpenApiText();
  assert.ok(readFileSync(COLLECTOR_OPENAPI_FILE, 'utf8') === described);
  const { valid, errors } = await new Validator().validate(JSON.parse(described));
  assert.equal(errors ?? [], []);
  assert.ok(valid);
});

test('it is an OpenAPI 3.1 document by the schema of OpenAPI', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert.equal(errors ?? [], []);
  assert.ok(valid);
  assert.match(document.openapi, /^3\.1\./);
});

test('each operation has a name of its own and says what it answers', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const names = operations.map(({ operationId }) => operationId);
  assert.equal(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
  assert.ok(operations.length > 15);
});

test.run();
