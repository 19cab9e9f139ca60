import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from '../../src/diagnose/finding.js';
import { STORE_MIGRATIONS } from '../../src/diagnose/known-schemas.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import { freePort } from '../harness/free-port.js';
import { crashingLibrary, ownBinding } from './binding.js';
import { silentServer, strictBroker, webServer } from './servers.js';
import type { Site } from './site.js';

/** One thing that is wrong. */
export interface Fault {
  readonly name: string;
  /** The finding that is to be there. */
  readonly code: Finding['code'];
  plant(site: Site): void | Promise<void>;
}

/** The machine that is looked at has these files, and no others. */
function machine(site: Site, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = site.path('root', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  site.args.push('--root', site.path('root'));
}

const SYSTEM: readonly Fault[] = [
  {
    name: 'no time server answers',
    code: 'clock-not-synchronised',
    plant: (site) => machine(site, { 'run/systemd/timesync/note': '' }),
  },
  {
    name: 'the battery of the clock is empty',
    code: 'clock-battery',
    plant: (site) =>
      machine(site, { 'run/systemd/timesync/synchronized': '', 'sys/class/rtc/rtc0/since_epoch': '86400\n' }),
  },
  {
    name: 'memory is nearly full',
    code: 'memory-low',
    plant: (site) =>
      machine(site, { 'proc/meminfo': 'MemTotal: 4000000 kB\nMemFree: 20000 kB\nMemAvailable: 60000 kB\n' }),
  },
  {
    name: 'the time zone is not there',
    code: 'time-zone-dangling',
    plant: (site) => {
      machine(site, { 'etc/hostname': 'cabinet\n' });
      symlinkSync('/usr/share/zoneinfo/Europe/Atlantis', site.path('root', 'etc/localtime'));
    },
  },
];

/** The site wants this of the detector. */
const detectorWith = (site: Site, detector: Readonly<Record<string, unknown>>): void => {
  site.config['detector'] = detector;
};

const CUDA = { providers: ['cuda', 'cpu'] };
/** Number of the group of video devices on Debian. */
const VIDEO = 44;
/** A graphics card of NVIDIA's in its slot. */
const CARD = {
  'sys/bus/pci/devices/0000:01:00.0/vendor': '0x10de\n',
  'sys/bus/pci/devices/0000:01:00.0/class': '0x030000\n',
};
/** Its driver with two of its nodes, for root and a group alone. */
const DRIVER = {
  'proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  Tue Sep 23\n',
  'dev/nvidia0': '',
  'dev/nvidiactl': '',
};

const ACCELERATOR: readonly Fault[] = [
  {
    name: 'the graphics card has no driver',
    code: 'nvidia-driver-missing',
    plant: (site) => {
      detectorWith(site, CUDA);
      machine(site, CARD);
    },
  },
  {
    name: 'the graphics card was taken out',
    code: 'accelerator-absent',
    plant: (site) => {
      detectorWith(site, CUDA);
      machine(site, { 'sys/bus/pci/devices/0000:00:00.0/class': '0x060000\n' });
    },
  },
  {
    name: 'a node of the graphics card is not there',
    code: 'nvidia-node-missing',
    plant: (site) => {
      detectorWith(site, CUDA);
      machine(site, { ...CARD, ...DRIVER });
    },
  },
  {
    name: 'the user of the service may not use the graphics card',
    code: 'device-refused',
    plant: (site) => {
      detectorWith(site, CUDA);
      machine(site, {
        ...CARD,
        ...DRIVER,
        'dev/nvidia-uvm': '',
        'etc/passwd': 'edge-optimizer:x:4998:4998::/var/lib/edge-optimizer:/usr/sbin/nologin\n',
      });
      for (const node of ['nvidia0', 'nvidiactl', 'nvidia-uvm']) {
        chmodSync(site.path('root/dev', node), 0o660);
        // root's own group is none that a user is put in
        if (process.getuid?.() === 0) chownSync(site.path('root/dev', node), 0, VIDEO);
      }
    },
  },
  {
    name: "the provider's part of ONNX Runtime is not there",
    code: 'provider-part-missing',
    plant: (site) => {
      detectorWith(site, { ...CUDA, binding: ownBinding(site) });
      machine(site, {});
    },
  },
  {
    name: 'the library of the provider crashes',
    code: 'provider-crashes',
    plant: (site) => {
      const binding = ownBinding(site);
      crashingLibrary(site, binding, 'libonnxruntime_providers_shared.so');
      detectorWith(site, { ...CUDA, binding });
      machine(site, {});
    },
  },
  {
    name: 'the card of a Jetson is in a Raspberry Pi',
    code: 'board-other',
    plant: (site) => {
      site.config['board'] = 'jetson-orin-nano';
      machine(site, { 'proc/cpuinfo': 'Model\t\t: Raspberry Pi 5 Model B Rev 1.0\n' });
    },
  },
];

/** Points the site at another broker. */
const brokerAt = (site: Site, url: string): void => {
  site.config.mqtt['broker'] = url;
};

const BROKER: readonly Fault[] = [
  {
    name: 'nobody listens at the broker',
    code: 'broker-port-closed',
    plant: async (site) => brokerAt(site, `mqtt://127.0.0.1:${await freePort()}`),
  },
  {
    name: "the broker's name is misspelt",
    code: 'broker-name-unknown',
    plant: (site) => brokerAt(site, 'mqtt://broker.invalid'),
  },
  {
    name: "the broker's port is a web server's",
    code: 'broker-is-web-server',
    plant: async (site) => brokerAt(site, `mqtt://127.0.0.1:${await webServer(site, 404)}`),
  },
  {
    name: 'the broker hangs',
    code: 'broker-silent',
    plant: async (site) => brokerAt(site, `mqtt://127.0.0.1:${await silentServer(site)}`),
  },
  {
    name: 'the broker does not speak TLS',
    code: 'broker-without-tls',
    plant: (site) => brokerAt(site, String(site.config.mqtt['broker']).replace('mqtt://', 'mqtts://')),
  },
  {
    name: "the broker's password is wrong",
    code: 'broker-password-wrong',
    plant: async (site) => {
      brokerAt(site, `mqtt://127.0.0.1:${await strictBroker(site, 'everybody')}`);
      site.config.mqtt['username'] = 'cabinet-1';
      site.env['EDGE_MQTT_PASSWORD'] = 'not the one';
    },
  },
];

/** Points the one camera at another address. */
const cameraAt = (site: Site, url: string): void => {
  Object.assign(site.config.cameras[0] ?? {}, { url });
};

/** A camera that answers every request alike. */
const webCamera = (
  name: string,
  code: Fault['code'],
  status: number,
  headers: Readonly<Record<string, string>> = {},
  login = '',
): Fault => ({
  name,
  code,
  plant: async (site) =>
    cameraAt(site, `http://${login}127.0.0.1:${await webServer(site, status, headers, 'no picture')}/north.jpg`),
});
const WANTS_LOGIN = { 'www-authenticate': 'Basic realm="camera"' };

const CAMERAS: readonly Fault[] = [
  { name: 'no camera is configured', code: 'cameras-none', plant: (site) => void site.config.cameras.pop() },
  {
    name: 'nothing listens at the camera',
    code: 'camera-refused',
    plant: async (site) => cameraAt(site, `rtsp://127.0.0.1:${await freePort()}/stream1`),
  },
  {
    name: "the camera's name is misspelt",
    code: 'camera-name-unresolved',
    plant: (site) => cameraAt(site, 'rtsp://camera.invalid/stream1'),
  },
  {
    name: 'the camera hangs',
    code: 'camera-mute',
    plant: async (site) => cameraAt(site, `rtsp://127.0.0.1:${await silentServer(site)}/stream1`),
  },
  {
    name: 'a web server is where the stream should be',
    code: 'camera-no-rtsp',
    plant: async (site) => cameraAt(site, `rtsp://127.0.0.1:${await webServer(site, 404)}/stream1`),
  },
  {
    name: 'the video device is not plugged in',
    code: 'camera-device-missing',
    plant: (site) => cameraAt(site, '/dev/video97'),
  },
  webCamera('the camera wants a password', 'camera-login-missing', 401, WANTS_LOGIN),
  webCamera("the camera's password is wrong", 'camera-login-wrong', 401, WANTS_LOGIN, 'user:wrong@'),
  webCamera("the camera's user may not see it", 'camera-forbidden', 403),
  webCamera('the picture has another path', 'camera-path-unknown', 404),
  webCamera('the camera is overloaded', 'camera-overloaded', 503),
  webCamera('the address is a page', 'camera-content', 200, { 'content-type': 'text/html' }),
];

const STORE_AND_MODELS: readonly Fault[] = [
  {
    name: 'a database is damaged',
    code: 'database-damaged',
    plant: (site) => writeFileSync(site.path('store', 'history.db'), 'SQLite format 3\0'.padEnd(8192, 'x')),
  },
  {
    name: 'an index of a database is lost',
    code: 'queries-without-index',
    plant: (site) => {
      const file = site.path('store', 'history.db');
      const database = openDatabase({ file, migrations: STORE_MIGRATIONS['history.db'] ?? [], log: silentLog });
      database.prepare('DROP INDEX traffic_by_start').run();
      database.close();
    },
  },
  {
    name: 'everybody may write into the store',
    code: 'store-writable-by-all',
    plant: (site) => chmodSync(site.path('store'), 0o777),
  },
  {
    name: 'the model is not there',
    code: 'model-missing',
    plant: (site) => {
      site.config['model'] = { name: 'roadside-x' };
    },
  },
  {
    name: "a model's file was cut short",
    code: 'model-file-wrong',
    plant: (site) => {
      const models = site.path('models');
      cpSync(join(PROJECT_ROOT, 'models'), models, { recursive: true });
      const folder = join(models, 'roadside-n');
      for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx')))
        truncateSync(join(folder, file), 1000);
      site.config['model'] = { name: 'roadside-n', dir: models };
    },
  },
  {
    name: 'the configuration has a misspelt key',
    code: 'configuration-unusable',
    plant: (site) => {
      site.config['modell'] = { name: 'roadside-n' };
    },
  },
];

const OTHER_BROKERS: readonly Fault[] = [
  {
    name: 'the broker lets nobody publish',
    code: 'broker-write-ended',
    plant: async (site) => brokerAt(site, `mqtt://127.0.0.1:${await strictBroker(site, 'publishing')}`),
  },
  {
    name: 'the broker lets nobody subscribe',
    code: 'broker-read-refused',
    plant: async (site) => brokerAt(site, `mqtt://127.0.0.1:${await strictBroker(site, 'subscribing')}`),
  },
];

export const FAULTS: readonly Fault[] = [
  ...SYSTEM,
  ...STORE_AND_MODELS,
  ...ACCELERATOR,
  ...CAMERAS,
  ...BROKER,
  ...OTHER_BROKERS,
];
