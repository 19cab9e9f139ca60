/** What a command arrives with: a JSON object that nobody has checked but for its `id`. */
export type CommandPayload = Readonly<Record<string, unknown>>;

/** A command that the device answers: `cmd/<name>` over MQTT. */
export interface CommandDeclaration {
  /** One level of a topic, unique in the program. */
  readonly name: string;
  /** Carries it out: what it returns becomes `result`, what it throws becomes `error`. */
  handle(payload: CommandPayload): Record<string, unknown> | Promise<Record<string, unknown>>;
}
