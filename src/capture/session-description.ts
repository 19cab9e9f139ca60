/** What an RTSP server announces of its picture. */
export interface DescribedVideo {
  /** As RTP names it, in upper case: `H264`, `H265`, `JPEG`, `MP4V-ES`; empty where it is not said. */
  readonly codec: string;
  /** Of H.264: `high`, `main`, `baseline`; null where it is not said. */
  readonly profile: string | null;
  /** Pixels; null where it is not said. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** frames/s; null where it is not said. */
  readonly fps: number | null;
}

/** RFC 3551, table 5: payload types that need no `rtpmap`. */
const STATIC_TYPES: Readonly<Record<string, string>> = {
  26: 'JPEG',
  28: 'NV',
  31: 'H261',
  32: 'MPV',
  33: 'MP2T',
  34: 'H263',
};
/** `profile_idc` of H.264. */
const H264_PROFILES: Readonly<Record<string, string>> = {
  '42': 'baseline',
  '4d': 'main',
  '58': 'extended',
  '64': 'high',
  '6e': 'high 10',
  '7a': 'high 4:2:2',
  f4: 'high 4:4:4',
};

/** Reads SDP, RFC 8866. @returns of its first picture; null where it has none, with the kinds that it has */
export function describedVideo(text: string): {
  readonly video: DescribedVideo | null;
  readonly kinds: readonly string[];
} {
  const media = text.split(/^(?=m=)/m).slice(1);
  const kinds = media.map((part) => /^m=(\S+)/.exec(part)?.[1] ?? '').filter(Boolean);
  const part = media.find((one) => /^m=video\b/.test(one));
  if (part === undefined) return { video: null, kinds };
  const type = /^m=video \S+ \S+ (\d+)/.exec(part)?.[1] ?? '';
  const mapped = new RegExp(`^a=rtpmap:${type}\\s+([^/\\s]+)`, 'im').exec(part)?.[1];
  const fps = Number(/^a=framerate:\s*([\d.]+)/im.exec(part)?.[1] ?? Number.NaN);
  const profile = /profile-level-id=([0-9a-f]{2})/i.exec(part)?.[1]?.toLowerCase();
  const codec = (mapped ?? STATIC_TYPES[type] ?? '').toUpperCase();
  return {
    kinds,
    video: {
      codec,
      profile: codec === 'H264' && profile !== undefined ? (H264_PROFILES[profile] ?? null) : null,
      size: sizeOf(part),
      fps: fps > 0 ? fps : null,
    },
  };
}

/** Cameras say it in one of three ways. */
function sizeOf(part: string): DescribedVideo['size'] {
  const said =
    /^a=x-dimensions:\s*(\d+)\s*,\s*(\d+)/im.exec(part) ??
    /^a=cliprect:\s*\d+\s*,\s*\d+\s*,\s*(\d+)\s*,\s*(\d+)/im.exec(part) ??
    /^a=framesize:\s*\d+\s+(\d+)-(\d+)/im.exec(part);
  if (said === null) return null;
  const [first, second] = [Number(said[1]), Number(said[2])];
  const isTurned = /^a=cliprect/im.test(said[0]);
  return isTurned ? { width: second, height: first } : { width: first, height: second };
}
