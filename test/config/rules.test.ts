import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../src/config/load.js';
import { ConfigError } from '../../src/foundation/errors.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('rules');
writeFileSync(join(folder, 'x.pem'), 'x');

function problemsOf(flags: Record<string, unknown>, env: NodeJS.ProcessEnv = {}): readonly string[] {
  try {
    loadConfig({ env, flags: { board: 'none', ...flags } });
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).problems.map((problem) => problem.replace(/ \((flag|EDGE_)[^()]*\)/g, ''));
  }
  return [];
}

const camera = { id: 'a', url: 'x.mp4' };

test('two cameras cannot share an id', () => {
  assert.equal(problemsOf({ cameras: [camera, { ...camera, id: 'b' }, camera] }), [
    'cameras.0.id and cameras.2.id: expected different ids, got "a" twice',
  ]);
});

test('what a camera of this kind would pass over without a word is refused', () => {
  const cameras = [
    { id: 'sim', url: 'sim://road', aspect: '16:9' },
    { id: 'folder', url: 'images:shots', filters: 'yadif', aspect: 1.5 },
    { id: 'shot', url: 'http://192.0.2.1/x.jpg', kind: 'snapshot', rtspTransport: 'udp' },
    { id: 'auto', url: 'http://192.0.2.1/x', filters: 'yadif', rtspTransport: 'udp', aspect: '4:3' },
  ];
  assert.equal(problemsOf({ cameras }), [
    'cameras.0.aspect and cameras.0.url: expected a real camera for aspect, got sim://',
    'cameras.1.filters and cameras.1.url: expected a camera that ffmpeg reads for filters, got images:',
    'cameras.2.rtspTransport and cameras.2.url: expected a camera that ffmpeg reads for rtspTransport, got kind snapshot',
  ]);
});

const gate = { id: 'gate', from: [0.1, 0.5], to: [0.9, 0.5] };
const square = [
  [0, 0],
  [1, 0],
  [1, 1],
];

test('two lines or two zones of a camera cannot share an id', () => {
  const zone = { id: 'gate', polygon: square };
  const lines = [gate, { ...gate, to: [0.9, 0.6] }];
  assert.equal(problemsOf({ cameras: [{ ...camera, lines, zones: [zone] }] }), [
    'cameras.0.lines.0.id and cameras.0.lines.1.id: expected different ids, got "gate" twice',
  ]);
  assert.equal(problemsOf({ cameras: [{ ...camera, zones: [zone, { ...zone, id: 'b' }, zone] }] }), [
    'cameras.0.zones.0.id and cameras.0.zones.2.id: expected different ids, got "gate" twice',
  ]);
});

test('cameras may use the same ids, and a line the id of a zone', () => {
  const zones = [{ id: 'gate', polygon: square }];
  const cameras = ['a', 'b'].map((id) => ({ ...camera, id, lines: [gate], zones }));
  assert.equal(problemsOf({ cameras }), []);
});

test('a line has two ends', () => {
  assert.equal(problemsOf({ cameras: [{ ...camera, lines: [{ ...gate, to: gate.from }] }] }), [
    'cameras.0.lines.0.from and cameras.0.lines.0.to: expected two different ends, got [0.1, 0.5] twice',
  ]);
});

test('the two directions over a line have different names', () => {
  assert.equal(problemsOf({ cameras: [{ ...camera, lines: [{ ...gate, left: 'right' }] }] }), [
    'cameras.0.lines.0.left and cameras.0.lines.0.right: expected different names, got "right" twice',
  ]);
});

test('zones and masks enclose an area', () => {
  const flat = [
    [0, 0],
    [0.3, 0.3],
    [0.9, 0.9],
  ];
  const bowTie = [
    [0, 0],
    [1, 1],
    [1, 0],
    [0, 1],
  ];
  const zones = [{ id: 'a', polygon: flat }];
  assert.equal(problemsOf({ cameras: [{ ...camera, zones, masks: [square, bowTie, flat] }] }), [
    'cameras.0.zones.0.polygon: expected corners that enclose an area, got corners on one line',
    'cameras.0.masks.2: expected corners that enclose an area, got corners on one line',
  ]);
});

test('the rules about shapes keep silent about corners that are wrong in themselves', () => {
  assert.is(problemsOf({ cameras: [{ ...camera, lines: [{ ...gate, from: [0.1, 2] }] }] }).length, 1);
  assert.is(problemsOf({ cameras: [{ ...camera, zones: [{ id: 'a', polygon: [[0, 0], [1]] }] }] }).length > 0, true);
});

test("a camera's kind and address must fit", () => {
  assert.equal(problemsOf({ cameras: [{ id: 'a', url: 'rtsp://u:p@x', kind: 'mjpeg' }] }), [
    'cameras.0.kind and cameras.0.url: expected http:// or https:// for kind mjpeg, got "rtsp://***@x"',
  ]);
  assert.equal(problemsOf({ cameras: [{ id: 'a', url: 'sim://road', kind: 'ffmpeg' }] }), [
    'cameras.0.kind and cameras.0.url: expected an address that ffmpeg reads, got "sim://road"',
  ]);
});

test('an address of an unknown form is refused, unless ffmpeg is told to read it', () => {
  assert.equal(problemsOf({ cameras: [{ id: 'a', url: 'rstp://x' }] }), [
    'cameras.0.url: expected rtsp://, http://, sim://, images:DIR, a file or the like, got "rstp://x"; did you mean rtsp://?',
  ]);
  assert.equal(problemsOf({ cameras: [{ id: 'a', url: 'v4l2:///dev/video0' }] }), [
    'cameras.0.url: expected rtsp://, http://, sim://, images:DIR, a file or the like, got "v4l2:///dev/video0"; write the device alone: /dev/video0',
  ]);
  assert.equal(problemsOf({ cameras: [{ id: 'a', url: 'gopher://x', kind: 'ffmpeg' }] }), []);
  assert.equal(
    problemsOf({
      cameras: [
        { id: 'a', url: 'images:dir' },
        { id: 'b', url: '/dev/video0' },
      ],
    }),
    [],
  );
});

test('a camera may be slower than the stall timeout', () => {
  assert.equal(problemsOf({ cameras: [{ ...camera, maxFps: 1 / 60 }] }), []);
  assert.equal(problemsOf({ cameras: [{ ...camera, expectedFps: 1 / 60 }] }), []);
});

test('the longest pause is not shorter than the first', () => {
  assert.equal(problemsOf({ 'capture.backoffInitialMs': 40_000 }), [
    'capture.backoffMaxMs and capture.backoffInitialMs: expected capture.backoffMaxMs at least 40000, got 30000',
  ]);
  assert.equal(problemsOf({ 'mqtt.reconnectMaxMs': 500 }), [
    'mqtt.reconnectMaxMs and mqtt.reconnectMinMs: expected mqtt.reconnectMaxMs at least 1000, got 500',
  ]);
});

test('the address of a broker has a host and a port that exists', () => {
  for (const broker of ['mqtt://u:geheim@host:99999', 'mqtts://:8883', 'ws://']) {
    const [problem, more] = problemsOf({ 'mqtt.broker': broker });
    assert.match(problem ?? '', /^mqtt\.broker: expected /);
    assert.not.match(problem ?? '', 'geheim');
    assert.is(more, undefined);
  }
  assert.equal(problemsOf({ 'mqtt.broker': 'wss://[::1]:443/mqtt' }), []);
});

test('a detector is a command or a socket, not both', () => {
  assert.equal(problemsOf({ 'detector.command': ['a'], 'detector.socket': '/run/x' }), [
    'detector.command and detector.socket: expected one of them, got both',
  ]);
});

test('a path too long for a Unix socket is refused', () => {
  assert.equal(problemsOf({ 'detector.socket': `/${'x'.repeat(107)}` }), [
    'detector.socket: expected a path of at most 107 bytes, got 108',
  ]);
});

test('a client certificate and its key come together', () => {
  const file = join(folder, 'x.pem');
  assert.equal(problemsOf({ 'mqtt.certFile': file }), [
    'mqtt.certFile and mqtt.keyFile: expected both or neither, got only mqtt.certFile',
  ]);
  assert.equal(problemsOf({ 'mqtt.keyFile': file }), [
    'mqtt.keyFile and mqtt.certFile: expected both or neither, got only mqtt.keyFile',
  ]);
});

test('certificates without encryption are a mistake', () => {
  assert.equal(problemsOf({ 'mqtt.caFile': join(folder, 'x.pem'), 'mqtt.broker': 'mqtt://u:p@x' }), [
    'mqtt.caFile and mqtt.broker: expected mqtts:// or wss:// with certificates, got "mqtt://***@x"',
  ]);
});

test('a password needs a user name', () => {
  const env = { EDGE_MQTT_PASSWORD: 'hunter2' };
  assert.equal(problemsOf({}, env), [
    'mqtt.password and mqtt.username: expected a user name with the password, got only a password',
  ]);
  assert.equal(problemsOf({ 'mqtt.broker': 'mqtts://user@x' }, env), []);
});

test('the HTTP server listens beyond loopback only with a token', () => {
  assert.equal(problemsOf({ 'http.host': '0.0.0.0' }), [
    'http.host and http.token: expected a token from EDGE_HTTP_TOKEN or http.tokenFile beyond loopback, got host 0.0.0.0 and no token',
  ]);
  assert.equal(problemsOf({ 'http.host': '0.0.0.0' }, { EDGE_HTTP_TOKEN: '0123456789abcdef' }), []);
  assert.equal(problemsOf({ 'http.host': '0.0.0.0', 'http.enabled': false }), []);
  assert.equal(problemsOf({ 'http.host': '127.0.0.2' }), []);
});

test('one port cannot serve both HTTP and MQTT', () => {
  assert.equal(problemsOf({ 'http.port': 1883, 'mqtt.broker': 'embedded' }), [
    'http.port and mqtt.embeddedPort: expected different ports, got 1883 for both',
  ]);
  assert.equal(problemsOf({ 'http.port': 0, 'mqtt.embeddedPort': 0, 'mqtt.broker': 'embedded' }), []);
});

test('previews of several cameras need different names', () => {
  const cameras = [camera, { ...camera, id: 'b' }];
  assert.equal(problemsOf({ cameras, 'preview.file': 'p.jpg' }), [
    'preview.file and cameras: expected {camera} in the name, got "p.jpg" for 2 cameras',
  ]);
});

test('evidence needs what it takes to be sent where it is to go', () => {
  const problems = (values: Record<string, unknown>) => problemsOf(values).map((text) => text.split(':')[0]);
  assert.equal(problems({ 'evidence.push.to': 'http' }), ['evidence.push.url']);
  assert.equal(problems({ 'evidence.push.to': 's3', 'evidence.push.url': 'https://s3.example.org' }), [
    'evidence.push.bucket',
    'evidence.push.accessKeyId',
    'evidence.push.secret',
  ]);
  assert.equal(problems({ 'evidence.push.to': 'mqtt', 'mqtt.broker': 'off' }), ['evidence.push.to and mqtt.broker']);
  assert.equal(problems({ 'evidence.push.to': 'http', 'evidence.push.url': 'http://192.0.2.7/in' }), []);
});

test('a rule keeps silent about a value that is wrong in itself', () => {
  assert.equal(problemsOf({ 'capture.backoffInitialMs': 40_000, 'capture.backoffMaxMs': -1 }), [
    'capture.backoffMaxMs: expected a whole number from 100 to 600000 ms, got -1',
  ]);
});

test('a broker is off, embedded or an address', () => {
  assert.equal(problemsOf({ 'mqtt.broker': 'localhost' }), [
    'mqtt.broker: expected off, embedded, or an address that begins with mqtt://, mqtts://, ws:// or wss://, got "localhost"',
  ]);
});

test('an address whose password cannot be told from its path is refused with what to write instead, and not repeated', () => {
  const expected = 'expected a user name and password that can be told from the path';
  for (const [url, advice] of [
    ['rtsp://admin:12345#abc@host/cam', '# as %23 before the last @'],
    ['srt://admin:12345/abc@host/cam', '/ as %2F before the last @; an @ of the path itself as %40'],
    [
      'rtsps://u:p@ss#%/w:rd@host/x',
      '# as %23, % as %25, / as %2F, @ as %40 before the last @; an @ of the path itself as %40',
    ],
    ['http://u:my pass?@host/x', 'a blank as %20, ? as %3F before the last @'],
  ]) {
    assert.equal(problemsOf({ cameras: [{ id: 'a', url, kind: 'ffmpeg' }] }), [
      `cameras.0.url: ${expected}: write ${advice}`,
    ]);
  }
  assert.equal(problemsOf({ mqtt: { broker: 'mqtts://u:12#3@broker' } }), [
    `mqtt.broker: ${expected}: write # as %23 before the last @`,
  ]);
});

test('an address without its scheme is refused before it is taken for a file', () => {
  assert.equal(problemsOf({ cameras: [{ id: 'a', url: 'admin:hunter2@192.0.2.1/cam' }] }), [
    'cameras.0.url: expected rtsp:// or http:// before user name and password, got neither',
  ]);
  assert.equal(problemsOf({ cameras: [{ id: 'a', url: '192.0.2.1:8554/cam' }] }), [
    'cameras.0.url: expected rtsp:// or http:// before 192.0.2.1:8554/cam',
  ]);
});

test('what a camera is to prove by its certificate is said once, and of an encrypted address', () => {
  const tlsFingerprint = 'AB'.repeat(32);
  const secure = { id: 'a', url: 'rtsps://192.0.2.1/1' };
  assert.equal(problemsOf({ cameras: [{ ...secure, tlsFingerprint, tlsVerify: false }] }), [
    'cameras.0.tlsFingerprint and cameras.0.tlsVerify: expected one of them, got 2',
  ]);
  assert.equal(problemsOf({ cameras: [{ ...camera, url: 'rtsp://192.0.2.1/1', tlsVerify: false }] }), [
    'cameras.0.tlsVerify and cameras.0.url: expected rtsps:// or https:// with a certificate, got "rtsp://192.0.2.1/1"',
  ]);
  assert.equal(problemsOf({ cameras: [{ ...secure, tlsFingerprint: 'AB:CD' }] }), [
    'cameras.0.tlsFingerprint: expected the 64 hex digits of a SHA-256 fingerprint, got "AB:CD"',
  ]);
  assert.equal(
    problemsOf({
      cameras: [
        { ...secure, tlsFingerprint },
        { ...secure, id: 'b', tlsVerify: true },
      ],
    }),
    [],
  );
});

test('pools have different names and one program each, and what the plain keys would run is refused beside them', () => {
  const pools = [
    { name: 'npu', command: ['a'], socket: '/run/b.sock' },
    { name: 'npu', providers: ['cpu'] },
  ];
  assert.equal(problemsOf({ detector: { command: ['worker'], pools } }), [
    'detector.pools.0.command and detector.pools.0.socket: expected one of them, got both',
    'detector.pools.0.name and detector.pools.1.name: expected different names, got "npu" twice',
    'detector.command and detector.pools: expected it in the pool that it is of, got both',
  ]);
});

test('an infraction rule names a line, a zone and a direction that there are, in the words of its offence', () => {
  const zone = {
    id: 'bus-stop',
    polygon: [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
  };
  const gate = { id: 'gate', from: [0, 0.5], to: [1, 0.5], left: 'out', right: 'in' };
  const told = (...rules: object[]) => problemsOf({ cameras: [{ ...camera, lines: [gate], zones: [zone], rules }] });
  assert.equal(
    told(
      { id: 'a', offence: 'wrong-way', line: 'gate', direction: 'in', classes: ['car'], during: '07:00-19:00 mon-fri' },
      { id: 'b', offence: 'no-stopping', zone: 'bus-stop', longerThanS: 20, except: ['bus'] },
      { id: 'c', offence: 'class-lane', zone: 'bus-stop', except: ['bus'] },
      { id: 'd', offence: 'u-turn' },
      { id: 'e', offence: 'red-light', line: 'gate', direction: 'out', signal: 'north', yellowAfterMs: 2000 },
    ),
    [],
  );
  const at = 'cameras.0.rules.0';
  const cases: [object, string][] = [
    [
      { id: 'a', offence: 'wrong-way', line: 'gat', direction: 'in' },
      `${at}.line: expected one of the ids in cameras.0.lines, got "gat", did you mean gate?`,
    ],
    [
      { id: 'a', offence: 'wrong-way', line: 'gate', direction: 'inn' },
      `${at}.direction: expected out or in, as cameras.0.lines.0 names its sides, got "inn", did you mean in?`,
    ],
    [{ id: 'a', offence: 'no-stopping' }, `${at}.zone and ${at}.offence: expected a zone for no-stopping, got none`],
    [
      { id: 'a', offence: 'u-turn', signal: 'north' },
      `${at}.signal and ${at}.offence: expected no signal for u-turn; it has zone, turnDeg`,
    ],
    [
      { id: 'a', offence: 'u-turn', classes: ['car'], except: ['bus'] },
      `${at}.classes and ${at}.except: expected one of them, got both`,
    ],
    [
      { id: 'a', offence: 'class-lane', zone: 'bus-stop' },
      `${at}.classes and ${at}.offence: expected the classes that may not be in the lane, or those that may as except, got neither`,
    ],
  ];
  for (const [rule, problem] of cases) assert.equal(told(rule), [problem]);
  assert.match(
    told({ id: 'a', offence: 'u-turn', during: 'mornings' })[0]!,
    'cameras.0.rules.0.during: expected hours as 07:00-19:00',
  );
  assert.equal(told({ id: 'a', offence: 'u-turn' }, { id: 'a', offence: 'u-turn' }), [
    'cameras.0.rules.0.id and cameras.0.rules.1.id: expected different ids, got "a" twice',
  ]);
});

test.run();
