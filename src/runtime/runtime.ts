import type { PushedPicture } from '../capture/push-source.js';
import type { Source } from '../capture/source.js';
import { atHome } from '../config/at-home.js';
import { type CameraConfig, type Config, configSchema } from '../config/config.js';
import type { ConfigSources } from '../config/load.js';
import { tenantOfCamera } from '../config/tenants.js';
import { PROJECT_ROOT } from '../foundation/home.js';
import { IDENTIFIER, IDENTIFIER_IN_WORDS } from '../foundation/identifier.js';
import type { Log } from '../foundation/log.js';
import type { FrameResult } from '../frame/frame-result.js';
import type { FrameTap } from '../frame/frame-taps.js';
import type { EventPayload } from '../telemetry/mqtt/messages/event.js';
import { statusOf } from './current-status.js';
import type { ModelInUse } from './detector/model-generation.js';
import type { ModelChoice } from './detector/wanted-point.js';
import { deviceScope } from './device-scope.js';
import { PartList } from './part-list.js';
import { makeParts, type Parts } from './parts.js';
import type { RuntimeStatus } from './status.js';
import { tenantStatusOf } from './tenants/tenant-status.js';

/** An event, with its camera, the tenant whose that is, where it is one's, and its time in Unix ms. */
export type RuntimeEvent = EventPayload & { readonly camera: string; readonly tenant?: string; readonly ts: number };

/** What the command line, the library and tests listen to. */
export interface RuntimeListener {
  onServing?(): void;
  /** @returns false where nobody wants it any more: it is not written to the results file */
  onResult?(result: FrameResult): unknown;
  onEvent?(event: RuntimeEvent): void;
  /** Every source came to its end; `failure` is why one of them could not be answered any further, if that happened. */
  onFinished?(failure: unknown): void;
}

export interface RuntimeOptions {
  /** Where relative paths of the configuration begin; default the program's own folder. */
  readonly home?: string;
  /** By camera id: sources of the program's own, in place of the camera's url. */
  readonly sources?: Readonly<Record<string, Source>>;
  /** Whether frames may be handed in (`push`), and so no camera need be configured. */
  readonly takesPushes?: boolean;
  /** Whoever looks at frames beside the parts. */
  readonly taps?: readonly FrameTap[];
  /** What starts a diagnosis of this device, without its options: for `cmd/diagnose`. */
  readonly diagnoseBy?: readonly string[];
  /** What the configuration was made from, so that its file can be changed from the page. */
  readonly configSources?: ConfigSources;
}

/**
 * The program as a whole: `makeParts` says what it is made of, `PartList` how that starts and stops. Without a model that
 * loads, or without one camera that can be read, the start ends with their error; everything else degrades and says so.
 */
export class Runtime {
  readonly parts: Parts;
  readonly #list: PartList;
  #stopped: Promise<void> | null = null;

  constructor(config: Config, log: Log, listener: RuntimeListener = {}, options: RuntimeOptions = {}) {
    const scope = deviceScope(config);
    this.parts = makeParts({
      config: atHome(config, options.home ?? PROJECT_ROOT, scope),
      scope,
      log,
      ownSources: new Map(Object.entries(options.sources ?? {})),
      takesPushes: options.takesPushes ?? false,
      ownTaps: options.taps ?? [],
      diagnoseBy: options.diagnoseBy ?? [],
      configSources: options.configSources ?? null,
      status: (viewer) => (viewer.kind === 'operator' ? this.status() : tenantStatusOf(this.parts, viewer)),
      listener: {
        onServing: () => listener.onServing?.(),
        onResult: (result) => listener.onResult?.(result),
        onEvent: (camera, event) => {
          const tenant = tenantOfCamera(config, camera);
          listener.onEvent?.({ camera, ...(tenant !== null && { tenant }), ts: Date.now(), ...event });
        },
        onFinished: (failure) => listener.onFinished?.(failure),
      },
    });
    this.#list = new PartList(this.parts.list, log);
  }

  /**
   * Starts once, however often it is called.
   *
   * @returns once every camera was started, whose frames are answered from then on; or when a stop came before that
   * @throws EdgeError where the model does not load, no camera can be read, or the configuration does not fit the machine
   */
  start(): Promise<void> {
    return this.#list.start();
  }

  /** Releases everything, in reverse; may be called during `start()`, and more than once. */
  stop(reason: string): Promise<void> {
    this.#stopped ??= this.#list.stop(reason);
    return this.#stopped;
  }

  /**
   * Changes to another model or variant while frames keep coming: it is loaded beside the one that answers, and each camera
   * takes it up between two of its frames.
   *
   * @returns once it answers
   * @throws EdgeError where it cannot be loaded, and the one that answers goes on then; or where none answers
   */
  changeModel(choice: ModelChoice): Promise<ModelInUse> {
    return this.parts.models.change(choice);
  }

  /** Hands a frame in; a camera that was not configured begins with its first one. See `Cameras.push`. */
  push(camera: string, picture: PushedPicture): void {
    this.parts.cameras.push(camera, picture, pushedCamera);
  }

  /** Seconds since the cameras were started, or that they ran until the stop. */
  servingS(): number {
    return this.parts.cameras.servingS();
  }

  /** Where the broker is that this runtime publishes to, credentials masked; null where it publishes nothing. */
  get broker(): string | null {
    return this.parts.broker.label;
  }

  status(): RuntimeStatus {
    return statusOf(this.parts, this.#list.leftOut);
  }
}

/** @throws RangeError where the id is none */
function pushedCamera(id: string): CameraConfig {
  if (!IDENTIFIER.test(id)) {
    throw new RangeError(`camera: expected ${IDENTIFIER_IN_WORDS}, got ${JSON.stringify(id)}`);
  }
  return configSchema.parse({ cameras: [{ id, url: 'push:' }] }).cameras[0]!;
}
