import { constants } from 'node:os';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof STOP_SIGNALS)[number];

/** What a shell adds to the number of a signal for the exit code of a process that it ended. */
const SIGNALLED = 128;

/** The exit code of a process that a signal ended. */
export function exitCodeOfSignal(signal: StopSignal): number {
  return SIGNALLED + constants.signals[signal];
}

/**
 * Asks for a clean stop when the terminal closes (SIGHUP), the init system stops the service (SIGTERM) or a person
 * presses Ctrl-C (SIGINT). A second one ends the process at once, with exit code 128 + the signal's number: whoever
 * sends it does not want to wait. Its children go with it.
 */
export class StopSignals {
  /** Resolves with the name of the first. */
  readonly received: Promise<StopSignal>;
  #first: StopSignal | null = null;
  #receive: (signal: StopSignal) => void = () => undefined;
  readonly #take = (signal: NodeJS.Signals): void => this.#taken(signal as StopSignal);

  /** Listens from now on. */
  constructor() {
    this.received = new Promise((resolve) => {
      this.#receive = resolve;
    });
    for (const signal of STOP_SIGNALS) process.on(signal, this.#take);
  }

  /** The first that came, null before it. */
  get first(): StopSignal | null {
    return this.#first;
  }

  #taken(signal: StopSignal): void {
    if (this.#first !== null) process.exit(exitCodeOfSignal(signal));
    this.#first = signal;
    this.#receive(signal);
  }
}
