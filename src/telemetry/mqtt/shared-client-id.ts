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
/** Partings that are longer ago say nothing. */
const WINDOW_MS = 600_000;
/** So often must a broker say it. */
const TAKEN_OVER = 2;
/** So often must a connection that did nothing be closed after so short a time, where a broker cannot say why. */
const SHORT_LIVED = 4;
const SHORT_MS = 65_000;
/** Different numbers of births and wills at our topic that are none of ours: one may be of the previous run. */
const STRANGERS = 2;

/**
 * Recognises that another client has the same client id: the broker then throws out the one that was there, which comes back
 * and throws out the other. MQTT 5 says so; with 3.1.1 it shows in connections that are closed soon after they were made,
 * and, where both devices have the same name, in births at our own topic that are not ours.
 */
export class SharedClientId {
  #takenOver: number[] = [];
  #shortLived: number[] = [];
  readonly #strangers = new Set<number>();
  #ended = 0;

  /** Connections that another client with the same id ended, as far as the broker said so. */
  get takenOver(): number {
    return this.#ended;
  }

  /** `certain`: the broker says so, or the other was heard; `likely`: connections look like it; null: nothing does. */
  verdict(at: number): 'certain' | 'likely' | null {
    if (recent(this.#takenOver, at).length >= TAKEN_OVER) return 'certain';
    if (recent(this.#shortLived, at).length < SHORT_LIVED) return null;
    return this.#strangers.size >= STRANGERS ? 'certain' : 'likely';
  }

  ended({ code, byBroker, connectedMs, at, withMessages }: Parting): void {
    if (code === SESSION_TAKEN_OVER) {
      this.#ended++;
      this.#takenOver = [...recent(this.#takenOver, at), at];
    } else if (byBroker && code === null && !withMessages && connectedMs < SHORT_MS) {
      this.#shortLived = [...recent(this.#shortLived, at), at];
    } else if (connectedMs >= SHORT_MS) this.#shortLived = [];
  }

  /** A birth or will with a number that this run never had was heard at our own topic. */
  heardStranger(bdSeq: number): void {
    if (this.#strangers.size < STRANGERS) this.#strangers.add(bdSeq);
  }
}

const recent = (times: readonly number[], at: number): number[] => times.filter((time) => at - time < WINDOW_MS);
