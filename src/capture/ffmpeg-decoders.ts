import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Of a line of `-decoders`: ` VFS..D h264    H.264`, or ` V....D libdav1d   dav1d AV1 (codec av1)`. */
const DECODER = /^ V\S{5} (\S+)(?:.*\(codec (\S+)\))?/gm;
/** Needs hardware that may not be here, and is taken only where somebody asks for it. */
const FOR_HARDWARE = /_(?:v4l2m2m|cuvid|qsv|mmal|omx|rkmpp|nvv4l2dec|nvmpi)$/;

/**
 * The codecs of video that an ffmpeg decodes by itself, as it names them: `h264`, `hevc`.
 *
 * @param path of its binary
 * @throws what Node throws where it does not run, or not within `signal`
 */
export async function ffmpegDecoders(path: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { stdout } = await run(path, ['-hide_banner', '-decoders'], { signal, maxBuffer: 1 << 20 });
  const codecs = new Set<string>();
  for (const [, decoder, codec] of stdout.matchAll(DECODER))
    if (!FOR_HARDWARE.test(decoder!)) codecs.add(codec ?? decoder!);
  return codecs;
}
