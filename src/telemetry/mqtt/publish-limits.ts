/** A message that was alone on its way. */
export interface LoneMessage {
  readonly topic: string;
  /** Of the whole packet. */
  readonly bytes: number;
}

/** What was learned of a broker that ends the connection instead of refusing a message. */
export interface LearnedLimits {
  /** Bytes that a packet must stay below; null where nothing was learned. */
  readonly bytes: number | null;
  /** Topics at which nothing may be published. */
  readonly topics: readonly string[];
}

/** So often must a connection break with a message that was alone on its way. */
const LOSSES = 3;
/** A packet that has less than this besides its topic is too large for nobody: it is the topic that the broker does not want. */
const SMALL_BYTES = 175;
/** Hardly a broker takes less: what can be split is made no larger before larger ones went through. */
const LIKELY_BYTES = 1000;
/** After so many acknowledged messages nobody is careful any more: what was on its way may have been dropped. */
const CAREFUL_AT_MOST = 100;
/** Limits are raised, rights are granted: what was learned is forgotten, and tried again. */
const FORGET_MS = 3_600_000;

/**
 * Learns what a broker does not take from the connections that it ends: MQTT 3.1.1 has no other way to refuse a message. After
 * a loss messages go one by one, so that the one that breaks connections is found and the others are not blamed. Three times
 * the same one alone: where nothing as large was ever taken it is the size, else the topic.
 */
export class PublishLimits {
  readonly #clock: () => number;
  /** Bytes of the largest packet that the broker acknowledged. */
  #proven = 0;
  #learned: { readonly bytes: number; readonly topic: string } | null = null;
  readonly #topics = new Set<string>();
  #learnedAt = 0;
  /** Packets that pass, and that are thrown away without a word, in bytes. */
  #silent: { readonly passes: number; readonly swallowed: number } | null = null;
  #suspect: { topic: string; bytes: number; losses: number } | null = null;
  /** Messages by topic that were on their way when a connection broke, and are not yet done with. */
  readonly #unclear = new Map<string, number>();
  #sinceLoss = 0;
  #everLost = false;

  /** @param clock ms that only go forward */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** What holds now. */
  get learned(): LearnedLimits {
    this.#forgetOld();
    return { bytes: this.#learned?.bytes ?? this.#silent?.swallowed ?? null, topics: [...this.#topics] };
  }

  /**
   * Bytes that a packet may have to go through, as far as is known: the limit is between what was taken and what was not, and
   * finding it would cost connections.
   */
  get safeBytes(): number {
    this.#forgetOld();
    if (this.#silent !== null) return this.#silent.passes;
    if (this.#learned === null) return Number.POSITIVE_INFINITY;
    return Math.max(this.#proven, Math.min(LIKELY_BYTES, Math.floor(this.#learned.bytes / 4)));
  }

  /** Whether messages go one by one for now. */
  get isCareful(): boolean {
    return this.#unclear.size > 0;
  }

  /** Whether a packet may be what ends the connection: it is to be acknowledged, so that it shows. */
  isSuspect({ bytes }: LoneMessage): boolean {
    return this.#everLost && bytes > this.#proven;
  }

  /** Whether the broker is known to end the connection over it. */
  forbids({ topic, bytes }: LoneMessage): 'size' | 'topic' | null {
    this.#forgetOld();
    if (this.#topics.has(topic)) return 'topic';
    if (this.#silent !== null && bytes >= this.#silent.swallowed) return 'size';
    return this.#learned !== null && bytes >= this.#learned.bytes ? 'size' : null;
  }

  /** What the broker acknowledges and throws away, as others found out; null: nothing. Holds until it is said otherwise. */
  silent(found: { readonly passes: number; readonly swallowed: number } | null): void {
    this.#silent = found;
  }

  /** The broker has it. */
  acknowledged({ topic, bytes }: LoneMessage): void {
    this.#proven = Math.max(this.#proven, bytes);
    if (this.#suspect?.topic === topic && bytes >= this.#suspect.bytes) this.#suspect = null;
    this.#cleared(topic);
    if (++this.#sinceLoss > CAREFUL_AT_MOST) this.#unclear.clear();
  }

  /** The broker said that it is too large. */
  tooLarge({ topic, bytes }: LoneMessage): void {
    this.#learnedAt = this.#clock();
    this.#learned = { bytes, topic };
  }

  /** It was given up for a reason that is known. */
  givenUp({ topic }: LoneMessage): void {
    this.#cleared(topic);
  }

  /**
   * The broker ended the connection with these on their way.
   *
   * @param mayBlame whether one of them may be why
   * @returns the one that did it, once that is certain; how it is known from then on is in `learned`
   */
  broke(onTheirWay: readonly LoneMessage[], mayBlame = true): LoneMessage | null {
    this.#everLost = true;
    this.#sinceLoss = 0;
    // those that were unclear before and are not on their way wait behind these
    for (const topic of new Set(onTheirWay.map((message) => message.topic))) {
      const count = onTheirWay.filter((message) => message.topic === topic).length;
      this.#unclear.set(topic, Math.max(this.#unclear.get(topic) ?? 0, count));
    }
    const [only] = onTheirWay;
    if (onTheirWay.length !== 1 || only === undefined || !mayBlame) return null;
    const isSame = this.#suspect?.topic === only.topic && this.#suspect.bytes <= only.bytes + SMALL_BYTES;
    const losses = isSame ? this.#suspect!.losses + 1 : 1;
    this.#suspect = { topic: only.topic, bytes: only.bytes, losses };
    if (losses < LOSSES) return null;
    this.#suspect = null;
    this.#learn(only);
    this.#cleared(only.topic);
    return only;
  }

  #cleared(topic: string): void {
    const count = this.#unclear.get(topic);
    if (count === undefined) return;
    if (count > 1) this.#unclear.set(topic, count - 1);
    else this.#unclear.delete(topic);
  }

  #learn({ topic, bytes }: LoneMessage): void {
    this.#learnedAt = this.#clock();
    if (bytes > this.#proven && bytes - topic.length >= SMALL_BYTES) {
      this.#learned = { bytes, topic };
      return;
    }
    this.#topics.add(topic);
    // what looked like the size of its messages was the topic
    if (this.#learned?.topic === topic) this.#learned = null;
  }

  #forgetOld(): void {
    if ((this.#learned === null && this.#topics.size === 0) || this.#clock() - this.#learnedAt < FORGET_MS) return;
    this.#learned = null;
    this.#topics.clear();
    this.#proven = 0;
  }
}
