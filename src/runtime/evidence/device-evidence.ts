import { join } from 'node:path';
import type { CameraConfig, Config } from '../../config/config.js';
import { tenantOfCamera } from '../../config/tenants.js';
import { noteAccess } from '../../evidence/access-log.js';
import {
  EVIDENCE_ALERTS,
  EVIDENCE_BROKEN,
  EVIDENCE_DISK,
  EVIDENCE_DROPPED,
  EVIDENCE_PUSH,
  evidenceDiskIsFull,
  evidenceIsBroken,
  evidenceNotSent,
  evidenceNotWritten,
  evidenceWasDropped,
} from '../../evidence/alerts.js';
import { evidenceKey } from '../../evidence/chain/evidence-key.js';
import { headsFolder } from '../../evidence/chain/remembered-head.js';
import type { TimeOfDay } from '../../evidence/chain/reported-chain.js';
import { evidenceDraft } from '../../evidence/evidence-draft.js';
import { EvidenceKeeper } from '../../evidence/evidence-keeper.js';
import {
  type CameraEvidenceCounts,
  EVIDENCE_DROP_CAUSES,
  type EvidenceDropCause,
  type EvidenceTotals,
  evidenceMetrics,
} from '../../evidence/metrics.js';
import { PushUplink } from '../../evidence/push/push-uplink.js';
import { CameraStills, type RipeEvidence } from '../../evidence/stills/camera-stills.js';
import { encodeStill } from '../../evidence/stills/encode-still.js';
import type { PersonFinder } from '../../evidence/stills/person-finder.js';
import { StillPictures } from '../../evidence/stills/still-pictures.js';
import type { Alert } from '../../foundation/alert-declaration.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { type Scope, scopeFolder, type TenantId } from '../../foundation/scope.js';
import type { Frame } from '../../frame/frame.js';
import type { FrameResult } from '../../frame/frame-result.js';
import type { FrameTap } from '../../frame/frame-taps.js';
import { FileStreams } from '../../http/file-streams.js';
import type { Compressor } from '../../media/compression/compressor.js';
import { publicKeyText } from '../../telemetry/commands/keys.js';
import type { ReportedChain } from '../../telemetry/mqtt/messages/daily-report.js';
import type { EventPayload } from '../../telemetry/mqtt/messages/event.js';
import { evidenceKindsOf } from '../detector/person-search.js';
import { tenantScope } from '../device-scope.js';
import type { DevicePublisher } from '../publishing/device-publisher.js';
import { VERSION } from '../version.js';
import { DeviceChains } from './device-chains.js';
import { evidenceCommand } from './evidence-command.js';
import { evidenceRoutes } from './evidence-routes.js';
import type { OwnedEvidence } from './owned-evidence.js';
import { verificationRoutes } from './verification-routes.js';
import { Verifications } from './verifications.js';

export interface DeviceEvidenceParts {
  /** With absolute paths. */
  readonly config: Pick<Config, 'evidence' | 'cameras' | 'tenants' | 'store'>;
  readonly scope: Scope;
  readonly finder: PersonFinder;
  readonly publisherOf: (
    tenant: TenantId,
  ) => Pick<DevicePublisher, 'evidence' | 'roomForEvidence' | 'overdrawnBytes' | 'evidenceHead' | 'urgent'>;
  readonly alerts: { set(code: string, alert: Alert | null): void };
  /** Bytes that the answer to a command may have to go through to the broker, as far as is known. */
  readonly room: () => number;
  readonly compressor: Pick<Compressor, 'compress'>;
  readonly log: Log;
}

interface WatchedCamera {
  readonly camera: Pick<CameraConfig, 'id' | 'lines' | 'zones' | 'privacyMasks'>;
  readonly tenant: TenantId;
  readonly stills: CameraStills;
  records: number;
  readonly dropped: Record<EvidenceDropCause, number>;
}

const TICK_MS = 1000;
/** Ticks between two looks at what is too old and too much. */
const SWEEP_TICKS = 60;
/** Ticks between two words of how far a chain is, where it went on: with 0.7 kB each, a tenth of what a day may take. */
const HEAD_TICKS = 600;
/** What a still that is sent should have for bytes, by what the link carries, and the time in which what waits should be gone. */
const STILLS = { leastBytes: 24_000, mostBytes: 2 ** 20, drainS: 60 };
const RECENTLY_MS = 600_000;
const LONGEST_STOP_MS = 5000;

/**
 * The evidence of this device: pictures and signed records of chosen events. What a camera brings is looked at in passing; records are
 * made beside the frames, and each owner of cameras has a chain of its own.
 */
export class DeviceEvidence implements Part, FrameTap {
  readonly name = 'evidence';
  readonly essential = false;
  readonly takesYuv = true;
  readonly metrics;
  readonly alerts = EVIDENCE_ALERTS;
  readonly settings = [{ path: 'evidence', requiresRestart: true }];
  readonly routes;
  readonly commands;
  readonly #parts: DeviceEvidenceParts;
  readonly #cameras = new Map<string, WatchedCamera>();
  readonly #owners = new DeviceChains();
  readonly #keeper: EvidenceKeeper;
  /** One for all owners: their evidence leaves over the same line. */
  readonly #uplink: PushUplink;
  /** ms on a clock that only goes forward, of what was dropped a moment ago. */
  #recentDrops: number[] = [];
  readonly #verifications: Verifications;
  readonly #sent = new FileStreams({ most: 16, mostOfOne: 12 });
  /** As text; empty before the start. */
  #publicKey = '';
  #timer: NodeJS.Timeout | null = null;
  #ticks = 0;
  #lookMs = 0;
  #looked = 0;
  #latestMs: number | null = null;
  #lostTold = 0;
  #relievedTold = 0;
  #saidUnknown = false;
  #saidFailed = false;

  constructor(parts: DeviceEvidenceParts) {
    this.#parts = parts;
    const { config, finder, compressor, log } = parts;
    const { quality, formats } = config.evidence;
    this.#uplink = new PushUplink({
      urgent: () => parts.publisherOf(null).urgent(),
      bounds: STILLS,
      now: () => performance.now(),
    });
    const pictures = new StillPictures({
      persons: config.evidence.persons,
      finder,
      encode: (picture, boxes, maxBytes) =>
        encodeStill(compressor, picture, boxes, { formats, maxQuality: quality, maxBytes }),
      failed: (reason) => {
        if (!this.#saidFailed) log.warn(`persons cannot be looked for (${reason}): all around the vehicle is blurred`);
        this.#saidFailed = true;
      },
    });
    this.#keeper = new EvidenceKeeper({
      pictures,
      now: () => performance.now(),
      kept: ({ camera, tenant, privacy }, delayMs) => this.#kept(camera, tenant, privacy.persons, delayMs),
      dropped: (camera, cause, reason) => this.#dropped(camera, cause, reason),
    });
    for (const camera of config.cameras) this.#watch(camera);
    this.metrics = evidenceMetrics({
      cameras: this.#isWanted ? config.cameras.map(({ id }) => id) : [],
      ofCamera: (camera) => this.#countsOf(camera),
      totals: () => this.#totals(),
    });
    const access = {
      owners: () => this.#owners.chains(),
      note: noteAccess,
    };
    this.#verifications = new Verifications({ owners: access.owners, key: () => this.#publicKey, now: Date.now });
    this.routes = [...evidenceRoutes(access, this.#sent), ...verificationRoutes(this.#verifications)];
    // answers go over the device's own topics, also those of what is a tenant's
    const take = (bytes: number): boolean => this.#owners.of(null)?.takeAsked(bytes) ?? false;
    this.commands = [evidenceCommand({ ...access, room: parts.room, take })];
  }

  /** @throws EdgeError E_OUTPUT where the key or a chain cannot be used; the file system's error */
  async start(): Promise<void> {
    if (!this.#isWanted || this.#timer !== null) return;
    const { config, scope, publisherOf, log } = this.#parts;
    const { evidence, store, tenants } = config;
    const key = await evidenceKey(store.dir);
    this.#publicKey = publicKeyText(key.key);
    const owners: readonly (readonly [TenantId, Scope])[] = [
      [null, scope],
      ...tenants.map((tenant) => [tenant.id, tenantScope(scope, tenant)] as const),
    ];
    for (const [tenant, own] of owners) {
      await this.#owners.open(tenant, {
        scope: own,
        folder: scopeFolder({ tenant }, this.#folder),
        heads: headsFolder(store.dir, tenant),
        maxBytes: Math.floor((evidence.maxMiB * 2 ** 20) / owners.length),
        config: evidence,
        key,
        publisher: publisherOf(tenant),
        uplink: this.#uplink,
        stills: STILLS,
      });
    }
    const { faults } = this.#owners;
    for (const fault of faults) log.error(`evidence: ${fault}`);
    this.#parts.alerts.set(EVIDENCE_BROKEN.code, evidenceIsBroken(faults));
    if (evidence.persons === 'keep') log.info('evidence: persons are not blurred, as configured');
    this.#sayUnknown();
    this.#owners.tellHeads();
    this.#timer = setInterval(() => void this.#tick(), TICK_MS).unref();
  }

  /** Makes what still waits, for a while. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#verifications.stop();
    for (const watched of this.#cameras.values()) this.#queue(watched, watched.stills.takeAll());
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LONGEST_STOP_MS);
    });
    await Promise.race([this.#keeper.settled(), patience]);
    clearTimeout(timer);
    await this.#owners.close();
  }

  /** A vehicle did something; the frame that shows it comes to `take` next. */
  event(camera: string, event: EventPayload): void {
    if (!this.#owners.isOpen) return;
    this.#watchedOf(camera).stills.happened(event, performance.now());
  }

  /** How far the chain of an owner is, and what was written in a time; null where none is kept. */
  chainOfDay(tenant: TenantId, time: TimeOfDay): ReportedChain | null {
    return this.#owners.of(tenant)?.ofDay(time) ?? null;
  }

  wants(camera: string): boolean {
    return (
      this.#owners.isOpen && (this.#cameras.get(camera)?.stills.isWanted ?? this.#parts.config.evidence.on.length > 0)
    );
  }

  /** Looks at a frame, and gives it back at once. */
  take(frame: Frame, result: FrameResult): void {
    const began = performance.now();
    const watched = this.#watchedOf(frame.camera);
    watched.stills.see(frame, result);
    frame.release();
    const ended = performance.now();
    this.#lookMs += ended - began;
    this.#looked++;
    this.#queue(watched, watched.stills.ripe(ended));
  }

  get #isWanted(): boolean {
    const { evidence, cameras } = this.#parts.config;
    return evidence.on.length > 0 || cameras.some((camera) => evidenceKindsOf(evidence, camera).length > 0);
  }

  /** One that hands its frames in is watched from its first event or frame on. */
  #watchedOf(id: string): WatchedCamera {
    return this.#cameras.get(id) ?? this.#watch({ id, lines: [], zones: [], privacyMasks: [] });
  }

  #watch(camera: WatchedCamera['camera'] & Partial<Pick<CameraConfig, 'evidence'>>): WatchedCamera {
    const { evidence } = this.#parts.config;
    const watched: WatchedCamera = {
      camera,
      tenant: tenantOfCamera(this.#parts.config, camera.id),
      stills: new CameraStills({
        kinds: camera.evidence ?? evidence.on,
        waitMs: evidence.waitMs,
        maxPerMinute: evidence.maxPerMinute,
        dropped: (cause) => this.#dropped(camera.id, cause, null),
      }),
      records: 0,
      dropped: noDrops(),
    };
    this.#cameras.set(camera.id, watched);
    return watched;
  }

  #queue({ camera, tenant }: WatchedCamera, ripe: readonly RipeEvidence[]): void {
    const owned = this.#owners.of(tenant);
    if (owned === undefined) return;
    for (const one of ripe) {
      const { sourceWidth: width, sourceHeight: height } = one.material.context;
      this.#keeper.add({
        ...one,
        camera: camera.id,
        chain: owned.chain,
        masks: camera.privacyMasks.length,
        stillBytes: () => this.#stillBytes(owned),
        draft: (privacy) =>
          evidenceDraft({
            scope: owned.scope,
            camera,
            event: one.event,
            answer: one.answer,
            source: { width, height },
            best: one.material.best,
            privacy,
            program: VERSION,
          }),
      });
    }
  }

  #kept(camera: string, tenant: TenantId, persons: string, delayMs: number): void {
    this.#watchedOf(camera).records++;
    this.#latestMs = delayMs;
    const relieved = this.#owners.relieved();
    const isFull = relieved > this.#relievedTold;
    this.#relievedTold = relieved;
    this.#parts.alerts.set(EVIDENCE_DISK.code, isFull ? evidenceDiskIsFull(this.#folder) : null);
    if (persons === 'blurred') this.#saidFailed = false;
    this.#owners.of(tenant)?.kept();
  }

  /** Said as soon as there is a model, which may come after the start; another model may know them, and is not asked about again. */
  #sayUnknown(): void {
    const { finder, config, log } = this.#parts;
    if (this.#saidUnknown || config.evidence.persons === 'keep' || finder.knowsPersons !== false) return;
    this.#saidUnknown = true;
    log.warn(
      'evidence: the model knows no persons, so nobody is blurred; black out where people walk with privacyMasks, or choose a model with a class person',
    );
  }

  #dropped(camera: string, cause: EvidenceDropCause, reason: string | null): void {
    this.#watchedOf(camera).dropped[cause]++;
    this.#recentDrops.push(performance.now());
    if (reason === null) return;
    this.#parts.log.warn({ camera }, `no evidence of an event: ${reason}`);
    if (cause === 'disk') this.#parts.alerts.set(EVIDENCE_DISK.code, evidenceNotWritten(reason, this.#folder));
  }

  get #folder(): string {
    const { evidence, store } = this.#parts.config;
    return evidence.path ?? join(store.dir, 'evidence');
  }

  async #tick(): Promise<void> {
    const now = performance.now();
    this.#sayUnknown();
    for (const watched of this.#cameras.values()) this.#queue(watched, watched.stills.ripe(now));
    this.#lookAtDrops(now);
    this.#owners.wake();
    const push = this.#owners.push();
    if (push !== null) this.#parts.alerts.set(EVIDENCE_PUSH.code, evidenceNotSent(push));
    if (++this.#ticks % HEAD_TICKS === 0) this.#owners.tellHeads();
    if (this.#ticks % SWEEP_TICKS !== 0) return;
    await this.#owners.prune((reason) => this.#parts.log.warn(`old evidence cannot be removed: ${reason}`));
  }

  /** Records that went before they were sent are as lost to whoever waits for them as those that were never made. */
  #lookAtDrops(now: number): void {
    const lost = this.#owners.push()?.lost ?? 0;
    for (; this.#lostTold < lost; this.#lostTold++) this.#recentDrops.push(now);
    this.#recentDrops = this.#recentDrops.filter((at) => now - at < RECENTLY_MS);
    this.#parts.alerts.set(EVIDENCE_DROPPED.code, evidenceWasDropped(this.#recentDrops.length));
  }

  #countsOf(camera: string): CameraEvidenceCounts {
    return this.#cameras.get(camera) ?? { records: 0, dropped: noDrops() };
  }

  /** Bytes that a still may have: what a message takes holds two, a slow link carries less than it, and a day's bytes are to last. */
  #stillBytes(owned: OwnedEvidence): number {
    const { to, maxKiB } = this.#parts.config.evidence.push;
    const push = this.#owners.push();
    if (push === null) return STILLS.mostBytes;
    const bytes = this.#uplink.stillBytes(push.waitingBytes);
    return owned.stillBytes(to === 'mqtt' ? Math.min(bytes, (maxKiB * 1024) / 2) : bytes);
  }

  #totals(): EvidenceTotals | null {
    if (!this.#owners.isOpen) return null;
    return {
      ...this.#owners.sums(),
      lookMs: this.#lookMs,
      looked: this.#looked,
      latestMs: this.#latestMs,
      readsRefused: this.#sent.refused,
    };
  }
}

function noDrops(): Record<EvidenceDropCause, number> {
  return Object.fromEntries(EVIDENCE_DROP_CAUSES.map((cause) => [cause, 0])) as Record<EvidenceDropCause, number>;
}
