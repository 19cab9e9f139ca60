import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../src/config/load.js';
import type { ConfigError } from '../../src/foundation/errors.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { THRESHOLDS } from '../../src/telemetry/alerts/thresholds.js';
import { DROP_CAUSES } from '../../src/telemetry/metrics/camera-metrics.js';
import { temporaryFolder } from '../temporary.js';

const APP = join(PROJECT_ROOT, 'src/dashboard/app');
const SOURCE = join(PROJECT_ROOT, 'src');
const TUNE = join(SOURCE, 'tune');

/** What a file of the pages exports; it imports nothing but types. */
async function exportsOf<Exports>(name: string): Promise<Exports> {
  const { outputText } = ts.transpileModule(readFileSync(join(APP, name), 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  return (await import(`data:text/javascript,${encodeURIComponent(outputText)}`)) as Exports;
}

type Phrases = readonly (readonly [string, string])[];
const { translator } = await exportsOf<{
  translator: (phrases: Phrases, write: (value: number, digits: number) => string) => (text: string) => string;
}>('words/phrases.ts');
const { tuningPhrases } = await exportsOf<{ tuningPhrases: Phrases }>('words/tuning-phrases.ts');
const { alertPhrases } = await exportsOf<{ alertPhrases: Phrases }>('words/alert-phrases.ts');
const { cameraPhrases } = await exportsOf<{ cameraPhrases: Phrases }>('words/camera-phrases.ts');
const { refusalPhrases } = await exportsOf<{ refusalPhrases: Phrases }>('words/refusal-phrases.ts');
const allPhrases = [...refusalPhrases, ...cameraPhrases, ...alertPhrases, ...tuningPhrases];
const spanish = translator(allPhrases, (value, digits) => value.toFixed(digits).replace('.', ','));

/** Where the tuning says why: what these properties and variables hold, and what these functions answer. */
const SAYS = /^(reason|why|said|word|found|sample|taken|known)$/;
const WRITES =
  /^(inWords|excessInWords|memoryInWords|intervalInWords|settingInWords|changeInWords|errors|lateness|accuracy|heat|memory|leak|unrestOf|interruption|obstacle|restObstacle)$/;
/** What is asked for and told elsewhere than on the pages. */
const APART = /(library|report|own-optimization|metrics|alerts)\.ts$/;
/** Where alerts say what is the matter, and what to do. */
const ALERTS = /^(message|matter|remedy|seen|lane|upstream|camera|everywhere|crowd)$/;
const ALERT_SENTENCES = /^(sentence|everywhereSentence|hourWords)$/;

/** Sentences of a file that tell why, `«0»` for each value. @param says properties and variables @param writes functions */
function sentencesOf(file: string, says = SAYS, writes = WRITES): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node, isSaid: boolean): void => {
    const name = 'name' in node && node.name !== undefined ? (node.name as ts.Node).getText(source) : '';
    const isNow =
      isSaid ||
      ((ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && says.test(name)) ||
      ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isGetAccessor(node)) && writes.test(name));
    if (isNow && ts.isTemplateExpression(node)) {
      const tails = node.templateSpans.map(({ literal }, index) => `«${index}»${literal.text}`);
      found.push(node.head.text + tails.join(''));
    } else if (isNow && ts.isStringLiteral(node) && node.text.split(' ').length > 2) found.push(node.text);
    ts.forEachChild(node, (child) => visit(child, isNow));
  };
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
  visit(source, false);
  // what may follow a sentence is no sentence
  return found
    .filter((text) => /[a-z]{2,} /.test(text) && !/^[ ,(]/.test(text))
    .map((text) => text.replace(/(?<=[a-z)])«\d»(?=:|$)|(?<=»)«\d»$/g, ''));
}

test('everything that the tuning gives as a reason is there in Spanish', () => {
  const files = readdirSync(TUNE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !APART.test(name))
    .map((name) => join(TUNE, name));
  const sentences = [...new Set(files.flatMap((file) => sentencesOf(file)))];
  assert.ok(sentences.length > 40, `${sentences.length} were found`);
  assert.equal(
    sentences.filter((text) => spanish(text) === text),
    [],
  );
});

test('everything that alerts of the program say is there in Spanish', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|\/)alerts\.ts$/.test(name) && !/^(cli|dashboard|diagnose)\//.test(name))
    .map((name) => join(SOURCE, name));
  const sentences = [...new Set(files.flatMap((file) => sentencesOf(file, ALERTS, ALERT_SENTENCES)))];
  assert.ok(sentences.length > 40, `${sentences.length} were found`);
  assert.equal(
    sentences.filter((text) => spanish(text) === text),
    [],
  );
});

test('every reason for which ffmpeg has no picture is there in Spanish, also with its own words behind it', () => {
  const said = sentencesOf(join(SOURCE, 'capture/ffmpeg-reason.ts'), /^(BY_STATUS|BY_WORDS|NO_VIDEO|MUTE)$/);
  assert.ok(said.length > 20, `${said.length} were found`);
  assert.equal(
    said.filter((text) => spanish(text) === text),
    [],
  );
  assert.is(
    spanish(
      'no usable pictures from gate (ffmpeg ended (exit code 1) reading rtsp://***@10.0.0.7:554/1: it does not answer: check its power, its cable and the network (Connection timed out)): check the camera, its power and its network',
    ),
    'no llegan imágenes útiles de gate (ffmpeg terminó (exit code 1) al leer rtsp://***@10.0.0.7:554/1: no responde: compruebe su alimentación, su cable y la red (Connection timed out)): compruebe la cámara, su alimentación y su red',
  );
});

test('why the tuning waits, and why a database is not looked at, is there in Spanish', () => {
  const said = [
    ...sentencesOf(join(SOURCE, 'runtime/tuning/device-tuning.ts'), /^trouble$/),
    ...sentencesOf(join(SOURCE, 'runtime/dashboard/examinations.ts'), /^adviceObstacle$/),
    ...sentencesOf(join(SOURCE, 'database/sqlite/watched-health.ts'), /^problem$/),
    ...sentencesOf(join(SOURCE, 'runtime/asked-work.ts'), /^failure$/),
  ];
  assert.ok(said.length >= 7, said.join('\n'));
  assert.equal(
    said.filter((text) => spanish(text) === text),
    [],
  );
});

test('what is seen in slow queries is there in Spanish', () => {
  const said = ['query-smell.ts', 'query-smells.ts'].flatMap((name) =>
    sentencesOf(join(SOURCE, 'database/monitor', name), /^seen$/),
  );
  assert.ok(said.length >= 10, `${said.length} were found`);
  assert.equal(
    said.filter((text) => spanish(text) === text),
    [],
  );
});

test('what the schema says of what is drawn is told in Spanish', () => {
  const camera = {
    id: 'north',
    url: 'sim://road',
    lines: [
      { id: 'a b', from: [0, 0], to: [0, 0] },
      { id: 'gate', from: [0, 0], to: [1, 2], left: 'out', right: 'out' },
      { id: 'gate', from: [0, 0], to: [1, 1] },
    ],
    zones: [
      { id: 'stop', polygon: [[0, 0], [1, 1]] },
      { id: 'lane', polygon: [[0, 0], [0.5, 0.5], [1, 1]] },
    ],
    rules: [{ id: 'r', offence: 'no-stopping', zone: 'stopp' }, { id: 's', offence: 'parking' }],
  }; // biome-ignore format: a shape in a line
  const file = join(temporaryFolder('phrases'), 'site.yaml');
  writeFileSync(file, JSON.stringify({ cameras: [camera] }));
  let problems: readonly string[] = [];
  try {
    loadConfig({ file, env: {} });
  } catch (error) {
    problems = (error as ConfigError).problems;
  }
  assert.ok(problems.length >= 7, problems.join('\n'));
  const left = problems
    .map(spanish)
    .filter((text) => /\b(expected|got|did you mean|unknown|twice|there are)\b/.test(text));
  assert.equal(left, []);
  assert.is(
    spanish('cameras.0.rules.0.zone: expected one of the ids in cameras.0.zones, got "stopp", did you mean stop?'),
    'cameras.0.rules.0.zone: se esperaba uno de los nombres de cameras.0.zones, hay "stopp"; ¿quería decir stop?',
  );
});

test('an alert that is made of several sentences is translated through and through', () => {
  assert.is(
    spanish(
      'the picture is black: north, south; by night the road is without light, and infrared or a lamp helps; by day look for a lens cap, a dead sensor, or an exposure set by hand',
    ),
    'la imagen está negra: north, south; de noche la calzada no tiene luz, y ayudan los infrarrojos o una lámpara; de día busque una tapa en la lente, un sensor muerto o una exposición fijada a mano',
  );
  assert.is(
    spanish(
      'north: far fewer vehicles than usual since 2026-11-27T08:00Z at gate (away): 3 in the last hour, 60 to 140 expected; mend the camera first, this may be no traffic at all',
    ),
    'north: muchos menos vehículos de lo habitual desde 2026-11-27T08:00Z en gate (away): 3 en la última hora, se esperaban de 60 a 140; arregle primero la cámara: puede que esto no sea cosa del tráfico',
  );
});

test('a reason that is made of others is translated through and through, its numbers too', () => {
  assert.is(
    spanish(
      'a further step followed: roadside-s int8 cpu 2 × 1 thread batch 1, inferred every 200 ms at most: p95 would be 410 ms of 300 ms with the workers 97 % busy (effective accuracy 0.624, 8 % busy, 50.1 °C)',
    ),
    'siguió otro paso: roadside-s int8 cpu 2 × 1 hilo, lote 1, se infiere cada 200 ms como mucho: el p95 sería de 410 ms de 300 ms con los procesos ocupados al 97 % (exactitud efectiva 0,624, ocupado al 8 %, 50,1 °C)',
  );
  assert.is(
    spanish('it harms: 12 % of the frames were late or dropped, 1.5 % before, p95 420 ms against 210 ms'),
    'perjudica: 12 % de los fotogramas llegaron tarde o se perdieron; antes, 1,5 %; p95 420 ms frente a 210 ms',
  );
});

test('what nobody wrote a phrase for stays as it is', () => {
  const strange = 'the moon is in the way of 10.0.0.7: Connection refused';
  assert.is(spanish(strange), strange);
});

test('the numbers of every limit are told in Spanish', () => {
  const readings = { poorCameras: ['north'], brokerProblem: { kind: 'refused', message: 'ECONNREFUSED' } };
  const said = THRESHOLDS.map(({ message }) => message(0.5, 1, readings as never));
  assert.equal(
    said.filter((text) => spanish(text) === text),
    [],
  );
});

test('every cause for which a frame gets no answer has words in both languages', async () => {
  const read = (page: string): string => readFileSync(join(APP, 'pages', page, 'words.ts'), 'utf8');
  for (const page of ['now', 'performance']) {
    for (const cause of DROP_CAUSES) {
      const key = /^\w+$/.test(cause) ? cause : `'${cause}'`;
      assert.is(read(page).split(new RegExp(`^ +${key}:`, 'm')).length - 1, 2, `${page}: ${cause}`);
    }
  }
});

test.run();
