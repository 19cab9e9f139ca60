import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askedAction } from '../../../src/collector/actions/asked-action.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';

const FLEET = join(PROJECT_ROOT, 'src/dashboard/app/fleet');

/** What a file of the pages exports; it imports nothing but types. */
async function exportsOf<Exports>(name: string): Promise<Exports> {
  const { outputText } = ts.transpileModule(readFileSync(join(FLEET, name), 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  return (await import(`data:text/javascript,${encodeURIComponent(outputText)}`)) as Exports;
}

type Body = { body: Record<string, unknown> } | { wrong: string };
const { OFFERED_COMMANDS, bodyOf } = await exportsOf<{
  OFFERED_COMMANDS: Record<string, { fields: { name: string; isNeeded?: true }[] }>;
  bodyOf: (command: string, typed: Record<string, string>) => Body;
}>('pages/begin/commands.ts');
const { choiceOf, NOBODY } = await exportsOf<{
  choiceOf: (typed: object, ticked: ReadonlySet<string>) => { choose: object } | { wrong: string };
  NOBODY: object;
}>('pages/begin/asked-choice.ts');
const { careOf, CAREFUL, AT_ONCE } = await exportsOf<{
  careOf: (typed: object) => object;
  CAREFUL: object;
  AT_ONCE: object;
}>('asked-care.ts');
const { actionPhrases } = await exportsOf<{ actionPhrases: [string, string][] }>('action-phrases.ts');
const { translator } = await exportsOf<{
  translator: (phrases: [string, string][], write: (value: number) => string) => (text: string) => string;
}>('../words/phrases.ts');

test('every command that is offered is one that devices know, with what it takes', () => {
  const table = readFileSync(join(PROJECT_ROOT, 'docs/commands.md'), 'utf8');
  const known = new Map(
    [...table.matchAll(/^\| `(\w+)` \| signed \| (.*?) \|/gm)].map(([, name = '', body = '']) => [name, body]),
  );
  for (const [name, { fields }] of Object.entries(OFFERED_COMMANDS)) {
    const body = known.get(name);
    assert.ok(body !== undefined, `${name} is no signed command`);
    for (const field of fields.filter((one) => one.name !== 'values')) {
      const marked = field.isNeeded ? `\`${field.name}\`` : `\`${field.name}\`?`;
      assert.ok(`${body},`.includes(`${marked},`), `${name}: ${marked} is not in: ${body}`);
    }
    const wanted = body.match(/`\w+`(?!\?)/g) ?? [];
    assert.is(wanted.length, fields.filter((one) => one.isNeeded && one.name !== 'values').length, name);
  }
});

test('what is typed becomes what the API takes, or it is said which field cannot be used', () => {
  const values = 'output.logLevel=debug\n\n thresholds.cpu = 90 \nmodel.name="7"\noptimization.cache=null';
  assert.equal(bodyOf('set', { values, forS: '600' }), {
    body: {
      'output.logLevel': 'debug',
      'thresholds.cpu': 90,
      'model.name': '7',
      'optimization.cache': null,
      forS: 600,
    },
  });
  assert.equal(bodyOf('set', { values: 'output.logLevel' }), { wrong: 'values' });
  assert.equal(bodyOf('set', {}), { wrong: 'values' });
  assert.equal(bodyOf('set', { values: 'a=1', forS: 'ten' }), { wrong: 'forS' });
  assert.equal(bodyOf('optimize', { strategies: 'cache, model', dryRun: 'yes' }), {
    body: { strategies: ['cache', 'model'], dryRun: true },
  });
  const those = { ...NOBODY, site: ['demo'], board: 'Nano, x86', percent: '12,5' };
  assert.equal(choiceOf(those, new Set()), { choose: { site: ['demo'], board: ['Nano', 'x86'], percent: 12.5 } });
  assert.equal(choiceOf({ ...NOBODY, of: 'ticked' }, new Set(['b/a', 'a/b'])), { choose: { devices: ['a/b', 'b/a'] } });
  assert.equal(choiceOf({ ...those, of: 'all' }, new Set()), { choose: { all: true, percent: 12.5 } });
  assert.equal(choiceOf({ ...NOBODY, percent: '5' }, new Set()), { wrong: 'nobody' });
  assert.equal(choiceOf({ ...those, percent: '101' }, new Set()), { wrong: 'percent' });
  for (const [wrong, typed] of Object.entries({ stages: '1, 0', watch: '', within: '0', failures: '1.5' }))
    assert.equal(careOf({ ...CAREFUL, [wrong]: typed }), { wrong });
  assert.is((careOf({ ...CAREFUL, within: '0,5' }) as { withinS: number }).withinS, 1800);
  const asked = askedAction.parse({
    ...{ id: 'a-1', command: 'set' },
    ...bodyOf('set', { values }),
    ...choiceOf(those, new Set()),
    ...careOf({ ...CAREFUL, failures: '2', note: ' why ' }),
  });
  assert.equal([asked.stages, asked.watchS, asked.withinS], [[1, '10%', '50%'], 600, 86_400]);
  assert.equal([asked.mostFailures, asked.note], [2, 'why']);
  assert.ok(askedAction.safeParse({ command: 'report', choose: { all: true }, ...careOf(AT_ONCE) }).success);
});

test('why an action stands as it does is told in Spanish', () => {
  const spanish = translator(actionPhrases, String);
  for (const [said, expected] of [
    [
      '2 failed, where none may: demo/a failed (the disk is full; all of it); demo/b refused (busy: later) and 3 more',
      'fallos: 2 (se admiten 0): demo/a ha fallado (the disk is full; all of it); demo/b lo ha rechazado (busy: later) y 3 más',
    ],
    ['2 done, 1 refused', 'hechos: 2, rechazados: 1'],
    ['stage 2 is over: 3 of 4 done and well, 1 away', 'la etapa 2 ha terminado: 3 de 4 hechos y bien, 1 ausentes'],
    ['it was offline until the time was over', 'estuvo sin conexión hasta que acabó el plazo'],
    ['it is offline, 4 min by now', 'está sin conexión, ya 4 min'],
  ] as const)
    assert.is(spanish(said), expected);
});

test.run();
