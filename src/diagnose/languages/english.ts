import type { FindingText } from './text.js';

/** Words of tables and headings. */
const words = {
  system: 'System',
  storage: 'Storage',
  accelerator: 'Accelerator',
  models: 'Models',
  detector: 'Detector',
  cameras: 'Cameras',
  broker: 'Broker',
  network: 'Network',
  service: 'Service',
  accuracy: 'Accuracy',

  fine: 'fine',
  unknown: 'not known',
  degraded: 'degraded',
  broken: 'broken',

  seen: 'seen',
  means: 'means',
  remedy: 'do',
};

const system = {
  'node-fine': { what: 'Node {version}, {libc}, {arch}', seen: 'process.version' },
  'node-too-old': {
    what: 'Node {version} is older than {wanted}',
    seen: 'process.version',
    means: 'The program may fail at any time: it is tested with newer ones only.',
    remedy: 'Install Node {wanted} or newer (docs/deployment.md, step 1), then: systemctl restart edge-optimizer',
  },
} satisfies Record<string, FindingText>;

const storage = {} satisfies Record<string, FindingText>;

const accelerator = {} satisfies Record<string, FindingText>;

const models = {} satisfies Record<string, FindingText>;

const detector = {} satisfies Record<string, FindingText>;

const cameras = {} satisfies Record<string, FindingText>;

const broker = {} satisfies Record<string, FindingText>;

const network = {} satisfies Record<string, FindingText>;

const service = {} satisfies Record<string, FindingText>;

const accuracy = {} satisfies Record<string, FindingText>;

/** Of the checks themselves. */
const checks = {
  'check-late': {
    what: 'The check {check} took longer than {seconds} s',
    seen: 'its deadline',
    means: 'Nothing is known of it; what it looks at hangs or the machine is very busy.',
    remedy: 'Try it alone: edge-optimizer diagnose --only {ground}',
  },
  'check-failed': {
    what: 'The check {check} failed: {reason}',
    seen: 'its error',
    means: 'Nothing is known of it.',
    remedy: 'Send the file of edge-optimizer diagnose --bundle FILE.tar.gz to whoever looks after the program.',
  },
} satisfies Record<string, FindingText>;

export const english = {
  name: 'English',
  words,
  findings: {
    ...system,
    ...storage,
    ...accelerator,
    ...models,
    ...detector,
    ...cameras,
    ...broker,
    ...network,
    ...service,
    ...accuracy,
    ...checks,
  },
};
