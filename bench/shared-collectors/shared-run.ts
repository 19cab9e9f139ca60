import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { partitionOf, partitionsOf } from '../../src/collector/share/partition-plan.js';
import type { Cluster } from '../../test/database/postgres/cluster.js';
import { begun, forked } from '../collector/children.js';
import { freshDatabase } from '../collector/fleet-server.js';
import { startMosquitto } from '../collector/mosquitto.js';
import { deviceIds, differenceFrom, type FleetDifference, progressIn } from './kept-fleet.js';
import { KeptLog } from './kept-log.js';
import type { KeptCommit } from './member.js';

export interface SharedPlan {
  readonly collectors: number;
  readonly devices: number;
  /** Messages a second; null: as fast as they are kept. */
  readonly rate: number | null;
  readonly seconds: number;
  /** s after which the last of the collectors is killed; null: none is. */
  readonly killAfterS: number | null;
  readonly server: Cluster;
  readonly folder: string;
}

export interface SharedResult extends FleetDifference {
  readonly sent: number;
  readonly perSecond: number;
  /** From when a message was made until it was kept, ms. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly worstMs: number | null;
  /** Of those that were kept before anybody was killed. */
  readonly p99BeforeMs: number | null;
  /** From the kill until another one kept something of a device of the one that is gone; null: nobody was killed. */
  readonly takeover: { readonly devices: number; readonly medianS: number; readonly worstS: number } | null;
  /** Of the largest collector. */
  readonly rssMiB: number;
}

/** Messages that are sent and not kept yet, where nothing paces: each waits half a second for others that came before it elsewhere. */
export const SHARED_WINDOW = 20_000;
/** s without any progress after which what is not there is lost: a session is taken over after ten at the latest. */
const PATIENCE_S = 40;
const STEP_MS = 20;
const LOOK_MS = 250;

/** Some collectors that share what comes, behind a broker and a publisher of their own, on this machine. */
export async function sharedRun(plan: SharedPlan): Promise<SharedResult> {
  const { collectors, devices, rate, seconds, killAfterS, server, folder } = plan;
  const { child: broker, port } = await startMosquitto(folder);
  const target = await freshDatabase(server);
  const names = Array.from({ length: collectors }, (_, index) => `collector-${index + 1}`);
  const members = names.map((name) => forked('shared-collectors/member', `mqtt://127.0.0.1:${port}`, target, name));
  const publisher = forked('collector/publisher', String(port), String(devices));
  try {
    await Promise.all([...members, publisher].map(begun));
    publisher.send(devices);
    await settled(server, ({ births }) => births >= devices);
    const log = new KeptLog();
    for (const [index, member] of members.entries())
      member.on('message', (news: KeptCommit) => log.add(names[index]!, news));
    const victim = killAfterS === null ? null : { name: names.at(-1)!, process: members.at(-1)! };
    const startedAt = performance.now();
    const sinceS = (): number => (performance.now() - startedAt) / 1000;
    let allowed = devices;
    let isKilled = false;
    while (sinceS() < seconds) {
      const mayBe = rate === null ? log.count + SHARED_WINDOW : Math.floor(sinceS() * rate);
      allowed = Math.max(allowed, devices + mayBe);
      publisher.send(allowed);
      if (victim !== null && !isKilled && sinceS() >= killAfterS!) {
        victim.process.kill('SIGKILL');
        log.killed(victim.name, Date.now());
        isKilled = true;
      }
      await pause(STEP_MS);
    }
    const sent = allowed - devices;
    await settled(server, ({ rows, waiting }) => rows >= sent && waiting === 0);
    const took = sinceS();
    await Promise.all(members.map((member) => ended(member)));
    const takeover = victim === null ? null : await takeoverOf(victim.name, names, devices, server, log);
    const difference = await differenceFrom(server, devices, allowed);
    const [p50Ms, p99Ms, worstMs] = [0.5, 0.99, 1].map((share) => log.quantile(share)) as [number, number, number];
    const p99BeforeMs = log.quantile(0.99, 'before');
    return {
      ...difference,
      sent,
      perSecond: sent / took,
      p50Ms,
      p99Ms,
      worstMs,
      p99BeforeMs,
      takeover,
      rssMiB: log.rssMiB,
    };
  } finally {
    for (const one of [publisher, ...members, broker]) one.kill('SIGKILL');
  }
}

async function takeoverOf(
  name: string,
  names: readonly string[],
  devices: number,
  server: Cluster,
  log: KeptLog,
): Promise<SharedResult['takeover']> {
  const parts = new Set(partitionsOf(name, names));
  const isOf = (index: number): boolean => parts.has(partitionOf(`edge/v1/site-${index % 20}/cabinet-${index}/status`));
  const ids = await deviceIds(server);
  const of = Array.from({ length: devices }, (_, index) => index).filter(isOf);
  const times = log.takeover(of.map((index) => ids.get(index) ?? -1));
  return times === null ? null : { devices: of.length, ...times };
}

/** Waits until it is so, or nothing can be hoped for. */
async function settled(
  server: Cluster,
  isSo: (progress: Awaited<ReturnType<typeof progressIn>>) => boolean,
): Promise<void> {
  let [last, changedAt] = ['', performance.now()];
  while (performance.now() < changedAt + PATIENCE_S * 1000) {
    const progress = await progressIn(server);
    if (isSo(progress)) return;
    const told = JSON.stringify(progress);
    if (told !== last) [last, changedAt] = [told, performance.now()];
    await pause(LOOK_MS);
  }
}

async function ended(member: ChildProcess): Promise<void> {
  if (!member.connected) return;
  const exit = once(member, 'exit');
  member.send('stop');
  await exit;
}
