import type { MqttConfig } from '../../config/config.js';
import { Retries } from '../../foundation/backoff.js';
import { BUILT_AT } from '../../foundation/build-time.js';
import { EdgeError, explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { BrokerAddress } from './broker-address.js';
import { readSecrets } from './broker-secrets.js';
import { type CertificateValidity, validityOf } from './certificate-validity.js';
import { type ConnectionEnd, type EndKind, outcomeOfEnd } from './connection-end.js';
import { type Acceptance, type ConnectionListener, MqttConnection } from './mqtt.js';
import type { HeardStatus } from './own-status.js';
import { type MqttProtocol, ProtocolChoice } from './protocol-choice.js';
import { type Double, isOwnStatus, leapOf, SharedClientId } from './shared-client-id.js';
import { tlsAdvice } from './tls-advice.js';
import { WillChoice, type WillForm } from './will-choice.js';

/** Of what a birth tells of the problem before it. */
const MAX_PROBLEM_LENGTH = 500;

/** Whoever steps back for another with the same client id waits so many of the longest pauses. */
const STEP_BACK = 10;

export type LinkPhase = 'idle' | 'connecting' | 'connected' | 'waiting' | 'stopped';

/** The certificates of a connection with TLS. */
export interface ConnectionCertificates {
  /** That of the broker, or of an authority above it, that expires first; null without TLS, and over WebSockets. */
  readonly broker: CertificateValidity | null;
  /** mqtt.certFile; null where there is none. */
  readonly own: CertificateValidity | null;
}

/** Why there is no connection; `files`: password or certificates cannot be read. */
export interface LinkProblem {
  readonly kind: EndKind | 'files';
  readonly message: string;
}

export interface LinkOptions {
  readonly address: BrokerAddress;
  readonly mqtt: MqttConfig;
  readonly clientId: string;
  /** The last will of the connection with this number. */
  readonly will: (bdSeq: number) => { topic: string; payload: string | Uint8Array };
  /** How the last will is to be left; default retained at QoS 1. */
  readonly willForm?: WillForm;
  readonly log: Log;
  /** Unix ms. */
  readonly now: () => number;
  /** ms that only go forward. */
  readonly clock: () => number;
  /** Of the last connection of earlier runs, as far as something remembers; null where nothing does. */
  readonly lastBdSeq?: () => number | null;
  /** Remembers the number of a connection before it is used. */
  readonly keepBdSeq?: (bdSeq: number) => void;
  readonly random?: (() => number) | undefined;
}

export interface BrokerLinkListener extends Pick<ConnectionListener, 'opened' | 'received'> {
  /** Whether something is on its way that a connection may have broken with. */
  hasSent(): boolean;
  /** An attempt or a connection ended, but not by `stop`. */
  lost(end: ConnectionEnd): void;
}

/**
 * The connection to a broker that is made again for ever: one MqttConnection after the other, with growing pauses, each
 * with a last will that carries the number of its connection.
 */
export class BrokerLink {
  readonly #options: LinkOptions;
  readonly #listener: BrokerLinkListener;
  readonly #protocol: ProtocolChoice;
  readonly #will: WillChoice;
  readonly #shared = new SharedClientId();
  readonly #retries: Retries;
  #phase: LinkPhase = 'idle';
  #connection: MqttConnection | null = null;
  #acceptance: Acceptance | null = null;
  #openedAt = 0;
  readonly #firstBdSeq: number;
  #bdSeq: number;
  /** Of the latest connection that the broker accepted. */
  #acceptedBdSeq = 0;
  #hasLeapt = false;
  #connections = 0;
  #problem: LinkProblem | null = null;
  /** Unix ms since when there is no connection; null before the first attempt ended. */
  #lostSince: number | null = null;
  #lastProblem: (LinkProblem & { readonly since: number }) | null = null;
  #certificates: ConnectionCertificates = { broker: null, own: null };
  #retry: NodeJS.Timeout | null = null;

  constructor(options: LinkOptions, listener: BrokerLinkListener) {
    this.#options = options;
    this.#listener = listener;
    this.#will = new WillChoice(options.willForm);
    this.#protocol = new ProtocolChoice(options.mqtt.protocol);
    const { reconnectMinMs: initialMs, reconnectMaxMs: maxMs } = options.mqtt;
    this.#retries = new Retries({ initialMs, maxMs }, options.random);
    // The clock: numbers of a later run of the program are larger even where nothing is kept on disk. A random part: two
    // devices with one name that start together must not look like one.
    const part = Math.floor((options.random ?? Math.random)() * 1000);
    const byClock = Math.floor(options.now()) * 1000 + part;
    this.#firstBdSeq = Math.max(byClock, (options.lastBdSeq?.() ?? 0) + 1 + part);
    this.#bdSeq = this.#firstBdSeq;
  }

  get phase(): LinkPhase {
    return this.#phase;
  }

  /** Version in use, or that the next attempt will use. */
  get protocol(): MqttProtocol {
    return this.#protocol.current;
  }

  /** Number of the connection, or of the next attempt. */
  get bdSeq(): number {
    return this.#bdSeq;
  }

  /** Connections that the broker accepted so far. */
  get connections(): number {
    return this.#connections;
  }

  /** null while there is a connection or nothing was tried. */
  get problem(): LinkProblem | null {
    return this.#problem;
  }

  /**
   * Why there was no connection before that of now, in at most 500 characters; null where it was made at
   * once, or the other was just closed.
   */
  get lastProblem(): (LinkProblem & { readonly since: number }) | null {
    return this.#lastProblem;
  }

  /** Unix ms since when there is no connection; null while there is one, and before the first attempt ended. */
  get lostSince(): number | null {
    return this.#lostSince;
  }

  /** Of the latest connection. */
  get certificates(): ConnectionCertificates {
    return this.#certificates;
  }

  /** Whether the broker tells that the device is gone, and for as long as others want to know. */
  get willIsWhole(): boolean {
    return this.#will.isWhole;
  }

  /** Connections that another client with the same id took over, as far as the broker says so. */
  get takenOver(): number {
    return this.#shared.takenOver;
  }

  /** Whether there are two of this device; null: nothing looks like it. */
  get double(): Double | null {
    return this.#shared.verdict(this.#options.clock());
  }

  /** Whether this side leaves the broker to the other with the same client id, and tries only now and then. */
  get stepsBack(): boolean {
    return this.#shared.stepsBack(this.#acceptedBdSeq, this.#options.clock());
  }

  /**
   * A birth, will or farewell was heard at this device's own topic.
   *
   * @param boot of this run of the program
   * @returns whether it is the birth of this connection
   */
  heardStatus(heard: HeardStatus, boot: string): boolean {
    const run = { boot, first: this.#firstBdSeq, last: this.#bdSeq };
    const isOwn = isOwnStatus(heard, run);
    if (isOwn) this.#shared.heardOurs();
    else this.#shared.heardStranger(heard, this.#options.clock());
    return isOwn && heard.bdSeq === this.#bdSeq && heard.online;
  }

  /** What the broker said when it accepted; null while there is no connection. */
  get acceptance(): Acceptance | null {
    return this.#acceptance;
  }

  /** The connection of now; null between two. */
  get connection(): MqttConnection | null {
    return this.#connection;
  }

  start(): void {
    if (this.#phase === 'idle') void this.#connect();
  }

  /**
   * No more connections.
   *
   * @param farewell sent before; without one, or where it fails, the connection is cut and the last will is published
   * @param withWill whether a broker of MQTT 5 is to publish the last will after the farewell too
   */
  async stop(
    timeoutMs: number,
    farewell: ((connection: MqttConnection) => Promise<boolean>) | null,
    withWill = false,
  ): Promise<void> {
    this.#phase = 'stopped';
    if (this.#retry) clearTimeout(this.#retry);
    const connection = this.#connection;
    const told = connection !== null && this.#acceptance !== null && farewell !== null && (await farewell(connection));
    this.#connection = null;
    this.#acceptance = null;
    if (told) await connection.close(timeoutMs, withWill);
    else connection?.destroy();
  }

  async #connect(): Promise<void> {
    this.#phase = 'connecting';
    const { mqtt, address, clientId, will } = this.#options;
    try {
      const secrets = await readSecrets(mqtt, address);
      if (this.#isStopped) return;
      this.#options.keepBdSeq?.(this.#bdSeq);
      this.#certificates = { ...this.#certificates, own: validityOf(secrets.cert) };
      const protocol = this.#protocol.current;
      const { keepaliveS, connectTimeoutMs } = mqtt;
      const connection = new MqttConnection(
        {
          address,
          secrets,
          protocol,
          clientId,
          keepaliveS,
          connectTimeoutMs,
          will: will(this.#bdSeq),
          willForm: this.#will.current,
        },
        {
          opened: (acceptance) => this.#opened(acceptance),
          received: (topic, payload, retained) => this.#listener.received(topic, payload, retained),
          ended: (end) => {
            if (this.#connection === connection) this.#ended(end);
          },
        },
      );
      this.#connection = connection;
      connection.start();
    } catch (error) {
      this.#connection = null;
      if (!this.#isStopped) this.#wait({ kind: 'files', message: inWords(error) }, this.#retries.next(null));
    }
  }

  #opened(acceptance: Acceptance): void {
    this.#protocol.after('accepted');
    this.#will.accepted();
    this.#acceptance = acceptance;
    this.#acceptedBdSeq = this.#bdSeq;
    this.#openedAt = this.#options.clock();
    this.#phase = 'connected';
    this.#lastProblem = null;
    // that it was closed says nothing, and a birth that may be why must not grow
    if (this.#problem !== null && this.#problem.kind !== 'closed' && this.#lostSince !== null) {
      const { kind, message } = this.#problem;
      this.#lastProblem = { kind, message: message.slice(0, MAX_PROBLEM_LENGTH), since: this.#lostSince };
    }
    this.#problem = null;
    this.#lostSince = null;
    this.#certificates = { ...this.#certificates, broker: soonest(this.#connection?.brokersChain ?? []) };
    this.#connections++;
    this.#options.log.info({ broker: this.#options.address.label, mqtt: this.protocol }, 'MQTT connected');
    this.#listener.opened(acceptance);
  }

  #ended(end: ConnectionEnd): void {
    const at = this.#options.clock();
    const connectedMs = this.#acceptance ? at - this.#openedAt : null;
    this.#connection = null;
    this.#acceptance = null;
    if (this.#isStopped) return;
    if (end.willMayBeKnown) this.#bdSeq++;
    const { code, byBroker } = end;
    if (connectedMs !== null) {
      this.#shared.ended({ code, byBroker, connectedMs, at, withMessages: this.#listener.hasSent() });
      if (this.stepsBack) this.#leap();
    }
    const outcome = outcomeOfEnd(end.kind);
    const olderAtOnce = this.#protocol.after(outcome);
    const lessAtOnce =
      connectedMs === null && this.#will.refused(outcome === 'closed-without-answer' ? null : (code ?? 0));
    this.#wait(this.#inContext(end), olderAtOnce || lessAtOnce ? 0 : this.#pauseAfter(end, connectedMs));
    this.#listener.lost(end);
  }

  #leap(): void {
    if (!this.#hasLeapt) this.#bdSeq += leapOf((this.#options.random ?? Math.random)());
    this.#hasLeapt = true;
  }

  #pauseAfter({ kind }: ConnectionEnd, connectedMs: number | null): number {
    const { mqtt, random = Math.random } = this.#options;
    if (this.stepsBack) return Math.round(mqtt.reconnectMaxMs * STEP_BACK * (0.75 + random() / 2));
    // two that throw each other out must not do it faster and faster: each pause is longer than the one before
    const isFought = this.double === 'client-id' || this.double === 'client-id-likely';
    const isFirst = this.#shared.rival(this.#options.clock()) !== null;
    // a broker that acknowledges nothing is sent the same again each time
    const isUseless = (isFought && !isFirst) || kind === 'unacknowledged';
    return this.#retries.next(isUseless ? null : connectedMs);
  }

  /** With what many ends together tell. */
  #inContext({ kind, message }: LinkProblem): LinkProblem {
    const { double } = this;
    if (double === null || double === 'name') return { kind, message };
    const clientId = this.#options.clientId;
    const said = doubleInWords(double, { clientId, stepsBack: this.stepsBack });
    return { kind: 'session-taken-over', message: `${message}; ${said}` };
  }

  #wait({ kind, message }: LinkProblem, pauseMs: number): void {
    // the first of each kind is news, its repetitions are not
    const level = kind === this.#problem?.kind ? 'debug' : 'warn';
    this.#options.log[level]({ retryMs: pauseMs }, `MQTT: ${message}`);
    this.#problem = { kind, message };
    this.#lostSince ??= this.#options.now();
    this.#phase = 'waiting';
    this.#retry = setTimeout(() => void this.#connect(), pauseMs);
    this.#retry.unref();
  }

  get #isStopped(): boolean {
    return this.#phase === 'stopped';
  }
}

/** The certificate of a chain that expires first. */
function soonest(chain: readonly CertificateValidity[]): CertificateValidity | null {
  return [...chain].sort((a, b) => a.to - b.to)[0] ?? null;
}

/** Why no connection could even be begun: files that cannot be read, or that hold something else. */
function inWords(error: unknown): string {
  if (error instanceof EdgeError || !(error instanceof Error)) return explain(error);
  return `${tlsAdvice(error, { now: Date.now(), builtAt: BUILT_AT })} (${explain(error)})`;
}

/** That there are two of this device, and what to do. */
export function doubleInWords(
  double: Double,
  { clientId, stepsBack }: { readonly clientId: string; readonly stepsBack: boolean },
): string {
  if (double === 'name') {
    return 'another device tells the broker its status under the name of this one, with another client id: give each device its own `device`';
  }
  const word = double === 'client-id' ? '' : 'probably ';
  const back = stepsBack ? '; this one, which started later, steps back and tries only every few minutes' : '';
  return `another client ${word}has the client id ${clientId} too, and the broker throws out each for the other: give each device its own \`device\`, or mqtt.clientId where that is set${back}`;
}
