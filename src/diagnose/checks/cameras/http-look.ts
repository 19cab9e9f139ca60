import { trustOf } from '../../../capture/camera-trust.js';
import { httpContent, strangeContent } from '../../../capture/http-content.js';
import { HttpRequest } from '../../../capture/http-request.js';
import { httpTarget } from '../../../capture/http-target.js';
import type { CameraConfig } from '../../../config/config.js';
import { explain, SourceError } from '../../../foundation/errors.js';
import { maskCredentials } from '../../../foundation/log.js';
import { found } from '../../finding.js';
import { clockFinding } from './camera-clock.js';
import { type Looked, refusedFinding } from './rtsp-look.js';

const ANSWER_MS = 3000;

/** Asks a camera over HTTP, with its login, and looks at what the answer is. */
export async function lookAtHttp(camera: CameraConfig, signal: AbortSignal): Promise<Looked> {
  const { id } = camera;
  const target = httpTarget(camera.url, trustOf(camera));
  let request: HttpRequest;
  try {
    request = await HttpRequest.open(target, ANSWER_MS, signal);
  } catch (error) {
    const context = contextOf(error);
    if (typeof context.status === 'number') {
      const login = { hasLogin: target.login !== null, schemes: String(context.schemes ?? '') };
      return { findings: [refusedFinding(id, context.status, login)], announced: null };
    }
    const reason = maskCredentials(explain(error));
    const code = /no answer within/.test(reason)
      ? 'camera-mute'
      : /certificate|TLS/.test(reason)
        ? 'camera-tls'
        : 'camera-hangs-up';
    return {
      findings: [found('broken', code, { camera: id, reason, seconds: ANSWER_MS / 1000 }, id)],
      announced: null,
    };
  }
  try {
    const first = await request.peek();
    const content = httpContent(request.type, first);
    if (content === null) {
      const reason = maskCredentials(strangeContent(request.type, first, request.redirectedTo));
      return { findings: [found('broken', 'camera-content', { camera: id, reason }, id)], announced: null };
    }
    const findings = clockFinding(id, request.date, Date.now());
    return { findings, announced: { text: `${request.type || '?'} (${content})`, codec: '', fps: null } };
  } catch (error) {
    const reason = maskCredentials(explain(error));
    return { findings: [found('broken', 'camera-hangs-up', { camera: id, reason }, id)], announced: null };
  } finally {
    request.close();
  }
}

/** What the cause of an error knows of the answer. */
function contextOf(error: unknown): SourceError['context'] {
  for (let link = error; link instanceof Error; link = link.cause) {
    if (link instanceof SourceError && 'status' in link.context) return link.context;
  }
  return {};
}
