import { MOST_SQUEEZED } from '../media/upright-size.js';
import type { FfmpegBinary } from './ffmpeg-binary.js';

/** What one ffmpeg child is asked to do. */
export interface FfmpegTask {
  /** URL, device or path, as ffmpeg understands it. */
  readonly url: string;
  readonly live: boolean;
  /** Files: play at their own rate instead of as fast as they are taken. */
  readonly realtime: boolean;
  /** Files: begin again at the end, for ever. */
  readonly loop: boolean;
  /** frames/s, 0 takes all */
  readonly maxFps: number;
  /** px */
  readonly maxWidth: number;
  /** Of the board or camera; come after ours, so theirs win. */
  readonly inputArgs: readonly string[];
  readonly rtspTransport: 'tcp' | 'udp';
  /** More filters, before the scaling. */
  readonly filters?: string | undefined;
  /** Width / height that the picture should have; unset: what the stream says of its pixels. */
  readonly aspect?: number | undefined;
}

/** The descriptor on which the pictures come: not stdout, where drivers print what they please. */
export const PICTURE_FD = 3;

/** The command line that makes ffmpeg write pictures in I420 to `PICTURE_FD` and tell about them on stderr. */
export function ffmpegArguments(task: FfmpegTask, ffmpeg: FfmpegBinary): string[] {
  const passthrough = ffmpeg.hasFpsMode ? ['-fps_mode', 'passthrough'] : ['-vsync', '0'];
  // biome-ignore format: an option stands beside its value
  return [
    '-hide_banner', '-nostdin', '-nostats', '-loglevel', 'repeat+level+verbose',
    ...(task.live ? liveInput(task, ffmpeg) : fileInput(task)),
    ...task.inputArgs,
    '-i', task.url, '-map', '0:v:0', '-an', '-sn', '-dn',
    '-vf', filterChain(task, ffmpeg), ...passthrough,
    '-f', 'yuv4mpegpipe', `pipe:${PICTURE_FD}`,
  ];
}

// without measuring the frame rate first, which takes a second of pictures that are then thrown away
const quickStart = ['-analyzeduration', '2000000', '-fpsprobesize', '0'];

function liveInput({ url, rtspTransport }: FfmpegTask, ffmpeg: FfmpegBinary): string[] {
  // low_delay also keeps frame-threaded decoding off, which would hold back one picture per core. output_corrupt shows
  // what comes before the first key frame and after a loss, with a complaint each: the stream lives, and how far to
  // trust it. No `-fflags nobuffer`: it discards what was read while probing, maybe the only key frame in 20 s, and the
  // pictures that follow are no earlier for it.
  const early = ['-flags', ffmpeg.printsMetadata ? '+low_delay+output_corrupt' : '+low_delay', ...quickStart];
  if (/^rtsps?:/i.test(url)) return [...early, '-rtsp_transport', rtspTransport];
  if (url.startsWith('/dev/')) return [...early, '-f', 'v4l2'];
  return early;
}

function fileInput({ realtime, loop }: FfmpegTask): string[] {
  return [...(loop ? ['-stream_loop', '-1'] : []), ...(realtime ? ['-re'] : [])];
}

/** Tells of key frames where they are decoded, before any is left out. */
const TELL_KEY_FRAMES =
  'split[all][key];[key]select=key,metadata=mode=add:key=key:value=1,metadata@key=mode=print,nullsink;[all]';
const TELL_PICTURES = 'metadata=mode=add:key=picture:value=1,metadata@picture=mode=print';

function filterChain(task: FfmpegTask, ffmpeg: FfmpegBinary): string {
  const chain = [
    ...(task.maxFps > 0 ? [limitRate(task.maxFps)] : []),
    ...(task.filters ? [task.filters] : []),
    scale(task),
    // with the range that the camera has: converting it takes ffmpeg longer than decoding
    'format=yuv420p|yuvj420p',
    ffmpeg.printsMetadata ? TELL_PICTURES : 'showinfo',
  ].join(',');
  return ffmpeg.printsMetadata ? TELL_KEY_FRAMES + chain : chain;
}

/** Scales down to `maxWidth` and to square pixels in one go: the squeezed side is stretched, nothing is shrunk for that. */
function scale({ maxWidth, aspect }: FfmpegTask): string {
  const said = `if(between(sar,${1 / MOST_SQUEEZED},${MOST_SQUEEZED}),sar,1)`;
  const pixelAspect = aspect === undefined ? said : `(${aspect}*ih/iw)`;
  return `scale=w='trunc(min(${maxWidth},iw*max(1,${pixelAspect}))/2)*2':h='max(2,round(ow*ih/(iw*${pixelAspect})/2)*2)'`;
}

/**
 * At most one picture per 1/fps of stream time, never one twice (the fps filter would), and none withheld because the
 * clock jumped back: another number of the interval is enough.
 */
function limitRate(fps: number): string {
  const slot = (t: string) => `floor(${t}*${fps}+0.001)`;
  return `select='isnan(t)+isnan(prev_selected_t)+not(eq(${slot('t')},${slot('prev_selected_t')}))'`;
}
