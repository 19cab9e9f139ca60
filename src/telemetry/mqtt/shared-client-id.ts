import type { HeardStatus } from './own-status.js';

/**
 * What whoever steps back for the first time adds to its number. Numbers of two that started in the same moment, or that have
 * no clock, are mixed, and who is the later one would change with every attempt that fails; from then on they are far apart.
 *
 * @param random 0 ≤ x < 1
 */
export const leapOf = (random: number): number => 1000 + Math.floor(random * 99_000);

/** How a connection ended, as far as another client with the same id is concerned. */
export interface Parting {
  /** Reason code of the broker's goodbye; null where it said none. */
  readonly code: number | null;
  /** The broker ended it, not the network or this side. */
  readonly byBroker: boolean;
  /** ms that it lasted. */
  readonly connectedMs: number;
  /** ms that only go forward. */
  readonly at: number;
  /** Whether something was on its way that may be why. */
  readonly withMessages: boolean;
}

const SESSION_TAKEN_OVER = 142;
/** Partings that are longer ago say nothing. One side comes back only after minutes. */
const WINDOW_MS = 1_800_000;
/** So often must a broker say it. */
const TAKEN_OVER = 2;
/** So often must a connection that did nothing be closed after so short a time, where a broker cannot say why. */
const SHORT_LIVED = 4;
const SHORT_MS = 65_000;
/** So often must any be closed, where somebody else was heard. */
const CLOSED = 2;
/** Different numbers of births and wills at our topic that are none of ours: one may be of the previous run. */
const STRANGERS = 2;
/** More numbers than these are not told apart. */
const MAX_STRANGERS = 1000;

/** Who else there is: another client with our id, for sure or by all appearances, or a device with our name only. */
export type Double = 'client-id' | 'client-id-likely' | 'name';

/** A run of the program, as it is heard at its own topic. */
export interface OwnRun {
  readonly boot: string;
  /** Numbers of its first connection and of that of now. */
  readonly first: number;
  readonly last: number;
}

/** Whether a status is of this run. Its number alone says that of messages only that name no run: two devices may have the same. */
export const isOwnStatus = ({ bdSeq, boot }: HeardStatus, run: OwnRun): boolean =>
  boot === undefined ? bdSeq >= run.first && bdSeq <= run.last : boot === run.boot;

/**
 * Recognises that there are two of this device: two cabinets from one memory card. With one client id the broker throws out
 * the one that was there, which comes back and throws out the other. MQTT 5 says so; with 3.1.1 it shows in connections that
 * are closed soon after they were made, and in births at our own topic that are not ours. With two client ids both stay, and
 * write over each other's status.
 */
export class SharedClientId {
  #takenOver: number[] = [];
  #closed: Parting[] = [];
  readonly #strangers = new Set<number>();
  #rival: { readonly bdSeq: number; readonly at: number } | null = null;
  #namesake: { readonly bdSeq: number; readonly at: number } | null = null;
  #ended = 0;
  #toldOurs = false;
  /** Different numbers of others that were heard after ours. */
  #sinceOurs = 0;

  /** Connections that another client with the same id ended, as far as the broker said so. */
  get takenOver(): number {
    return this.#ended;
  }

  /** null where nothing looks like it. @param at ms that only go forward */
  verdict(at: number): Double | null {
    const closed = this.#closed.filter((parting) => isRecent(parting.at, at));
    const shortLived = closed.filter(({ connectedMs, withMessages }) => connectedMs < SHORT_MS && !withMessages);
    if (recent(this.#takenOver, at).length >= TAKEN_OVER) return 'client-id';
    if (this.rival(at) !== null && closed.length >= CLOSED) return 'client-id';
    if (shortLived.length >= SHORT_LIVED) return this.#strangers.size >= STRANGERS ? 'client-id' : 'client-id-likely';
    return this.#namesake !== null && isRecent(this.#namesake.at, at) ? 'name' : null;
  }

  /** The latest number of the other, where it was heard after ours had been told. @param at ms that only go forward */
  rival(at: number): number | null {
    return this.#rival !== null && isRecent(this.#rival.at, at) ? this.#rival.bdSeq : null;
  }

  /**
   * Whether this side leaves the broker to the other. The numbers of whoever started earlier are smaller, so that both know
   * it without a word. Where their numbers are mixed, the latest of each decide, of which only one is larger than what was
   * heard of the other, once both were heard.
   *
   * @param own number of the latest connection that the broker accepted
   * @param at ms that only go forward
   */
  stepsBack(own: number, at: number): boolean {
    const rival = this.rival(at);
    return rival !== null && rival < own && this.verdict(at) === 'client-id';
  }

  ended(parting: Parting): void {
    const { code, byBroker, connectedMs, at } = parting;
    if (code === SESSION_TAKEN_OVER) {
      this.#ended++;
      this.#takenOver = [...recent(this.#takenOver, at), at];
    } else if (byBroker && code === null) {
      this.#closed = [...this.#closed.filter((before) => isRecent(before.at, at)), parting].slice(-2 * SHORT_LIVED);
    } else if (connectedMs >= SHORT_MS) this.#closed = [];
    if (connectedMs >= SHORT_MS && this.rival(at) === null) this.#closed = [];
  }

  /** Our own birth was heard: a number that is none of ours and comes after it is of somebody who is there now. */
  heardOurs(): void {
    this.#toldOurs = true;
  }

  /** A birth or will with a number that this run never had was heard at our own topic. @param at ms that only go forward */
  heardStranger({ bdSeq, online, retained }: HeardStatus, at: number): void {
    const isNew = !this.#strangers.has(bdSeq);
    if (isNew && this.#strangers.size < MAX_STRANGERS) this.#strangers.add(bdSeq);
    // what was there before ours, and what a broker brings back from its disk, is always the same; the other counts on
    if (this.#toldOurs && isNew) {
      this.#sinceOurs++;
      if (this.#sinceOurs >= STRANGERS) this.#rival = { bdSeq, at };
    }
    if (retained) return;
    // it connected while this connection went on: with another client id
    if (online) this.#namesake = { bdSeq, at };
    else if (this.#namesake?.bdSeq === bdSeq) this.#namesake = null;
  }
}

const isRecent = (time: number, at: number): boolean => at - time < WINDOW_MS;
const recent = (times: readonly number[], at: number): number[] => times.filter((time) => isRecent(time, at));
