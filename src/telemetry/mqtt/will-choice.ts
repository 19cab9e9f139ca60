/** How a last will is left at the broker; null: not at all. */
export type WillForm = { readonly qos: 0 | 1; readonly retain: boolean } | null;

const WHOLE: WillForm = { qos: 1, retain: true };
/** Brokers of old close the connection instead of saying that they take no such will. After so many it is left out as often. */
const SILENT_CLOSES = 4;

const TOO_LARGE = 149;
const RETAIN_NOT_SUPPORTED = 154;
const QOS_NOT_SUPPORTED = 155;

/**
 * Chooses the last will of the next attempt. A broker that takes no retained one, none of QoS 1, or none at all must not keep
 * the device from connecting; what was accepted stays.
 */
export class WillChoice {
  readonly #whole: WillForm;
  #form: WillForm;
  #silentCloses = 0;
  #accepted = false;

  /** @param whole how it is to be left where the broker takes that */
  constructor(whole: WillForm = WHOLE) {
    this.#whole = whole;
    this.#form = whole;
  }

  get current(): WillForm {
    return this.#form;
  }

  /** Whether the last will is as it should be. */
  get isWhole(): boolean {
    return this.#form === this.#whole;
  }

  accepted(): void {
    this.#accepted = true;
  }

  /**
   * An attempt was refused.
   *
   * @param code of the broker; null where it closed the connection without a word
   * @returns true where the next attempt should follow at once, with less of a will
   */
  refused(code: number | null): boolean {
    if (code === null) this.#closedSilently();
    else if (code === RETAIN_NOT_SUPPORTED) return this.#lessen((form) => ({ qos: form.qos, retain: false }));
    else if (code === QOS_NOT_SUPPORTED) return this.#lessen((form) => ({ qos: 0, retain: form.retain }));
    else if (code === TOO_LARGE) return this.#lessen(() => null);
    return false;
  }

  #lessen(less: (form: NonNullable<WillForm>) => WillForm): boolean {
    const form = this.#form === null ? null : less(this.#form);
    const isLess = JSON.stringify(form) !== JSON.stringify(this.#form);
    this.#form = form;
    return isLess;
  }

  #closedSilently(): void {
    if (this.#accepted) return;
    this.#silentCloses++;
    if (this.#silentCloses % SILENT_CLOSES === 0) this.#form = this.#form === null ? this.#whole : null;
  }
}
