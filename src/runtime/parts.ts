import type { Source } from '../capture/source.js';
import type { Config } from '../config/config.js';
import type { ConfigSources } from '../config/load.js';
import { camerasOf } from '../config/tenants.js';
import { systemClock } from '../foundation/clock.js';
import { PROJECT_ROOT } from '../foundation/home.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import type { Scope, TenantId } from '../foundation/scope.js';
import type { Viewer } from '../foundation/viewer.js';
import type { FrameResult } from '../frame/frame-result.js';
import { type FrameTap, FrameTaps } from '../frame/frame-taps.js';
import { PrivacyMask } from '../frame/privacy-mask.js';
import { Alerts } from '../telemetry/alerts/alerts.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { ProcessMetrics } from '../telemetry/metrics/process-metrics.js';
import { ToldMetrics, toldOfDevice } from '../telemetry/metrics/told-metrics.js';
import { unrestOf } from '../tune/points/idle-gate.js';
import { CacheStrategy } from '../tune/strategies/cache-strategy.js';
import { DatabaseStrategy } from '../tune/strategies/database-strategy.js';
import { KEPT_KNOBS, keptKnobs } from '../tune/strategies/kept-knobs.js';
import { CameraAlerts } from './alerts/camera-alerts.js';
import { DeviceAlerts } from './alerts/device-alerts.js';
import { DeviceDegradation } from './alerts/device-degradation.js';
import { Cameras, type CamerasListener } from './cameras/cameras.js';
import { DeviceDiary } from './cameras/device-diary.js';
import { DeviceResults } from './cameras/device-results.js';
import { faultsOf, obstaclesTo, obstacleToPicture } from './cameras/obstacles.js';
import { Previews } from './cameras/previews.js';
import { Snapshots } from './cameras/snapshots.js';
import { DeviceCommands } from './commands/device-commands.js';
import { DeviceOrders } from './commands/device-orders.js';
import { Pauses } from './commands/pauses.js';
import { RemoteDiagnosis } from './commands/remote-diagnosis.js';
import { RemoteModel } from './commands/remote-model.js';
import { ToldConfiguration } from './commands/told-configuration.js';
import { DEVICE_CACHE } from './dashboard/cache.js';
import { DeviceDashboard } from './dashboard/device-dashboard.js';
import { DeviceDecisions } from './dashboard/device-decisions.js';
import { DeviceLive } from './dashboard/device-live.js';
import { DeviceMeasures } from './dashboard/device-measures.js';
import { DeviceSetup } from './dashboard/device-setup.js';
import { MemoryRelief } from './detector/memory-relief.js';
import { freeMemory } from './detector/memory-room.js';
import { ModelSubstitution } from './detector/model-substitution.js';
import { ModelsInUse } from './detector/models-in-use.js';
import { PersonSearch } from './detector/person-search.js';
import { DeviceCache } from './device-cache.js';
import { DeviceDatabases } from './device-databases.js';
import { DeviceHttp } from './device-http.js';
import { DeviceStore } from './device-store.js';
import { DeviceCompression } from './evidence/device-compression.js';
import { DeviceEvidence } from './evidence/device-evidence.js';
import { DeviceHealth } from './health/device-health.js';
import { DeviceHistory } from './history/device-history.js';
import { DeviceSeries } from './history/device-series.js';
import { DeviceMachine } from './machine/device-machine.js';
import { DeviceMetrics } from './machine/device-metrics.js';
import { DevicePerformance, watchedMachine } from './machine/device-performance.js';
import { DeviceBroker } from './publishing/device-broker.js';
import { DeviceHomeAssistant } from './publishing/device-home-assistant.js';
import { DeviceOtlp } from './publishing/device-otlp.js';
import { DeviceOutbox } from './publishing/device-outbox.js';
import { DevicePublisher } from './publishing/device-publisher.js';
import { DeviceSparkplug } from './publishing/device-sparkplug.js';
import { DeviceSummary } from './publishing/device-summary.js';
import { Reporting } from './publishing/reporting.js';
import { databasesHealth } from './reports/databases-health.js';
import { DeviceReports } from './reports/device-reports.js';
import { prospectsOf } from './reports/report-terms.js';
import { DeviceTenants } from './tenants/device-tenants.js';
import { TenantCaches } from './tenants/tenant-caches.js';
import { DeviceSignals } from './traffic/device-signals.js';
import { DeviceTraffic } from './traffic/device-traffic.js';
import { DeviceTrafficWatch } from './traffic/device-traffic-watch.js';
import { DeviceOptimization } from './tuning/device-optimization.js';
import { DevicePoints } from './tuning/device-points.js';
import { DeviceTuning } from './tuning/device-tuning.js';
import { IdleProfiling } from './tuning/idle-profiling.js';
import { Knobs } from './tuning/knobs.js';
import { PictureSizes } from './tuning/picture-sizes.js';
import { QualityCeiling } from './tuning/quality-ceiling.js';
import { DeviceRollback } from './updates/device-rollback.js';
import { DeviceUpdate } from './updates/device-update.js';
import { DeviceUpdateOrder } from './updates/device-update-order.js';

/** Of one index that is tried: writers find the database locked while it is made, and the medium is no SSD. */
const MOST_INDEX_BYTES = 16 * 2 ** 20;
const MOST_PAGE_CACHE_BYTES = 64 * 2 ** 20;

/** What hears of answers and events besides the parts. */
export interface PartsListener extends Omit<CamerasListener, 'onResult' | 'onUselessModel'> {
  /** @returns false where it came after the end: it is not written down */
  onResult(result: FrameResult): unknown;
}

export interface PartsOptions {
  /** With absolute paths (`atHome`). */
  readonly config: Config;
  readonly scope: Scope;
  readonly log: Log;
  readonly listener: PartsListener;
  /** What the program is doing now, for whoever asks its HTTP server. */
  readonly status: (viewer: Viewer) => object;
  /** By camera id: sources of the program's own. */
  readonly ownSources: ReadonlyMap<string, Source>;
  /** Whether the program may hand frames in. */
  readonly takesPushes: boolean;
  /** Of the program's own: they look at frames after the parts. */
  readonly ownTaps: readonly FrameTap[];
  /** What starts a diagnosis of this device, without its options; empty where nothing does. */
  readonly diagnoseBy: readonly string[];
  /** What the configuration was made from; null where that is not known. */
  readonly configSources: ConfigSources | null;
}

/**
 * Everything that the runtime is made of, in the order in which it starts; it stops in reverse. A part is told only of those
 * it works with. To add one: write its class in its room or here, make it, and put it into the list.
 */
export function makeParts(options: PartsOptions) {
  const { config, scope, log, listener, status, ownSources, takesPushes, ownTaps, diagnoseBy, configSources } = options;
  const alerts = new Alerts(Date.now);
  const cameraAlerts = new CameraAlerts(config, alerts);
  const metrics = new Metrics((camera) => cameraAlerts.ownerOf(camera));
  const processes = new ProcessMetrics();
  const taps = new FrameTaps(
    new Map(config.cameras.map(({ id, privacyMasks }) => [id, new PrivacyMask(privacyMasks)])),
  );
  const pauses = new Pauses();
  const ceiling = new QualityCeiling();
  const compression = new DeviceCompression();

  const measuring = new DeviceMetrics(metrics, processes, log);
  const machine = new DeviceMachine(config, { metrics, log });
  const memoryFreeBytes = () => machine.machine.memory.memory?.available ?? null;
  const free = () => freeMemory(machine.machine, config.tune, processes.totalBytes);
  const store = new DeviceStore(config, log);
  const health = new DeviceHealth(config, {
    isServing: () => cameras.servingS() > 0,
    status: () => ({
      cameras: cameras.all.map((camera) => camera.status()),
      provider: models.current?.provider ?? null,
      uptimeS: processes.uptimeS,
    }),
    log,
  });
  const broker = new DeviceBroker(config.mqtt, log);
  const { checkpointer } = store;
  const databases = new DeviceDatabases(config);
  const history = new DeviceHistory(config, { alerts, checkpointer, watch: databases.history, log });
  const commands = new DeviceCommands(config.commands, { scope, history: history.file, log });
  const tenants: DeviceTenants = new DeviceTenants({
    config,
    scope,
    broker,
    metrics,
    checkpointer,
    alertsOf: (tenant) => cameraAlerts.owners.get(tenant)!,
    model: () => models.current,
    onLeftOut: (camera) => traffic.leftOut(camera),
    log,
  });
  const tenantIds = config.tenants.map(({ id }) => id);
  const own: Config = tenantIds.length === 0 ? config : { ...config, cameras: camerasOf(config, null) };
  /** What is told under the device's own name. */
  const told =
    tenantIds.length === 0
      ? metrics
      : new ToldMetrics(
          metrics,
          toldOfDevice((camera) => cameraAlerts.ownerOf(camera), tenantIds),
        );
  const outbox = new DeviceOutbox(config, { alerts, checkpointer, watch: databases.outbox, log });
  const publisher = new DevicePublisher({
    config: own,
    scope,
    broker,
    outbox,
    commands,
    alerts,
    metrics: told,
    model: () => models.current,
    configuration: () => configuration.hash,
    onLeftOut: (camera) => traffic.leftOut(camera),
    tenants: () => tenants.publishers,
    log,
  });
  const publisherOf = (tenant: TenantId) => tenants.publisherOf(tenant, publisher);
  const publisherFor = (camera: string) => publisherOf(cameraAlerts.ownerOf(camera));
  const alertHistory = new DeviceAlerts(config.alerts, {
    cameraAlerts,
    file: history.file,
    publisherOf,
  });
  const http = new DeviceHttp({
    config,
    obstacles: (viewer) => obstaclesTo(models, cameras, viewer),
    status,
    onChange: (change) => commands.tookChange(change),
    log,
  });
  const results = new DeviceResults(config, { alerts, ownerOf: (camera) => cameraAlerts.ownerOf(camera), log });
  const cache = new DeviceCache(config, {
    alerts,
    commands,
    publisher: broker.isWanted ? publisher : null,
    checkpointer,
    watch: databases.cache,
    others: () => caches.all.slice(1),
    log,
  });
  const caches: TenantCaches = new TenantCaches(config, { own: cache, checkpointer, log });
  const series = new DeviceSeries(config, {
    file: history.file,
    tenants: tenants.all.map((tenant) => ({
      id: tenant.id,
      file: tenant.history.file,
      history: tenant.config.history,
    })),
    ownerOf: ({ camera, tenant }) => {
      if (camera !== undefined) return cameraAlerts.ownerOf(camera);
      return tenant !== undefined && tenantIds.includes(tenant) ? tenant : null;
    },
    metrics,
    log,
  });
  const summary = new DeviceSummary(config, {
    file: history.file,
    reader: series.readerOf(null),
    publisher: broker.isWanted ? publisher : null,
    clock: systemClock,
  });
  const traffic: DeviceTraffic = new DeviceTraffic(config, {
    files: new Map([[null, history.file], ...tenants.all.map(({ id, history: kept }) => [id, kept.file] as const)]),
    ownerOf: (camera) => cameraAlerts.ownerOf(camera),
    publisher: { traffic: (camera, payload) => publisherFor(camera).traffic(camera, payload) },
    clock: systemClock,
  });
  const trafficWatch = new DeviceTrafficWatch({
    kept: traffic.kept,
    cameraAlerts,
    cameras: () => traffic.counted,
    faults: () => faultsOf(cameras.all),
    clock: systemClock,
    log,
  });
  const signals = new DeviceSignals(config, { publisherOf, cameraAlerts, clock: systemClock, log });
  const degradation = new DeviceDegradation(config.alerts, { cameraAlerts, file: history.file, series, log });
  // models and cameras tell each other later what neither can be handed now: hence the types
  const models: ModelsInUse = new ModelsInUse({
    config,
    alerts,
    processes,
    log,
    last: () => keptKnobs(optimization.states.kept(KEPT_KNOBS))?.point ?? null,
    freeMemory: free,
    onModel: (model) => {
      cameras.renew(model);
      substitution.changed(model);
      relief.changed(model);
      optimization.modelChanged(model);
      publisher.tellStatus();
    },
    onGap: (isGap) => {
      cameras.inferencesSuspended = isGap;
    },
    onOutOfMemory: (reason) => void relief.lacked(reason),
  });
  const relief = new MemoryRelief({
    config,
    models,
    alerts,
    log,
    onLacking: (point, reason) => knobs.lacked(point, reason),
  });
  const substitution = new ModelSubstitution({ config, models, alerts, log });
  const diary = new DeviceDiary(config, ceiling, log);
  const evidence = new DeviceEvidence({
    config,
    scope,
    finder: new PersonSearch(() => models.current),
    publisherOf,
    alerts,
    room: () => publisher.roomForAnswer('evidence'),
    compressor: compression.compressor,
    log,
  });
  /** Those of the configuration, and those that the program added. */
  const cameraIds = (): string[] => [...new Set([...config.cameras, ...cameras.all].map(({ id }) => id))];
  const orders: DeviceOrders = new DeviceOrders({
    config,
    settings: () => list.flatMap((part) => part.settings ?? []),
    cameras: cameraIds,
    pauses,
    alerts,
    cameraAlerts,
    history: history.file,
    log,
  });
  const configuration: ToldConfiguration = new ToldConfiguration({
    config,
    settings: () => list.flatMap((part) => part.settings ?? []),
    overrides: () => orders.overrides.all,
  });
  const snapshots = new Snapshots({
    cameras: () => cameras.all.map((camera) => ({ id: camera.id, obstacle: obstacleToPicture(camera.connection()) })),
    room: () => publisher.roomForAnswer('snapshot'),
    ceiling,
    compressor: compression.compressor,
  });
  const diagnosis = new RemoteDiagnosis({
    command: diagnoseBy,
    folder: config.store.dir,
    room: () => publisher.roomForAnswer('diagnose'),
  });
  const remoteModel = new RemoteModel({
    // before the command that diagnoses stands what starts this program
    program: diagnoseBy.slice(0, Math.max(0, diagnoseBy.indexOf('diagnose'))),
    folder: config.model.dir,
    commands,
    publisher,
  });
  const previews = new Previews({ config, classes: () => models.current?.classes ?? [], ceiling, log });
  const cameras: Cameras = new Cameras({
    config,
    log,
    models,
    caches,
    historyOf: (camera) => tenants.get(cameraAlerts.ownerOf(camera))?.history ?? history,
    traffic,
    signals,
    taps,
    metrics,
    processes,
    pauses,
    listener: {
      ...listener,
      onResult: (result) => {
        live.answers.answered(result);
        if (listener.onResult(result) !== false) results.write(result);
      },
      onEvent: (camera, event) => {
        publisherFor(camera).event(camera, event);
        evidence.event(camera, event);
        listener.onEvent(camera, event);
      },
      onUselessModel: (reason) => void substitution.replace(reason),
    },
    ownSources,
    takesPushes,
  });
  const live = new DeviceLive({ config, cameras, models, cameraAlerts, uptimeS: () => processes.uptimeS, ceiling });
  const performance = new DevicePerformance({
    config,
    alerts,
    cameraAlerts,
    metrics,
    processes,
    machine: () => watchedMachine(machine),
    caches,
    cameras,
    brokerLink: () => publisher.state(),
    detectorServes: () => models.workers?.anyReady === true,
    log,
  });
  const knobs: Knobs = new Knobs({
    config,
    models,
    cameras,
    ceiling,
    memoryFreeBytes: () => free().host,
    clock: systemClock,
    log,
  });
  // the engine looks at what the tuning sees, which has the engine try what it decides: hence the type
  const optimization = new DeviceOptimization({
    config,
    file: history.file,
    alerts,
    publisher,
    metrics,
    observation: () => tuning.observation,
    obstacle: () => tuning.obstacle,
    points: () => tuning.points,
    log,
  });
  const sizes = new PictureSizes();
  const points = new DevicePoints({ config, pictures: () => sizes.all, log });
  const tuning: DeviceTuning = new DeviceTuning({
    config,
    machine,
    processes,
    cameras,
    knobs,
    points,
    engine: optimization.engine,
    states: optimization.states,
    compression: compression.tuned,
    commanded: () => orders.overrides.all,
    wireBytes: () => publisher.state()?.wireBytes ?? null,
    metrics,
    log,
  });
  /** Why nothing that costs much may be done now; null where it may. */
  const unrest = (): string | null => (tuning.observation === null ? null : unrestOf(tuning.observation));
  const cacheStrategy = new CacheStrategy({
    cache: cache.cache,
    configured: { strategy: config.cache.strategy, maxBytes: config.cache.memoryBytes },
    maxBytes: config.optimization.cacheMaxBytes,
    memoryFreeBytes,
    clock: systemClock,
  });
  optimization.engine.register(cacheStrategy);
  optimization.engine.register(
    new DatabaseStrategy({
      databases: databases.all,
      states: optimization.states,
      obstacle: unrest,
      memoryFreeBytes,
      mostIndexBytes: MOST_INDEX_BYTES,
      mostCacheBytes: MOST_PAGE_CACHE_BYTES,
      mostMmapBytes: config.optimization.databaseMmapMaxBytes,
      clock: systemClock,
    }),
  );
  const idleProfiling = new IdleProfiling({
    config,
    candidates: (inUse) => points.candidates(inUse),
    observation: () => tuning.observation,
    isTrying: () => optimization.engine.underWay.length > 0,
    onLearnt: () => tuning.pointsChanged(),
    log,
  });
  const reports = new DeviceReports(config, {
    owners: [
      {
        tenant: null,
        scope,
        file: history.file.file,
        folder: config.store.dir,
        series: series.readerOf(null),
        publisher: broker.isWanted ? publisher : null,
      },
      ...tenants.all.map(({ id, scope: own, config: { store: place, mqtt }, history: kept, publisher: told }) => ({
        tenant: id,
        scope: own,
        file: kept.file.file,
        folder: place.dir,
        series: series.readerOf(id),
        publisher: mqtt.broker === 'off' ? null : told,
      })),
    ],
    health: () => databasesHealth(databases.all, store.latency?.medianMs ?? null),
    evidenceOf: (tenant, time) => evidence.chainOfDay(tenant, time),
    prospects: async () => prospectsOf(await optimization.engine.optimizeSystem({ dryRun: true })),
    log,
  });
  const otlp = new DeviceOtlp({ config, scope, metrics, log });
  const sparkplug = new DeviceSparkplug({
    config,
    scope,
    broker,
    metrics: told,
    alerts,
    cameras: {
      get all() {
        return cameras.all.filter(({ tenant }) => tenant === null);
      },
    },
    history: series.readerOf(null),
    log,
  });
  const homeAssistant = new DeviceHomeAssistant({ config: own, scope, publisher, alerts, log });
  const update = new DeviceUpdate({ alerts, log, home: PROJECT_ROOT });
  const rollback = new DeviceRollback({ commands, publisher, log, home: PROJECT_ROOT });
  const updateOrder = new DeviceUpdateOrder({ commands, publisher, log, home: PROJECT_ROOT });
  const dashboard = new DeviceDashboard();
  const decisions = new DeviceDecisions({
    config,
    tuning,
    optimization,
    knobs,
    models,
    orders,
    idleProfiling,
    points,
    cameraAlerts,
    alertHistory,
    commands,
    cameraIds,
    log,
  });
  const measures = new DeviceMeasures({
    series,
    alerts: alertHistory,
    commands,
    trials: optimization.states,
    cameras: () => config.cameras.map(({ id }) => id),
    machine,
    processes,
    caches: () => new Map([[DEVICE_CACHE, cache.cache], ...tenantIds.map((id) => [id, caches.of(id)] as const)]),
    cacheStrategy,
    isSimulating: () => optimization.engine.getStatus().cache.isEnabled,
    databases,
    obstacle: unrest,
    fsyncMs: () => store.latency?.medianMs ?? null,
  });
  const setup = new DeviceSetup({ config, sources: configSources, classes: () => models.current?.classes ?? [], log });
  const reporting = new Reporting({ config: config.publish, cameras, cameraAlerts, publisherOf });

  const list: readonly Part[] = [
    measuring,
    store,
    databases,
    health,
    machine,
    broker,
    http,
    history,
    alertHistory,
    commands,
    outbox,
    publisher,
    ...tenants.list,
    tenants,
    results,
    cache,
    caches,
    series,
    summary,
    ...tenants.summaries((tenant) => series.readerOf(tenant)),
    degradation,
    traffic,
    trafficWatch,
    signals,
    models,
    diary,
    evidence,
    previews,
    compression,
    snapshots,
    live,
    diagnosis,
    remoteModel,
    orders,
    configuration,
    cameras,
    performance,
    knobs,
    optimization,
    tuning,
    reports,
    idleProfiling,
    otlp,
    sparkplug,
    homeAssistant,
    update,
    rollback,
    updateOrder,
    dashboard,
    setup,
    decisions,
    measures,
    reporting,
  ];
  taps.add(previews);
  taps.add(diary);
  taps.add(snapshots);
  taps.add(evidence);
  taps.add(live);
  taps.add(idleProfiling);
  taps.add(sizes);
  for (const tap of ownTaps) taps.add(tap);
  for (const part of list) {
    metrics.register(part.metrics ?? []);
    alerts.declare(part.alerts ?? []);
    commands.serve(part.commands ?? []);
    http.serve(part.routes ?? []);
  }
  return {
    list,
    machine,
    broker,
    outbox,
    publisher,
    tenants,
    results,
    cache,
    models,
    cameras,
    knobs,
    metrics,
    alerts,
    cameraAlerts,
    processes,
    performance,
    tuning,
    idleProfiling,
    optimization,
    orders,
  };
}

export type Parts = ReturnType<typeof makeParts>;
