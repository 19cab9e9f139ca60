import type { FfmpegTask } from './ffmpeg-arguments.js';

type Words = string | ((task: FfmpegTask) => string);

const BY_STATUS: Readonly<Record<string, Words>> = {
  401: ({ url }) =>
    /:\/\/[^/?#]*@/.test(url)
      ? 'it refuses this user and password (401): correct them'
      : 'it wants a user and password (401): write them into the URL, in urlFile or EDGE_CAMERA_<ID>_URL',
  403: 'this user may not see this stream (403): allow it in the camera, or take another user or path',
  404: 'it has no stream at this path (404): take the path from its manual or its ONVIF page',
  453: 'it has no bandwidth left (453): close other viewers, or take its substream',
  454: 'it has lost the session (454): it may have restarted, or have too many viewers',
  461: ({ rtspTransport }) =>
    rtspTransport === 'tcp'
      ? 'it does not send over TCP (461): write rtspTransport: udp for this camera'
      : 'it does not send over UDP (461): write rtspTransport: tcp for this camera',
  500: 'it failed by itself (500): restart it, or try another path',
  503: 'it is busy (503): too many viewers, or it is starting; close others, or take its substream',
};

const NO_VIDEO = 'it sends no video, only sound or data: take the path of its video';
const MUTE = 'it answers nothing that is known: is the port right (554 is usual), and does it speak this protocol?';

/** In the order in which they count: what is most particular first. */
const BY_WORDS: readonly (readonly [RegExp, Words])[] = [
  [/Stream map .* matches no streams/, NO_VIDEO],
  [
    /moov atom not found/,
    'its table of contents is missing: it is cut off, was not closed by what recorded it, or is no video',
  ],
  [
    /(?:no decoder found for: |Decoder \(codec |Unknown decoder ')(?:\w+)/,
    'this ffmpeg cannot decode its pictures: install a complete ffmpeg (sudo apt install ffmpeg), or let the camera send H.264',
  ],
  [
    /Could not find codec parameters for stream \d+ \(Video/,
    'its pictures cannot be decoded, as their size and parameters (SPS, PPS) never come: let the camera send them with each key frame, or another codec',
  ],
  [
    /Unrecognized option|Option \S+ not found|Error splitting the argument list/,
    'this ffmpeg does not know one of its arguments: correct inputArgs or filters',
  ],
  [/No such filter|Error (?:re)?initializing filter/, 'this ffmpeg cannot apply the filters: correct filters'],
  [/Protocol not found/, 'this ffmpeg does not know the protocol before ://: correct the URL'],
  [
    /Connection refused/,
    'nothing listens there: is the camera on, its RTSP or web server switched on, the port right?',
  ],
  [
    /Failed to resolve hostname|Name or service not known/,
    'no such host name is known here: correct it, or write the IP address',
  ],
  [
    /No route to host|Network is unreachable|Host is down/,
    'there is no way to it: check its power, its cable and the network',
  ],
  [/(?:Connection|Operation) timed out/, 'it does not answer: check its power, its cable and the network'],
  [/\/dev\/video\S*: No such (?:file|device)/, 'there is no such device: ls /dev/video* shows those that there are'],
  [/\/dev\/video\S*: Permission denied/, "the device may not be opened: add the service's user to the group video"],
  [/\/dev\/video\S*: Device or resource busy/, 'another program has the device: close it'],
];

/**
 * Why ffmpeg got no picture, in plain words and with what to do.
 *
 * @param said what it said went wrong
 * @returns null where nobody knows more than ffmpeg said
 */
export function reasonOf(said: string, task: FfmpegTask): string | null {
  const status = /(?:method \w+ failed: |HTTP error |Server returned )(\d{3})\b/.exec(said)?.[1];
  const words = BY_STATUS[status ?? ''] ?? BY_WORDS.find(([pattern]) => pattern.test(said))?.[1];
  if (words === undefined) return task.live && /Invalid data found when processing input/.test(said) ? MUTE : null;
  return typeof words === 'string' ? words : words(task);
}
