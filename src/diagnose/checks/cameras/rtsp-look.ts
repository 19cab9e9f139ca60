import { trustOf } from '../../../capture/camera-trust.js';
import { parseChallenges } from '../../../capture/http-challenge.js';
import { HttpLogin } from '../../../capture/http-login.js';
import { type RtspAnswer, RtspConversation } from '../../../capture/rtsp-conversation.js';
import { type DescribedVideo, describedVideo } from '../../../capture/session-description.js';
import type { CameraConfig } from '../../../config/config.js';
import { EdgeError, explain } from '../../../foundation/errors.js';
import { maskCredentials } from '../../../foundation/log.js';
import { decoded, splitAddress } from '../../../foundation/userinfo.js';
import type { Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { clockFinding } from './camera-clock.js';
import { codecFinding } from './decoded-codecs.js';

/** What a camera says of itself before its picture is opened. */
export interface Announced {
  /** `H264, high, 1920×1080, 25 frames/s`, as far as it says. */
  readonly text: string;
  /** As RTP names it, in upper case; empty where it is not said. */
  readonly codec: string;
  /** frames/s; null where it does not say. */
  readonly fps: number | null;
}

/** What was found, and where nothing is broken, what is announced. */
export interface Looked {
  readonly findings: readonly Finding[];
  readonly announced: Announced | null;
}

const ANSWER_MS = 3000;

/** Asks an RTSP camera for its description, as a player would. */
export async function lookAtRtsp(
  camera: CameraConfig,
  { host, port }: { readonly host: string; readonly port: number },
  patient: Patient,
  signal: AbortSignal,
): Promise<Looked> {
  const { id } = camera;
  const split = splitAddress(camera.url)!;
  const colon = split.userinfo.indexOf(':');
  const [user, password] =
    colon < 0 ? [split.userinfo, ''] : [split.userinfo.slice(0, colon), split.userinfo.slice(colon + 1)];
  const login = split.userinfo === '' ? null : new HttpLogin(decoded(user), decoded(password));
  const place = {
    // a proxy or recorder of several cameras goes by the whole line
    url: `rtsp://${split.rest}`,
    host,
    port,
    secure: split.scheme === 'rtsps',
    trust: trustOf(camera),
    login,
  };
  const clock = AbortSignal.timeout(ANSWER_MS);
  const conversation = new RtspConversation(place, AbortSignal.any([signal, clock]));
  try {
    const options = await conversation.ask('OPTIONS');
    if (options !== null && options.head.protocol !== 'RTSP') return judged(id, options, login !== null, Date.now());
    const answer = await conversation.ask('DESCRIBE');
    const looked = judged(id, answer, login !== null, Date.now());
    if (looked.announced === null) return looked;
    const undecoded = await codecFinding(camera, looked.announced.codec, patient, signal);
    return undecoded === null ? looked : failed(undecoded);
  } catch (error) {
    if (clock.aborted || signal.aborted)
      return failed(found('broken', 'camera-mute', { camera: id, seconds: ANSWER_MS / 1000 }, id));
    const reason = maskCredentials(explain(error));
    const isCertificate = error instanceof EdgeError;
    return failed(found('broken', isCertificate ? 'camera-tls' : 'camera-hangs-up', { camera: id, reason }, id));
  } finally {
    conversation.close();
  }
}

/** What an answer to DESCRIBE means. @param now Unix ms when it came */
function judged(camera: string, answer: RtspAnswer | null, hasLogin: boolean, now: number): Looked {
  if (answer === null) return failed(found('broken', 'camera-hangs-up', { camera, reason: 'DESCRIBE' }, camera));
  const { head, body } = answer;
  if (head.protocol !== 'RTSP') {
    return failed(
      found('broken', 'camera-no-rtsp', { camera, answer: `${head.protocol || '?'} ${head.status}` }, camera),
    );
  }
  if (head.status !== 200) {
    const schemes = parseChallenges(head.headers.get('www-authenticate') ?? []).map(({ scheme }) => scheme);
    return failed(refusedFinding(camera, head.status, { hasLogin, schemes: [...new Set(schemes)].join(', ') }));
  }
  const { video, kinds } = describedVideo(body);
  if (video === null)
    return failed(found('broken', 'camera-no-video', { camera, kinds: kinds.join(', ') || '-' }, camera));
  return { findings: clockFinding(camera, head.headers.get('date')?.at(-1), now), announced: announcedOf(video) };
}

/** What a status other than success means, in RTSP as in HTTP. */
export function refusedFinding(camera: string, status: number, login: { hasLogin: boolean; schemes: string }): Finding {
  const schemes = login.schemes || '?';
  switch (status) {
    case 401:
      return found(
        'broken',
        login.hasLogin ? 'camera-login-wrong' : 'camera-login-missing',
        { camera, schemes },
        camera,
      );
    case 403:
      return found('broken', 'camera-forbidden', { camera }, camera);
    case 404:
      return found('broken', 'camera-path-unknown', { camera }, camera);
    case 453:
    case 503:
      return found('broken', 'camera-overloaded', { camera, status }, camera);
    default:
      return found('broken', 'camera-status', { camera, status }, camera);
  }
}

function announcedOf({ codec, profile, size, fps }: DescribedVideo): Announced {
  const parts = [codec, profile, size && `${size.width}×${size.height}`, fps && `${fps} fps`];
  return { text: parts.filter(Boolean).join(', '), codec, fps };
}

function failed(finding: Finding): Looked {
  return { findings: [finding], announced: null };
}
