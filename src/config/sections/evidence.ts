import { z } from '../../foundation/validate.js';
import { inputFile, int, text } from '../key-types.js';

/** Kinds of events that evidence can be kept of. */
const EVIDENCE_KINDS = ['crossed', 'entered', 'exited', 'stopped', 'infraction'] as const;

/** Of a device or one of its cameras. */
export const evidenceKinds = z.array(z.enum(EVIDENCE_KINDS)).max(EVIDENCE_KINDS.length);

const push = z.strictObject({
  to: z.enum(['off', 'mqtt', 'http', 's3']).default('off').meta({
    description:
      'Where evidence is sent: nowhere, in messages to the broker, to a web server, or to storage that speaks S3. It stays on the device as well.',
  }),
  url: z
    .string()
    .regex(/^https?:\/\/[^\s?#]+$/, 'expected an address that begins with http:// or https://, without ? and #')
    .optional()
    .meta({
      description:
        'http: the address beneath which files are put. s3: the address of the storage, https://s3.eu-central-1.amazonaws.com or that of a server of your own.',
    }),
  method: z.enum(['PUT', 'POST']).default('PUT').meta({
    description:
      'http: PUT each file to its own address, or POST all of them to url, named by the header evidence-name.',
  }),
  bucket: text({ description: 's3: name of the bucket.' }).optional(),
  region: text({ description: 's3: region that requests are signed for; auto suits most servers.' }).default(
    'us-east-1',
  ),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9._/-]{0,200}$/, 'expected letters, digits and . _ / -')
    .default('')
    .meta({ description: 'What names begin with; site, device and chain follow.' }),
  accessKeyId: text({ description: 's3: id of the access key.' }).optional(),
  secretFile: inputFile({
    description:
      'http: file with the bearer token; s3: with the secret of the access key (or EDGE_EVIDENCE_PUSH_SECRET).',
  }).optional(),
  secret: text({
    description: 'From EDGE_EVIDENCE_PUSH_SECRET or secretFile only: refused in files and flags.',
    secret: true,
  }).optional(),
  tlsCaFile: inputFile({
    description:
      'https://: certificates (PEM) of whoever signed that of the server, instead of those that this machine knows.',
  }).optional(),
  timeoutMs: int(1000, 600_000, {
    unit: 'ms',
    description: 'Time allowed for one file, besides a second for each kB of it.',
  }).default(30_000),
  retryMaxMs: int(1000, 86_400_000, {
    unit: 'ms',
    description: 'Longest pause before what could not be sent is tried again; the first is a second, and each doubles.',
  }).default(300_000),
  maxKiB: int(8, 180, {
    unit: 'KiB',
    description: 'mqtt: what the pictures of a message may take; the crop goes first, then the whole picture.',
  }).default(120),
  dailyMiB: int(1, 100_000, {
    unit: 'MiB',
    description:
      'What all that is sent may take in a day, besides publish.dailyBytes: pictures are made smaller so that it lasts, and what has no room waits. Unset: 20 for mqtt, no bound for http and s3. Each tenant has as much.',
  }).optional(),
});

/** `evidence`: signed pictures of chosen events. */
export const evidence = z.strictObject({
  on: evidenceKinds.default([]).meta({
    description:
      'Kinds of events of which pictures and a signed record are kept: crossed, entered, exited, stopped, infraction. Empty: of none. Cameras may have a list of their own.',
  }),
  persons: z.enum(['blur', 'keep']).default('blur').meta({
    description:
      'blur: whoever the model finds on foot, on a bicycle or on a motorcycle is made unrecognisable before anything is written. keep: not.',
  }),
  path: text({
    description: 'Folder of the evidence; relative to the project folder. Unset: evidence in store.dir.',
  }).optional(),
  maxMiB: int(1, 1_048_576, {
    unit: 'MiB',
    description:
      'What all of it may take on the disk, evenly divided among the device and its tenants; the oldest goes first.',
  }).default(512),
  keepDays: int(1, 3650, { unit: 'd', description: 'How long it is kept; then it is removed for good.' }).default(30),
  waitMs: int(0, 10_000, {
    unit: 'ms',
    description: 'How long after an event a better picture of the vehicle is waited for.',
  }).default(1000),
  maxPerMinute: int(1, 600, {
    unit: 'records/min',
    description:
      'Records of one camera, on average; what goes beyond is left out and counted. Infractions are always kept.',
  }).default(30),
  quality: int(30, 100, { unit: '%', description: 'Best quality of the pictures, on the scale of JPEG.' }).default(85),
  formats: z
    .array(z.enum(['jpeg', 'webp', 'avif']))
    .min(1)
    .max(3)
    .default(['jpeg'])
    .meta({
      description:
        'What the pictures may be encoded as; of several the one that takes the fewest bytes. Every program shows jpeg; browsers show webp and avif as well.',
    }),
  push: push.prefault({}),
});
