/* The signed commands that are sent to many devices from the page, with what each takes: docs/commands.md. */

/** How a field is read: `settings` are lines `KEY=VALUE`, and stand in the body by themselves. */
export type FieldKind = 'text' | 'number' | 'list' | 'flag' | 'settings';

/** What a command takes. */
export interface CommandField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly isNeeded?: true;
}

interface OfferedCommand {
  readonly fields: readonly CommandField[];
  /** It changes how a device answers: it is offered in stages. */
  readonly isCareful?: true;
}

const text = (name: string): CommandField => ({ name, kind: 'text' });
const list = (name: string): CommandField => ({ name, kind: 'list' });
const count = (name: string): CommandField => ({ name, kind: 'number' });
const flag = (name: string): CommandField => ({ name, kind: 'flag' });
const needed = (field: CommandField): CommandField => ({ ...field, isNeeded: true });

export const OFFERED_COMMANDS = {
  report: { fields: [] },
  configuration: { fields: [list('keys')] },
  diagnose: { fields: [list('only')] },
  set: { fields: [needed({ name: 'values', kind: 'settings' }), count('forS')], isCareful: true },
  optimize: { fields: [list('strategies'), flag('dryRun')], isCareful: true },
  model: { fields: [needed(text('url')), needed(text('sha256')), text('name')], isCareful: true },
  update: {
    fields: [needed(text('version')), needed(text('url')), needed(text('digest')), count('watchS'), flag('allowOlder')],
    isCareful: true,
  },
  rollback: { fields: [], isCareful: true },
  pause: { fields: [text('camera'), count('forS')], isCareful: true },
  resume: { fields: [text('camera')] },
  invalidate: { fields: [list('tags'), list('keys')] },
  acknowledge: { fields: [needed(text('code')), text('tenant')] },
  snooze: { fields: [needed(text('code')), text('tenant'), needed(count('forS'))] },
} as const satisfies Readonly<Record<string, OfferedCommand>>;

export type OfferedName = keyof typeof OFFERED_COMMANDS;

export const fieldsOf = (command: OfferedName): readonly CommandField[] => OFFERED_COMMANDS[command].fields;

export const isCareful = (command: OfferedName): boolean =>
  (OFFERED_COMMANDS[command] as OfferedCommand).isCareful === true;

/**
 * What stands in the fields, as the body of the command.
 *
 * @param typed by the name of the field; what is empty is left out
 * @returns the name of a field that cannot be used where one cannot
 */
export function bodyOf(
  command: OfferedName,
  typed: Readonly<Record<string, string>>,
): { readonly body: Record<string, unknown> } | { readonly wrong: string } {
  const body: Record<string, unknown> = {};
  for (const { name, kind, isNeeded } of fieldsOf(command)) {
    const given = typed[name]?.trim() ?? '';
    if (given === '') {
      if (isNeeded) return { wrong: name };
      continue;
    }
    const value = READ[kind](given);
    if (value === null) return { wrong: name };
    if (kind === 'settings') Object.assign(body, value);
    else body[name] = value;
  }
  return { body };
}

const READ: Readonly<Record<FieldKind, (given: string) => unknown>> = {
  text: (given) => given,
  list: (given) => given.split(/[\s,]+/).filter((one) => one !== ''),
  flag: () => true,
  number: (given) => (/^\d+$/.test(given) ? Number(given) : null),
  settings: settingsIn,
};

/** Lines `KEY=VALUE`; a value that is JSON is what it means, everything else is text. null: a line is none. */
function settingsIn(given: string): Record<string, unknown> | null {
  const settings: Record<string, unknown> = {};
  for (const line of given.split('\n').filter((one) => one.trim() !== '')) {
    const [, key, value] = /^\s*([A-Za-z][\w.-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined || value === '') return null;
    settings[key] = jsonOrText(value);
  }
  return settings;
}

function jsonOrText(text_: string): unknown {
  try {
    const value: unknown = JSON.parse(text_);
    return typeof value === 'number' && !Number.isFinite(value) ? text_ : value;
  } catch {
    return text_;
  }
}
