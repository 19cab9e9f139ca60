import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { AuditArchive } from '../collector/actions/action-ledger.js';
import { parseNamedTokens } from '../collector/api/named-tokens.js';
import { Collecting, type CollectingState } from '../collector/collecting.js';
import { Membership } from '../collector/share/membership.js';
import { PARTITIONS } from '../collector/share/partition-plan.js';
import { RETENTION_DAYS } from '../collector/store/fleet-retention.js';
import type { FleetStore } from '../collector/store/fleet-store.js';
import { PostgresFleetStore } from '../collector/store/postgres/postgres-fleet-store.js';
import { SqliteFleetStore } from '../collector/store/sqlite-fleet-store.js';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { isAddress } from '../database/postgres/server/postgres-address.js';
import { ConfigError, explain } from '../foundation/errors.js';
import { createLog, type Log } from '../foundation/log.js';
import { pause } from '../foundation/pause.js';
import type { NamedToken } from '../http/access.js';
import { changeToken } from '../runtime/change-token.js';
import { VERSION } from '../runtime/version.js';
import { print, printJson } from './print.js';
import { readSigningKey, takeSigningKey } from './signed-command.js';
import { StopSignals } from './stop-signals.js';

export interface CollectFlags {
  readonly broker?: string;
  readonly brokerPort?: number;
  readonly store: string;
  readonly config?: string;
  readonly clientId: string;
  /** Name of the shared subscription. */
  readonly share?: string;
  readonly topic?: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly http: boolean;
  /** File of the private key that signs commands. */
  readonly key?: string;
  /** File with the configuration that devices are to have. */
  readonly desired?: string;
  /** File of tokens with a name and a role each. */
  readonly tokens?: string;
  readonly maxDevices: number;
  /** s */
  readonly staleAfter: number;
  /** days */
  readonly goneAfter: number;
  /** `events=30` */
  readonly keep?: readonly string[];
  /** Folder for what is old of the audit. */
  readonly auditArchive?: string;
  readonly auditDays?: number;
  readonly durable: boolean;
  /** s */
  readonly every: number;
  /** s */
  readonly duration?: number;
  readonly json?: boolean;
  readonly logLevel?: string;
}

const DAY_MS = 86_400_000;
/** That the audit stays in the store where it is archived at all. */
const AUDIT_DAYS = 400;
/** Variable with the PEM of the private key that signs commands. */
const COMMAND_KEY = 'EDGE_COMMAND_KEY';
const SHARE = /^[\w-]{1,64}$/;
const CLIENT_ID = /^[\x21-\x7e]{1,128}$/;

/**
 * `edge-optimizer collect`: receives until a signal comes or its time is over, and sums up.
 *
 * @param signals listening since the program began
 * @returns the exit code
 * @throws ConfigError where an option cannot be used; EdgeError where a port is taken or the store cannot be opened
 */
export async function collect(flags: CollectFlags, signals = new StopSignals()): Promise<number> {
  const fromEnvironment = takeSigningKey(process.env, COMMAND_KEY);
  const key = flags.key === undefined ? fromEnvironment : readSigningKey(flags.key);
  const config = configured(flags);
  const log = createLog(config.output.logLevel);
  const tokens = flags.tokens === undefined ? [] : namedTokens(flags.tokens);
  const store = await openStore(flags, log);
  const ended = new AbortController();
  void signals.received.then(() => ended.abort());
  const share = await joined(flags, store, config, log, ended.signal).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const startedAt = performance.now();
  const collecting = new Collecting({
    store,
    mqtt: config.mqtt,
    ...(share !== null && { share }),
    clientId: flags.clientId,
    topics: flags.topic ?? ['edge/#'],
    http: flags.http ? { ...config.http, host: flags.host, port: flags.port } : null,
    limits: { staleMs: flags.staleAfter * 1000, goneMs: flags.goneAfter * DAY_MS },
    mostDevices: flags.maxDevices,
    tokens,
    key,
    auditArchive: archiveIn(flags),
    desired: flags.desired === undefined ? null : resolve(flags.desired),
    changeToken:
      config.http.token === undefined && tokens.length === 0 && flags.http ? madeToken(flags.store, log) : null,
    version: VERSION,
    log,
  });
  try {
    const places = await collecting.start();
    if (flags.json) printJson({ type: 'started', ...places, store: shownStore(store, flags) });
    else
      print(
        `collecting from ${places.broker} into ${shownStore(store, flags)}${places.http ? `; the fleet is shown at ${new URL('/', places.http).href}` : ''}`,
      );
    if (flags.duration !== undefined) void pause(flags.duration * 1000, ended.signal).then(() => ended.abort());
    let before = collecting.state();
    while (!ended.signal.aborted) {
      await pause(flags.every * 1000, ended.signal);
      if (ended.signal.aborted) break;
      const state = collecting.state();
      if (flags.json) printJson({ type: 'status', ...state });
      else print(statusLine(state, before, flags.every));
      before = state;
    }
    await collecting.stop();
    const state = collecting.state();
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    if (flags.json) printJson({ type: 'summary', seconds, ...state });
    else print(summaryLine(state, seconds));
    return 0;
  } finally {
    await collecting.stop();
    await store.close();
  }
}

/** @throws as `PostgresFleetStore.open` and `SqliteFleetStore` */
async function openStore({ store, durable, keep, share, clientId }: CollectFlags, log: Log): Promise<FleetStore> {
  const common = { log, durable, retentionDays: keptDays(keep ?? []) };
  if (!isAddress(store)) return new SqliteFleetStore({ ...common, file: resolve(store) });
  return PostgresFleetStore.open({ ...common, target: store, member: share === undefined ? null : { name: clientId } });
}

/** null: this is the only collector. @throws ConfigError where the load cannot be shared so */
async function joined(
  { share, store: target, clientId }: CollectFlags,
  store: FleetStore,
  { mqtt }: Config,
  log: Log,
  signal: AbortSignal,
): Promise<{ name: string; membership: Membership; store: PostgresFleetStore } | null> {
  if (share === undefined) return null;
  const problems = [
    ...(SHARE.test(share) ? [] : [`--share: expected 1 to 64 letters, digits, - and _, got ${JSON.stringify(share)}`]),
    ...(mqtt.broker === 'embedded' ? ['--share: expected a broker of its own: --broker with an address'] : []),
    ...(store instanceof PostgresFleetStore ? [] : ['--share: expected --store postgres://…, where all of them write']),
  ];
  if (problems.length > 0 || !(store instanceof PostgresFleetStore))
    throw new ConfigError('the load cannot be shared', problems);
  const membership = await Membership.join(target, clientId, log, signal);
  store.ids.slot = membership.slot;
  return { name: share, membership, store };
}

/** null: all of the audit stays in the store. */
function archiveIn({ auditArchive, auditDays = AUDIT_DAYS }: CollectFlags): AuditArchive | null {
  return auditArchive === undefined ? null : { folder: resolve(auditArchive), keptMs: auditDays * DAY_MS };
}

/** Where it is kept, for people: no password. */
const shownStore = (store: FleetStore, flags: CollectFlags): string =>
  store instanceof PostgresFleetStore ? `${store.shown} (${store.partsKind})` : resolve(flags.store);

/** Where the token for changes lies of a collector: beside its file; where that is a server, in the folder that it was started in. */
export function changeTokenPlace(store: string): { readonly folder: string; readonly name: string } {
  if (isAddress(store)) return { folder: process.cwd(), name: 'fleet.token' };
  const file = resolve(store);
  return { folder: dirname(file), name: `${basename(file)}.token` };
}

/** What changes need where nobody was given a token: whoever may read it beside the store may change. */
function madeToken(store: string, log: Log): string | null {
  const { folder, name } = changeTokenPlace(store);
  const made = changeToken(folder, name);
  if ('token' in made) return made.token;
  log.warn({ reason: made.problem }, 'nothing can be changed over HTTP');
  return null;
}

/** @throws ConfigError where the file cannot be used */
function namedTokens(file: string): NamedToken[] {
  try {
    return parseNamedTokens(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError('the tokens cannot be used', [`--tokens: ${explain(error)}: ${file}`]);
  }
}

function configured({ config: file, broker, brokerPort, logLevel, clientId }: CollectFlags): Config {
  if (!CLIENT_ID.test(clientId))
    throw new ConfigError('nothing can be collected', [
      `--client-id: expected 1 to 128 visible ASCII characters, got ${JSON.stringify(clientId)}`,
    ]);
  const { config } = loadConfig({
    ...(file !== undefined && { file }),
    env: process.env,
    flags: {
      ...(broker !== undefined && { 'mqtt.broker': broker }),
      ...(brokerPort !== undefined && { 'mqtt.embeddedPort': brokerPort }),
      ...(logLevel !== undefined && { 'output.logLevel': logLevel }),
    },
    flagNames: { 'mqtt.broker': '--broker', 'mqtt.embeddedPort': '--broker-port', 'output.logLevel': '--log-level' },
  });
  if (config.mqtt.broker !== 'off') return config;
  if (broker === undefined) return { ...config, mqtt: { ...config.mqtt, broker: 'embedded' } };
  throw new ConfigError('nothing can be collected', ['--broker: expected embedded or an address, got off']);
}

/** @throws ConfigError naming the first that cannot be used */
function keptDays(words: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    words.map((word) => {
      const [table = '', days = ''] = word.split('=');
      const number = Number(days);
      if (Object.hasOwn(RETENTION_DAYS, table) && days !== '' && number > 0 && number <= 36_500) return [table, number];
      throw new ConfigError('nothing can be collected', [
        `--keep: expected one of ${Object.keys(RETENTION_DAYS).join(', ')}, = and days above 0, got ${word}`,
      ]);
    }),
  );
}

function statusLine(state: CollectingState, before: CollectingState, seconds: number): string {
  const rate = (state.counts.received - before.counts.received) / seconds;
  const parts = [
    `${state.devices} devices`,
    `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} messages/s`,
    `${state.counts.received} received`,
    `${state.counts.doubles} doubles`,
    `${state.counts.quarantined} quarantined`,
  ];
  if (state.sharing !== null)
    parts.push(`${state.sharing.collectors} collectors, ${state.sharing.parts} of ${PARTITIONS} parts here`);
  if (state.waiting > 0) parts.push(`${state.waiting} waiting`);
  if (!state.broker.connected) parts.push(`no broker: ${state.broker.problem ?? 'connecting'}`);
  if (state.problem !== null) parts.push(`cannot write: ${state.problem}`);
  return parts.join(', ');
}

function summaryLine({ devices, counts }: CollectingState, seconds: number): string {
  const { received, taken, doubles, ignored, quarantined, rebirths } = counts;
  return `stopped after ${seconds} s: ${devices} devices; since the store began ${received} messages received, ${taken} kept, ${doubles} doubles, ${ignored} not for us, ${quarantined} quarantined, ${rebirths} births asked for`;
}
