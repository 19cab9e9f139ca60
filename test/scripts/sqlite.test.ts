import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { temporaryFolder } from '../temporary.js';

const { isSqliteLost, bringBackSqlite } = (await import(
  pathToFileURL(join(PROJECT_ROOT, 'scripts/sqlite.mjs')).href
)) as {
  isSqliteLost(root: string): boolean;
  bringBackSqlite(root: string): Promise<boolean>;
};

const BINARY = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** A clone from which npm has dropped better-sqlite3, and which has another optional package. */
function cloneWithout(): string {
  const root = temporaryFolder('sqlite-setup');
  const packages = {
    'node_modules/better-sqlite3': { version: '12.6.2', optional: true },
    'node_modules/@img/sharp-here': { version: '1.0.0', optional: true },
  };
  write(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  write(join(root, 'node_modules/@img/sharp-here/package.json'), '{}');
  return root;
}

/** In place of npm: notes what it is told, and installs what better-sqlite3 needs or fails. */
function npmThat(root: string, works: boolean): () => void {
  const files = [BINARY, 'node_modules/bindings/package.json', 'node_modules/file-uri-to-path/package.json'];
  const install = `for (const file of ${JSON.stringify(files)}) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, 'made');
  }`;
  const script = join(root, 'npm.js');
  write(
    script,
    `const fs = require('node:fs'); const path = require('node:path');
    fs.writeFileSync(${JSON.stringify(join(root, 'told.txt'))}, process.argv.slice(2, 4).join(' ') + ' ' + process.env.ONNXRUNTIME_NODE_INSTALL);
    ${works ? install : 'process.exit(1);'}`,
  );
  const before = process.env['npm_execpath'];
  process.env['npm_execpath'] = script;
  return () => {
    if (before === undefined) delete process.env['npm_execpath'];
    else process.env['npm_execpath'] = before;
  };
}

test('a package that npm dropped is lost, one that is there or that was omitted is not', () => {
  const root = cloneWithout();
  assert.is(isSqliteLost(root), true);
  write(join(root, BINARY), '');
  assert.is(isSqliteLost(root), false);
  const omitted = cloneWithout();
  rmSync(join(omitted, 'node_modules/@img'), { recursive: true });
  assert.is(isSqliteLost(omitted), false);
});

test('it comes back with what it needs, of the version in the lockfile, installed apart', async () => {
  const root = cloneWithout();
  const restore = npmThat(root, true);
  assert.is(await bringBackSqlite(root), true);
  restore();
  assert.is(readFileSync(join(root, 'told.txt'), 'utf8'), 'install better-sqlite3@12.6.2 skip');
  assert.is(readFileSync(join(root, BINARY), 'utf8'), 'made');
  assert.ok(existsSync(join(root, 'node_modules/bindings/package.json')));
  assert.ok(existsSync(join(root, 'node_modules/file-uri-to-path/package.json')));
  assert.equal(readdirSync(join(root, '.cache')), []);
});

test('a failure is not repeated by itself before the lockfile changes', async () => {
  const root = cloneWithout();
  const restore = npmThat(root, false);
  assert.is(await bringBackSqlite(root), false);
  restore();
  assert.is(isSqliteLost(root), false);
  write(join(root, 'package-lock.json'), readFileSync(join(root, 'package-lock.json'), 'utf8').replace('.2', '.3'));
  assert.is(isSqliteLost(root), true);
});

test.run();
