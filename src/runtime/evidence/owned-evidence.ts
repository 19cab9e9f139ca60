import { join } from 'node:path';
import type { EvidenceConfig } from '../../config/config.js';
import { ACCESS_LOG } from '../../evidence/access-log.js';
import { EvidenceChain } from '../../evidence/chain/chain.js';
import { HeadMemory } from '../../evidence/chain/remembered-head.js';
import { chainOfDay, headOf, type TimeOfDay } from '../../evidence/chain/reported-chain.js';
import { chainHashOf } from '../../evidence/chain/signed-text.js';
import { DayRation, type DayRationCounts } from '../../evidence/push/day-ration.js';
import { HttpUpload } from '../../evidence/push/http-upload.js';
import { type PushHealth, PushQueue, type SendRecord } from '../../evidence/push/push-queue.js';
import type { PushUplink } from '../../evidence/push/push-uplink.js';
import { sendAsFiles } from '../../evidence/push/send-files.js';
import { sendAsMessage } from '../../evidence/push/send-message.js';
import type { Uploader } from '../../evidence/push/upload.js';
import { makePrivateFile } from '../../foundation/private-files.js';
import type { Scope } from '../../foundation/scope.js';
import { withoutUserinfo } from '../../foundation/userinfo.js';
import { publicKeyText, type SigningKey } from '../../telemetry/commands/keys.js';
import type { ReportedChain } from '../../telemetry/mqtt/messages/daily-report.js';
import type { DevicePublisher } from '../publishing/device-publisher.js';

export interface OwnedEvidenceOptions {
  readonly scope: Scope;
  readonly folder: string;
  /** Where heads are remembered: elsewhere. */
  readonly heads: string;
  readonly maxBytes: number;
  readonly config: EvidenceConfig;
  readonly key: SigningKey;
  readonly publisher: Pick<DevicePublisher, 'evidence' | 'roomForEvidence' | 'overdrawnBytes' | 'evidenceHead'>;
  readonly uplink: PushUplink;
  /** Bytes of a picture that shows as little as is of use, and of one that shows all there is. */
  readonly stills: { readonly leastBytes: number; readonly mostBytes: number };
}

const DAY_MS = 86_400_000;
const FIRST_RETRY_MS = 1000;
const MQTT_DAILY_MIB = 20;

/** The chain of the device itself, or of one of its tenants, and what sends it. */
export class OwnedEvidence {
  readonly chain: EvidenceChain;
  readonly scope: Scope;
  /** What is wrong with the chain as it was found, for people. */
  readonly faults: readonly string[];
  readonly #memory: HeadMemory;
  readonly #options: OwnedEvidenceOptions;
  readonly #uploader: Uploader | null;
  readonly #queue: PushQueue | null;
  readonly #ration: DayRation;
  /** What is told over MQTT to whoever asks. */
  readonly #asked: DayRation;
  /** Of the head that was told last. */
  #told = '';

  private constructor(chain: EvidenceChain, options: OwnedEvidenceOptions, memory: HeadMemory, lost: string | null) {
    this.chain = chain;
    this.#memory = memory;
    this.faults = lost === null ? chain.faults : [...chain.faults, lost];
    this.scope = options.scope;
    this.#options = options;
    const { push } = options.config;
    this.#uploader = uploaderOf(push, options.uplink);
    this.#ration = rationOf(push, options);
    // where records go elsewhere, MQTT has its usual bytes for what is asked for
    this.#asked = push.to === 'mqtt' ? this.#ration : rationOf({ to: 'mqtt' }, options);
    const send = this.#sender();
    this.#queue =
      send === null
        ? null
        : new PushQueue({
            chain,
            to: placeOf(push),
            send,
            backoff: { initialMs: FIRST_RETRY_MS, maxMs: push.retryMaxMs },
            now: () => performance.now(),
          });
  }

  /** @throws as `EvidenceChain.open`; the file system's error where a file of certificates cannot be read */
  static async open(options: OwnedEvidenceOptions): Promise<OwnedEvidence> {
    const { folder, key, maxBytes, config } = options;
    const bounds = { maxBytes, keepMs: config.keepDays * DAY_MS };
    const chain = await EvidenceChain.open({ folder, key, bounds, now: Date.now });
    const memory = new HeadMemory(options.heads);
    const lost = await memory.compare(chain.head, (n) =>
      n < (chain.records[0]?.n ?? chain.head.n + 1)
        ? undefined
        : (chain.records.find((one) => one.n === n)?.hash ?? null),
    );
    const owned = new OwnedEvidence(chain, options, memory, lost);
    // whoever looks first, root for one, is not to own it
    makePrivateFile(join(folder, ACCESS_LOG));
    await owned.#queue?.start();
    return owned;
  }

  /** null where nothing is sent. */
  push(): PushHealth | null {
    return this.#queue?.health() ?? null;
  }

  /** What the bytes of the day did; null where nothing is sent. */
  ration(): DayRationCounts | null {
    return this.#queue === null ? null : this.#ration.counts;
  }

  /** Bytes that a picture may have that is made now. @param most that it may have otherwise */
  stillBytes(most: number): number {
    return this.#queue === null ? most : this.#ration.stillBytes(most, this.#queue.health().waitingBytes);
  }

  /** Takes the bytes of an answer over MQTT from those of the day; false: they are used up. */
  takeAsked(bytes: number): boolean {
    return this.#asked.takeAsked(bytes);
  }

  /** There is another record. */
  kept(): void {
    this.#remember();
    this.wake();
  }

  /** What waits may be sent. */
  wake(): void {
    this.#queue?.wake();
  }

  /** Tells whoever listens how far the chain is, where that is news. */
  tellHead(): void {
    const hash = chainHashOf(this.chain.headText);
    if (hash === this.#told) return;
    this.#told = hash;
    this.#remember();
    this.#options.publisher.evidenceHead(headOf(this.#toldChain));
  }

  /** How far the chain is, and what was written in a time. */
  ofDay(time: TimeOfDay): ReportedChain {
    return chainOfDay(this.#toldChain, time);
  }

  get #toldChain() {
    const { head, headText, records } = this.chain;
    return { head, headText, records, publicKey: publicKeyText(this.#options.key.key) };
  }

  /** What cannot be remembered now is with the next record. */
  #remember(): void {
    void this.#memory.remember(this.chain.headText).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#queue?.stop();
    await this.#uploader?.close();
    await this.chain.close();
    await this.#memory.remember(this.chain.headText).catch(() => undefined);
  }

  #sender(): SendRecord | null {
    const { push } = this.#options.config;
    const readPicture = (picture: Parameters<EvidenceChain['readPicture']>[0]) => this.chain.readPicture(picture);
    if (push.to === 'mqtt') {
      const { publisher, uplink } = this.#options;
      return sendAsMessage({
        publish: (camera, payload) => publisher.evidence(camera, payload),
        room: (camera) => publisher.roomForEvidence(camera),
        readPicture,
        maxBytes: push.maxKiB * 1024,
        ration: this.#ration,
        waitingBytes: () => this.push()?.waitingBytes ?? 0,
        uplink,
        now: () => performance.now(),
      });
    }
    return this.#uploader === null
      ? null
      : sendAsFiles({
          uploader: this.#uploader,
          prefix: push.prefix.replace(/\/$/, ''),
          readPicture,
          ration: this.#ration,
        });
  }
}

/** Over MQTT it is bounded unless something else is said: messages share the contract of events. */
function rationOf(
  { to, dailyMiB }: Pick<EvidenceConfig['push'], 'to' | 'dailyMiB'>,
  { stills, publisher }: OwnedEvidenceOptions,
): DayRation {
  return new DayRation({
    dailyBytes: (dailyMiB ?? (to === 'mqtt' ? MQTT_DAILY_MIB : 0)) * 2 ** 20,
    perByte: to === 'mqtt' ? 4 / 3 : 1,
    bounds: stills,
    overdrawn: () => publisher.overdrawnBytes(),
    now: () => performance.now(),
  });
}

function uploaderOf(push: EvidenceConfig['push'], uplink: PushUplink): Uploader | null {
  const { to, url, method, secret, timeoutMs, tlsCaFile, bucket, region, accessKeyId } = push;
  if (to !== 'http' && to !== 's3') return null;
  const common = { timeoutMs, tlsCaFile, uplink };
  // the rules of the configuration see to it that what is needed is there
  if (to === 'http') return new HttpUpload({ ...common, url: url!, method, token: secret });
  const s3 = { accessKeyId: accessKeyId!, secretAccessKey: secret!, region };
  return new HttpUpload({
    ...common,
    url: `${url!.replace(/\/$/, '')}/${encodeURIComponent(bucket!)}`,
    method: 'PUT',
    s3,
  });
}

/** Names where it goes, without secrets. */
function placeOf({ to, url, bucket, prefix }: EvidenceConfig['push']): string {
  return to === 'mqtt'
    ? 'mqtt'
    : [to, url && withoutUserinfo(url), bucket, prefix].filter((part) => part !== undefined).join(' ');
}
