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

/** What `aim` says. */
const aim = {
  noPicture: 'No picture yet.',
  fps: 'frames/s',
  focus: 'Focus',
  ofBest: 'of the best so far',
  noTexture: 'nothing to focus on',
  exposure: 'Light',
  black: 'black',
  white: 'white',
  vehicles: 'Vehicles',
  now: 'now',
  perMinute: 'a minute',
  smallest: 'Smallest',
  surely: 'is surely found (the square in the corner)',
  soFar: 'is the smallest so far',
  tooDark: 'Too dark: open the iris, lengthen the exposure or switch the infrared light on.',
  tooBright: 'Too bright: close the iris, shorten the exposure, or turn the camera away from the light.',
  covered: 'Nothing can be made out: take the cap off, clean the glass, see whether something stands before it.',
  pastBest: 'It was sharper before: turn the focus back.',
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
  aim,
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
