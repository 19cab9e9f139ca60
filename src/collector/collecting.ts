import type { HttpConfig, MqttConfig } from '../config/config.js';
import { pageRoutes } from '../dashboard/page-files.js';
import { type Log, silentLog } from '../foundation/log.js';
import type { NamedToken } from '../http/access.js';
import { OPENAPI_PATH, openApiOf } from '../http/openapi.js';
import { HEALTHZ, HttpServer, json } from '../http/server.js';
import type { SigningKey } from '../telemetry/commands/keys.js';
import { EmbeddedBroker } from '../telemetry/mqtt/broker.js';
import { brokerAddress } from '../telemetry/mqtt/broker-address.js';
import type { AuditArchive } from './actions/action-ledger.js';
import type { ActionStore } from './actions/action-store.js';
import { choosableDevices } from './actions/choosable-devices.js';
import { type ActionDesk, FleetActions, NO_KEY } from './actions/fleet-actions.js';
import { FleetConfiguration } from './actions/fleet-configuration.js';
import { actionRoutes } from './api/action-routes.js';
import { askedEvidenceRoutes } from './api/asked-evidence-routes.js';
import { collectorMetrics } from './api/collector-metrics.js';
import { configurationRoutes } from './api/configuration-routes.js';
import { type FleetView, fleetRoutes } from './api/fleet-routes.js';
import { FleetSubscription } from './broker/fleet-subscription.js';
import { Collector, type CollectorState } from './collector.js';
import { DEFAULT_PRESENCE_LIMITS, type PresenceLimits } from './device/presence.js';
import { FleetSnapshots } from './overview/fleet-snapshot.js';
import { ReportMaker } from './report/report-maker.js';
import type { Membership } from './share/membership.js';
import { SharedActions } from './share/shared-actions.js';
import { SharedCollecting, type SharingState } from './share/shared-collecting.js';
import type { FleetStore } from './store/fleet-store.js';
import type { PostgresFleetStore } from './store/postgres/postgres-fleet-store.js';

export interface CollectingOptions {
  readonly store: FleetStore;
  /** Its broker: `embedded`, or an address. */
  readonly mqtt: MqttConfig;
  readonly clientId: string;
  /** What is subscribed to at a broker that is not embedded. */
  readonly topics: readonly string[];
  /** null: nothing is served. */
  readonly http: HttpConfig | null;
  /** Whoever holds one of these may look, or change too; default nobody. */
  readonly tokens?: readonly NamedToken[];
  /** Signs commands to devices; kept in memory only. null or absent: nothing can be done with the fleet. */
  readonly key?: SigningKey | null;
  /** File with the configuration that devices are to have; null or absent: there is none. */
  readonly desired?: string | null;
  /** Where old entries of the audit of actions go; null or absent: all of it stays in the store. */
  readonly auditArchive?: AuditArchive | null;
  /** What changes need where reading needs no token; null or absent: nothing can be changed then. */
  readonly changeToken?: string | null;
  readonly limits?: PresenceLimits;
  readonly mostDevices?: number;
  /** One of several at a broker that is not embedded, with the store of which this is a member; absent: the only one. */
  readonly share?: { readonly name: string; readonly membership: Membership; readonly store: PostgresFleetStore };
  /** Of the program, for the OpenAPI document. */
  readonly version: string;
  readonly log?: Log;
  /** Unix ms. */
  readonly now?: () => number;
}

/** Where everything is, once it has started. */
export interface CollectingPlaces {
  /** The broker's address, without credentials. */
  readonly broker: string;
  /** Of the JSON API; null: nothing is served. */
  readonly http: string | null;
}

/** How it goes, and how it stands with the broker. */
export interface CollectingState extends CollectorState {
  readonly broker: { readonly connected: boolean; readonly connections: number; readonly problem: string | null };
  /** null: it is the only one. */
  readonly sharing: SharingState | null;
}

/** What the API answers, for its document. */
export const COLLECTOR_API =
  'What a collector knows of a fleet. Every request carries a bearer token where one is set; what changes something needs one in any case, with the role operator.';

/** What an embedded broker says of itself: whoever can connect to it is there. */
const EMBEDDED = { connected: true, connections: 1, problem: null } as const;

/** A collector with its broker or its session at one, and its API. */
export class Collecting {
  readonly #options: CollectingOptions;
  readonly #log: Log;
  #collector: Pick<Collector, 'state' | 'figures' | 'waitingSince'> | null = null;
  #single: Collector | null = null;
  #shared: SharedCollecting | null = null;
  #actions: ActionDesk | null = null;
  #configuration: FleetConfiguration | null = null;
  #embedded: EmbeddedBroker | null = null;
  #subscription: FleetSubscription | null = null;
  #server: HttpServer | null = null;
  #snapshots: FleetSnapshots | null = null;
  #reports: ReportMaker | null = null;

  constructor(options: CollectingOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
  }

  /**
   * @throws ConfigError where the broker's address or the place to serve at cannot be used
   * @throws EdgeError E_PUBLISH, E_OUTPUT where a port is taken or the store fails; a broker that is away is waited for
   */
  async start(): Promise<CollectingPlaces> {
    const { store, mqtt, http, log, mostDevices, now } = this.#options;
    if (this.#options.share !== undefined) return this.#startShared(this.#options.share);
    const collector = await Collector.open({
      store,
      askForBirth: (site, device) => this.#tell(`edge/v1/${site}/${device}/cmd/rebirth`, '{}'),
      onAnswer: (site, device, body) => this.#heard(site, device, body),
      ...(log && { log }),
      ...(mostDevices !== undefined && { mostDevices }),
      ...(now && { now }),
    });
    this.#collector = collector;
    this.#single = collector;
    try {
      if (store.actions) this.#actions = await this.#openActions(store.actions);
      this.#configuration = this.#configurationOf();
      const broker = mqtt.broker === 'embedded' ? await this.#embed(collector) : this.#subscribe(collector);
      this.#actions?.start();
      return { broker, http: http === null ? null : await this.#serve(http) };
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  state(): CollectingState {
    const broker = this.#shared?.broker ?? this.#subscription?.state ?? EMBEDDED;
    const { connected, connections, problem } = broker;
    return {
      ...this.#collector!.state(),
      broker: { connected, connections, problem },
      sharing: this.#shared?.sharing ?? null,
    };
  }

  /** Writes what has arrived, acknowledges it, and leaves; the store is the caller's. */
  async stop(): Promise<void> {
    await this.#server?.stop();
    await this.#actions?.stop();
    await this.#snapshots?.stop();
    await this.#reports?.stop();
    await this.#single?.stop();
    await this.#shared?.stop();
    await this.#subscription?.stop();
    await this.#embedded?.stop();
  }

  async #startShared({ name, membership, store }: NonNullable<CollectingOptions['share']>): Promise<CollectingPlaces> {
    const { mqtt, topics, http, log, mostDevices } = this.#options;
    const address = brokerAddress(mqtt);
    const shared = new SharedCollecting({
      ...{ store, membership, share: name, address, mqtt, topics },
      collector: {
        askForBirth: (site, device) => this.#tell(`edge/v1/${site}/${device}/cmd/rebirth`, '{}'),
        onAnswer: (site, device, body) => this.#heard(site, device, body),
        ...(log && { log }),
        ...(mostDevices !== undefined && { mostDevices }),
      },
      ...(log && { log }),
    });
    this.#shared = shared;
    this.#collector = shared;
    try {
      this.#actions = this.#sharedActions(store, membership.name);
      this.#configuration = this.#configurationOf();
      await shared.start();
      this.#actions.start();
      return { broker: address.label, http: http === null ? null : await this.#serve(http) };
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** One of several carries actions out; what devices answer is told to it by whoever hears that. */
  #sharedActions(store: PostgresFleetStore, name: string): SharedActions {
    const { key = null, limits = DEFAULT_PRESENCE_LIMITS, now = Date.now } = this.#options;
    return new SharedActions({
      store,
      name,
      obstacle: key === null ? NO_KEY : null,
      open: (writing) => this.#openActions(writing),
      choosable: () => choosableDevices(store, store.actions, limits, now()),
      log: this.#log,
    });
  }

  #configurationOf(): FleetConfiguration | null {
    const { store, desired = null, now = Date.now } = this.#options;
    if (!store.actions || this.#actions === null) return null;
    return new FleetConfiguration({ store: store.actions, actions: this.#actions, file: desired, now });
  }

  #openActions(actions: ActionStore): Promise<FleetActions> {
    const { store, key = null, limits = DEFAULT_PRESENCE_LIMITS, auditArchive = null, log, now } = this.#options;
    return FleetActions.open({
      archive: auditArchive,
      fleet: store,
      store: actions,
      key,
      limits,
      isConnected: () => this.state().broker.connected,
      publish: (topic, payload) => this.#tell(topic, payload),
      ...(log && { log }),
      ...(now && { now }),
    });
  }

  async #embed(collector: Collector): Promise<string> {
    const { mqtt, now = Date.now } = this.#options;
    this.#embedded = new EmbeddedBroker(mqtt.embeddedPort, this.#log, ({ topic, payload }, kept) => {
      // while there is no room it has arrived all the same
      const message = { topic, payload, retained: false, receivedAt: now() };
      collector.whenRoom(() => collector.take(message, kept));
    });
    return this.#embedded.start();
  }

  #subscribe(collector: Collector): string {
    const { mqtt, clientId, topics, log, now } = this.#options;
    const address = brokerAddress(mqtt);
    this.#subscription = new FleetSubscription({
      address,
      mqtt,
      clientId,
      topics,
      wantsRetained: collector.state().devices === 0,
      taker: collector,
      ...(log && { log }),
      ...(now && { now }),
    });
    this.#subscription.start();
    return address.label;
  }

  async #serve(config: HttpConfig): Promise<string> {
    const { store, limits = DEFAULT_PRESENCE_LIMITS, now = Date.now, version, tokens, changeToken } = this.#options;
    const { actions } = store;
    const snapshots = new FleetSnapshots({ store, limits, now, ...(actions && { labels: () => actions.labels() }) });
    const reports = new ReportMaker(store, now);
    this.#snapshots = snapshots;
    this.#reports = reports;
    // so that whoever looks first need not wait for it
    snapshots.catchUp().catch((err: unknown) => this.#log.warn({ err }, 'what devices measured cannot be read'));
    const view: FleetView = {
      store,
      limits,
      now,
      snapshots: () => snapshots,
      reports: () => reports,
      state: () => this.#collector!.state(),
      broker: () => this.state().broker,
    };
    const routes = [
      ...fleetRoutes(view),
      ...(actions && this.#actions
        ? [
            ...actionRoutes({ store: actions, actions: this.#actions }),
            ...configurationRoutes(this.#configuration!),
            ...askedEvidenceRoutes({ store, actions: this.#actions }),
          ]
        : []),
    ];
    const metrics = collectorMetrics({
      state: () => this.#collector!.state(),
      broker: () => this.state().broker,
      figures: () => this.#collector!.figures,
      waitingSince: () => this.#collector!.waitingSince,
      snapshot: () => snapshots.latest(),
      now,
    });
    const document = openApiOf(routes, version, COLLECTOR_API);
    this.#server = new HttpServer({
      config,
      ...(tokens && { named: tokens }),
      changeToken: changeToken ?? null,
      routes: [
        ...pageRoutes(undefined, 'fleet.html'),
        HEALTHZ,
        metrics,
        { path: OPENAPI_PATH, handle: () => json(document) },
        ...routes,
      ],
    });
    const { host, port } = await this.#server.start();
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}/api/v1/fleet`;
  }

  /** An answer to a command is kept. */
  #heard(site: string, device: string, body: Readonly<Record<string, unknown>>): void {
    this.#actions?.hear(site, device, body);
    // what is lost of it is asked for again
    this.#configuration?.hear(site, device, body).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'what a device told of its configuration cannot be kept');
    });
  }

  #tell(topic: string, payload: string): void {
    this.#subscription?.publish(topic, payload);
    this.#shared?.publish(topic, payload);
    this.#embedded?.publish(topic, payload);
  }
}
