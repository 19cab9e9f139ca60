import { z } from '../../foundation/validate.js';
import { flag, identifier, inputFile, int, real, text } from '../key-types.js';
import { evidenceKinds } from './evidence.js';
import { line, polygon, zone } from './geometry.js';
import { infractionRule } from './infraction-rule.js';
import { eventKinds } from './publish.js';

/** `16:9` or `1.78`, each number without a leading zero but for `0.…`. */
const RATIO = /^(?:0|[1-9]\d{0,4})(?:\.\d{1,6})?(?::[1-9]\d{0,4}(?:\.\d{1,6})?)?$/;
const [NARROWEST, WIDEST] = [0.2, 8];

function isShape(text: string): boolean {
  const [width, height = 1] = text.split(':').map(Number);
  const ratio = width! / height;
  return RATIO.test(text) && ratio >= NARROWEST && ratio <= WIDEST;
}

/** One of `cameras`. */
export const camera = z.strictObject({
  id: identifier({ description: 'Name of the camera in topics, metrics and results; unique on the device.' }),
  url: text({
    description:
      'Where frames come from: rtsp://, rtsps://, http(s)://….m3u8, a file, /dev/video*, images:DIR, an HTTP snapshot or MJPEG URL, or sim://road?seed=1&traffic=mixed. Put credentials in EDGE_CAMERA_<ID>_URL or urlFile instead.',
  }),
  urlFile: inputFile({
    description: 'File that holds the url, alone on its line: keeps camera passwords out of the configuration.',
  }).optional(),
  tenant: identifier({
    description: 'Which of `tenants` it is watched for; unset: the device itself.',
  }).optional(),
  kind: z
    .enum(['auto', 'ffmpeg', 'images', 'snapshot', 'mjpeg', 'simulator'])
    .default('auto')
    .meta({ description: 'How to read url; auto decides from its form (an HTTP URL is probed by its content type).' }),
  maxFps: real(0, 120, {
    unit: 'frames/s',
    description: 'Frames beyond this rate are left out at the source; 0 takes every frame.',
  }).default(0),
  expectedFps: real(0, 120, {
    unit: 'frames/s',
    description:
      'What the camera should deliver, for connectionQuality and for how long a slow one may be silent; 0 takes what the stream announces.',
  }).default(0),
  maxWidth: int(0, 7680, {
    unit: 'px',
    description: 'Wider pictures are scaled down to this width at the source; 0 takes capture.maxWidth.',
  }).default(0),
  aspect: z
    .union([
      real(NARROWEST, WIDEST, { description: 'Width / height.' }),
      z.string().refine(isShape, `expected width:height such as 16:9, from ${NARROWEST} to ${WIDEST}`),
    ])
    .optional()
    .meta({
      description:
        'Shape that the picture should have, as 16:9 or 1.78, for recorders that squeeze it and do not say so: it is stretched to that. Unset: what the stream says (ffmpeg), or as it is.',
    }),
  filters: text({
    description: 'ffmpeg video filters for this camera, before the scaling; replaces capture.ffmpeg.filters.',
  }).optional(),
  rtspTransport: z.enum(['tcp', 'udp']).optional().meta({
    description: 'How RTP travels for this camera; replaces capture.ffmpeg.rtspTransport.',
  }),
  inputArgs: z.array(z.string()).optional().meta({
    description:
      "ffmpeg arguments before -i for this camera; replaces capture.ffmpeg.inputArgs (e.g. ['-hwaccel', 'drm']).",
  }),
  tlsCaFile: inputFile({
    description:
      'https:// and rtsps://: certificates (PEM) of whoever signed the certificate of the camera, or that itself, instead of those that this machine knows.',
  }).optional(),
  tlsFingerprint: z
    .string()
    .regex(/^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i, 'expected the 64 hex digits of a SHA-256 fingerprint')
    .optional()
    .meta({
      description:
        'https:// and rtsps://: SHA-256 fingerprint of the one certificate that this camera may show, whatever its name and dates.',
    }),
  tlsVerify: flag({
    description: 'https:// and rtsps://: false takes any certificate, so anybody in between may read the password.',
  }).default(true),
  loop: flag({ description: 'Start a file again when it ends.' }).default(false),
  pace: z.enum(['auto', 'realtime', 'fast']).default('auto').meta({
    description:
      'Files and sim://: realtime plays at their own rate and drops what is late; fast waits for the detector and drops nothing. auto is realtime.',
  }),
  lines: z
    .array(line)
    .max(32)
    .default([])
    .meta({ description: 'Lines over which vehicles are counted, with their direction.' }),
  zones: z.array(zone).max(32).default([]).meta({ description: 'Areas whose vehicles are counted in and out.' }),
  rules: z.array(infractionRule).max(32).default([]).meta({
    description:
      'What vehicles may not do at these lines and zones; whoever does is told as an event of kind infraction.',
  }),
  events: eventKinds.optional().meta({
    description: 'Kinds of events that are published of this camera; unset: those of publish.events.',
  }),
  evidence: evidenceKinds.optional().meta({
    description: 'Kinds of events of this camera that evidence is kept of; unset: those of evidence.on.',
  }),
  privacyMasks: z.array(polygon).max(32).default([]).meta({
    description:
      'Areas, as [[[x, y], …], …] in shares of the picture, that are black in every picture that is kept, shown or sent: gardens, windows, pavements. Vehicles in them are still detected.',
  }),
  masks: z.array(polygon).max(32).default([]).meta({
    description:
      'Areas, as [[[x, y], …], …] in shares of the picture, whose change means nothing: overlay clocks, trees, water. Vehicles in them are still detected.',
  }),
});
