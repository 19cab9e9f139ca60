/** A message as it comes out of a broker. */
export interface SentMessage {
  /** Unix ms at which it arrives, by the clock of whoever receives. */
  readonly at: number;
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}
