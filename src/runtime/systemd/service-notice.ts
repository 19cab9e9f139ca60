import { type Clock, systemClock } from '../../foundation/clock.js';
import type { Log } from '../../foundation/log.js';
import type { RuntimeStatus } from '../status.js';
import { type NotifyRequest, type NotifySocket, notifySocket, takeNotifyRequest } from './notify-socket.js';
import { statusLine } from './status-line.js';
import { WatchdogFeed } from './watchdog-feed.js';

type Told = Pick<RuntimeStatus, 'cameras' | 'provider'>;

export interface ServiceNoticeParts {
  /** Null where no init system asks: then nothing is ever told. */
  readonly request: NotifyRequest | null;
  readonly socket: NotifySocket;
  readonly log: Log;
  readonly clock?: Clock;
  /** ms between two messages until systemd knows that the start is done; tests have less. */
  readonly startingEveryMs?: number;
}

/** How a start is told: compiling a model may take minutes, but a start that hangs has to end some time. */
const STARTING = { everyMs: 10_000, extendMs: 30_000, mostMs: 15 * 60_000 };
const READY = 'READY=1';
/** ms between two status lines where no sign of life carries one. */
const STATUS_EVERY_MS = 30_000;
/** Looks per interval of the watchdog: a withheld feed follows the first answer soon. */
const LOOKS = 10;

/** Tells systemd how the service does: starting, ready, a status line, signs of life while frames are answered, stopping. */
export class ServiceNotice {
  readonly #request: NotifyRequest | null;
  readonly #socket: NotifySocket;
  readonly #log: Log;
  readonly #clock: Clock;
  #timers: NodeJS.Timeout[] = [];
  #sending: Promise<void> | null = null;
  readonly #startingEveryMs: number;
  #isBroken = false;
  #isReadyKnown = false;
  #isStopping = false;

  constructor({ request, socket, log, clock = systemClock, startingEveryMs = STARTING.everyMs }: ServiceNoticeParts) {
    this.#request = request;
    this.#socket = socket;
    this.#log = log;
    this.#clock = clock;
    this.#startingEveryMs = startingEveryMs;
  }

  /** Of this process: takes the request out of its environment. */
  static ofProcess(log: Log): ServiceNotice {
    const request = takeNotifyRequest(process.env, process.pid);
    return new ServiceNotice({ request, socket: notifySocket(request?.address ?? '', process.env), log });
  }

  /** The start goes on: it may take longer than the unit says. */
  starting(): void {
    if (this.#request === null) return;
    const since = this.#clock.now();
    const tell = (): void => {
      if (this.#clock.now() - since > STARTING.mostMs) this.#clear();
      else this.#tell([`EXTEND_TIMEOUT_USEC=${STARTING.extendMs * 1000}`, 'STATUS=starting']);
    };
    tell();
    this.#every(this.#startingEveryMs, tell);
  }

  /** The start is done. @param status asked for each line and each sign of life */
  async ready(status: () => Told): Promise<void> {
    if (this.#request === null) return;
    this.#clear();
    // an extension under way must not cost the one message that may not be lost
    await this.#sending;
    if (this.#isStopping) return;
    // a busy machine may not take it in time: a start that is done must not be ended as one that hangs
    const tell = (): void => {
      if (!this.#isReadyKnown) this.#tell([READY, `STATUS=${statusLine(status())}`]);
    };
    tell();
    this.#every(this.#startingEveryMs, tell);
    this.#every(STATUS_EVERY_MS, () => this.#tell([`STATUS=${statusLine(status())}`]));
    const { watchdogMs } = this.#request;
    if (watchdogMs === null) return;
    const feed = new WatchdogFeed(watchdogMs / 2);
    this.#every(watchdogMs / LOOKS, () => {
      if (this.#sending !== null) return;
      const now = status();
      if (feed.look(this.#clock.now(), now.cameras)) this.#tell(['WATCHDOG=1', `STATUS=${statusLine(now)}`]);
    });
  }

  /** The stop begins; nothing is told any more after that. @returns once systemd knows, or cannot be told */
  async stopping(): Promise<void> {
    if (this.#request === null) return;
    this.#isStopping = true;
    this.#clear();
    await this.#sending;
    this.#tell(['STOPPING=1', 'STATUS=stopping']);
    await this.#sending;
  }

  #every(ms: number, tell: () => void): void {
    this.#timers.push(setInterval(tell, ms).unref());
  }

  #clear(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  /** One message at a time: while one is under way the next is left out, and comes again with its timer. */
  #tell(assignments: readonly string[]): void {
    this.#sending ??= this.#socket
      .send(assignments)
      .then((problem) => {
        if (problem === null && assignments.includes(READY)) this.#isReadyKnown = true;
        this.#told(problem);
      })
      .finally(() => {
        this.#sending = null;
      });
  }

  /** A failure is logged once, until it works again. */
  #told(problem: string | null): void {
    if (problem !== null && !this.#isBroken) {
      this.#log.warn(
        `systemd is not told how the service does: ${problem}; without systemd-notify (package systemd) the unit needs Type=simple and no WatchdogSec`,
      );
    }
    this.#isBroken = problem !== null;
  }
}
