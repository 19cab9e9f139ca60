import { locateFfmpeg } from '../../../capture/ffmpeg-binary.js';
import { ffmpegDecoders } from '../../../capture/ffmpeg-decoders.js';
import type { CameraConfig } from '../../../config/config.js';
import type { Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';

/** How ffmpeg names what RTP names; what is not here, no ffmpeg takes out of RTP. */
const CODECS: readonly (readonly [RegExp, string])[] = [
  [/^H264$/, 'h264'],
  [/^(?:H265|HEVC)$/, 'hevc'],
  [/^JPEG$/, 'mjpeg'],
  [/^MP4V-ES$/, 'mpeg4'],
  [/^MPV$/, 'mpeg2video'],
  [/^VP8$/, 'vp8'],
  [/^VP9$/, 'vp9'],
  [/^AV1$/, 'av1'],
  [/^H261$/, 'h261'],
  [/^H263(?:-.*)?$/, 'h263'],
  [/^THEORA$/, 'theora'],
  [/^DV$/, 'dvvideo'],
  [/^RAW$/, 'rawvideo'],
  [/^JPEG2000$/, 'jpeg2000'],
];
/** Which hold a stream of any codec, or say nothing of it. */
const ANYTHING = /^(?:MP2T|MP2P|VND\.ONVIF.*|)$/;

/** What ffmpeg decodes, asked once a diagnosis. */
const decoders = new WeakMap<Patient, Promise<ReadonlySet<string> | null>>();

/** Whether a stream can be decoded here. @param codec as RTP names it, in upper case @returns what is wrong; null: nothing */
export async function codecFinding(
  { id, inputArgs }: Pick<CameraConfig, 'id' | 'inputArgs'>,
  codec: string,
  patient: Patient,
  signal: AbortSignal,
): Promise<Finding | null> {
  if (ANYTHING.test(codec)) return null;
  const [, name] = CODECS.find(([pattern]) => pattern.test(codec)) ?? [];
  if (name === undefined) return found('broken', 'camera-codec', { camera: id, codec }, id);
  const { ffmpeg } = patient.config.capture;
  const choice = { path: ffmpeg.path, env: patient.env };
  // who names a decoder of the board knows that it is there
  if ((inputArgs ?? ffmpeg.inputArgs).some((argument) => /^-(?:c|codec|vcodec)(?::v.*)?$/.test(argument))) return null;
  const asked = decoders.get(patient) ?? decodersOf(choice, signal);
  decoders.set(patient, asked);
  const known = await asked;
  if (known === null || known.has(name)) return null;
  return found('broken', 'camera-decoder-missing', { camera: id, codec, ffmpeg: locateFfmpeg(choice).path }, id);
}

/** null where it cannot be asked: that it does not run, whoever opens the camera tells. */
async function decodersOf(
  choice: Parameters<typeof locateFfmpeg>[0],
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  try {
    return await ffmpegDecoders(locateFfmpeg(choice).path, signal);
  } catch {
    return null;
  }
}
