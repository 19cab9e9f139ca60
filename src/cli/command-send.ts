import { randomUUID } from 'node:crypto';
import { join, parse } from 'node:path';
import { loadConfig } from '../config/load.js';
import { ConfigError, EdgeError } from '../foundation/errors.js';
import { IDENTIFIER, IDENTIFIER_IN_WORDS } from '../foundation/identifier.js';
import { writeWhole } from '../foundation/private-files.js';
import { deviceScope } from '../runtime/device-scope.js';
import type { CommandId } from '../telemetry/commands/envelope.js';
import type { RefusalCause } from '../telemetry/commands/refusals.js';
import { type RemoteAnswer, type RemoteAnswers, sendCommand } from '../telemetry/commands/remote-command.js';
import { visitedBroker } from '../telemetry/mqtt/broker-address.js';
import { FAILED, UNUSABLE } from './exit-codes.js';
import { oneLine, print, printJson } from './print.js';
import { bodyOf, readSigningKey } from './signed-command.js';

export interface SendOptions {
  readonly body?: readonly string[];
  readonly device?: string;
  readonly allDevices?: boolean;
  readonly site?: string;
  /** File of the private key. */
  readonly key?: string;
  readonly config?: string;
  readonly broker?: string;
  readonly id?: string;
  /** s */
  readonly timeout: number;
  /** s */
  readonly validFor: number;
  readonly out?: string;
  /** Where the bundle of a diagnosis goes. */
  readonly bundle?: string;
  readonly json?: boolean;
}

/** Asked again, the device may well obey. */
const PASSING: readonly RefusalCause[] = ['flood', 'too-many', 'busy', 'expired', 'not-yet-valid', 'replayed'];

/**
 * `command send`: signs a command, sends it, waits for the result and prints it.
 *
 * @returns the exit code: 1 where no answer came in time or the command failed, 2 where it is refused for good
 * @throws ConfigError where the key, the body or a name cannot be used; as `sendCommand`
 */
export async function send(name: string, fields: readonly string[], options: SendOptions): Promise<number> {
  const { config: file, site, broker, device, allDevices = false } = options;
  const { config } = loadConfig({
    ...(file !== undefined && { file }),
    env: process.env,
    flags: {
      ...(site !== undefined && { site }),
      ...(device !== undefined && { device }),
      ...(broker !== undefined && { 'mqtt.broker': broker }),
    },
    flagNames: { site: '--site', device: '--device', 'mqtt.broker': '--broker' },
  });
  if (!IDENTIFIER.test(name)) {
    throw new ConfigError('the command cannot be sent', [`name: expected ${IDENTIFIER_IN_WORDS}, got ${name}`]);
  }
  const body = bodyOf([...fields, ...(options.body ?? [])]);
  const key = options.key === undefined ? null : readSigningKey(options.key);
  if (allDevices && key === null) {
    throw new ConfigError('the command cannot be sent', [
      '--all-devices: expected a --key: what is for a site is signed',
    ]);
  }
  const target = allDevices ? null : deviceScope(config).device;
  const bundle = bundleFile(name, target, options);
  const ask = (asked: Readonly<Record<string, unknown>>, id: CommandId): Promise<RemoteAnswers> =>
    sendCommand(config.mqtt, visitedBroker(config.mqtt), {
      name,
      site: config.site,
      device: target,
      body: asked,
      id,
      key,
      lifetimeMs: options.validFor * 1000,
      timeoutMs: options.timeout * 1000,
    });
  const answers = await ask(bundle === null ? body : { ...body, bundle: true }, idOf(options.id));
  if (answers.answers.length === 0) throw unanswered(answers, `${config.site}/${target ?? '+'}`, options.timeout);
  for (const answer of answers.answers)
    await show(answer, {
      out: pictureFile(options.out, answer, target),
      json: options.json ?? false,
    });
  const code = Math.max(...answers.answers.map(exitCodeFor));
  const told = answers.answers[0]?.result.result?.['bundle'];
  if (bundle === null || told === undefined) return code;
  const { fetchBundle } = await import('./remote-bundle.js');
  await fetchBundle(bundle, told, async (part) => (await ask(part, randomUUID())).answers[0]?.result ?? null);
  if (!options.json) print(`the bundle is in ${bundle}`);
  return code;
}

/** Null where none is asked for. @throws ConfigError where there cannot be one */
function bundleFile(name: string, target: string | null, { bundle }: SendOptions): string | null {
  if (bundle === undefined) return null;
  if (name === 'diagnose' && target !== null) return bundle;
  throw new ConfigError('the command cannot be sent', ['--bundle: expected with the command diagnose to one device']);
}

/** Whole numbers are sent as such. */
function idOf(text: string | undefined): CommandId {
  if (text === undefined) return randomUUID();
  const number = Number(text);
  return /^-?\d+$/.test(text) && Number.isSafeInteger(number) ? number : text;
}

interface ShowOptions {
  readonly out: string | undefined;
  readonly json?: boolean;
}

/** Where a picture goes: of every device of a site, each into a file of its own, `north.jpg` into `north.cabinet7.jpg`. */
function pictureFile(out: string | undefined, { device }: RemoteAnswer, target: string | null): string | undefined {
  if (out === undefined || target !== null) return out;
  const { dir, name, ext } = parse(out);
  return join(dir, `${name}.${device}${ext}`);
}

async function show({ device, ts, result }: RemoteAnswer, { out, json }: ShowOptions): Promise<void> {
  const picture = typeof result.result?.['jpeg'] === 'string' ? result.result['jpeg'] : null;
  if (picture !== null && out !== undefined) await writeWhole(out, Buffer.from(picture, 'base64'));
  const kept = picture === null || out === undefined ? result.result : { ...result.result, jpeg: out };
  if (json) {
    printJson({ device, ts, ...result, ...(kept && { result: kept }) });
    return;
  }
  const findings = result.ok ? toldFindings(kept ?? {}) : null;
  if (findings !== null) {
    print(oneLine(`${device}: ${String(kept?.['condition'])}`));
    for (const line of findings) print(line);
    return;
  }
  const text = result.ok
    ? doneText(result, kept ?? {})
    : `${result.refused ? `refused (${result.refused})` : 'failed'}: ${result.error}`;
  // whoever may publish there has a say in it
  print(oneLine(`${device}: ${text}`));
}

/** Of a command that is only accepted so far, how its outcome is heard of. */
function doneText({ id, repeated }: RemoteAnswer['result'], told: Record<string, unknown>): string {
  const { state, ...rest } = told;
  if (state === 'accepted') {
    return `accepted${inWords(rest)}; its outcome is asked for by the same command with --id ${id}`;
  }
  return `done${repeated ? ' (done before, under this id)' : ''}${inWords(state === 'done' ? rest : told)}`;
}

/** What a diagnosis found that is not fine, a paragraph each; null where the answer is none. */
function toldFindings({ findings, leftOut }: Record<string, unknown>): string[] | null {
  if (!Array.isArray(findings)) return null;
  const told = (findings as Readonly<Record<string, unknown>>[]).filter(({ condition }) => condition !== 'fine');
  const lines = told.flatMap(({ condition, what, means, remedy }) => [
    oneLine(`  ${String(condition)}: ${String(what)}`),
    ...[means, remedy].filter((text) => typeof text === 'string').map((text) => oneLine(`    ${text}`)),
  ]);
  return leftOut === undefined
    ? lines
    : [...lines, oneLine(`  left out, for want of room: ${JSON.stringify(leftOut)}`)];
}

function inWords(result: Record<string, unknown>): string {
  const entries = Object.entries(result).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${key} ${text.length > 400 ? `${text.slice(0, 60)}… (${text.length} characters)` : text}`;
  });
  return entries.length === 0 ? '' : `: ${entries.join(', ')}`;
}

function exitCodeFor({ result: { ok, refused } }: RemoteAnswer): number {
  if (ok) return 0;
  return refused === undefined || PASSING.includes(refused) ? FAILED : UNUSABLE;
}

function unanswered({ online }: RemoteAnswers, target: string, timeoutS: number): EdgeError {
  const status = {
    true: 'its status says that it is online: may it read its cmd/+, and this user its results? See the access rules of the broker',
    false: 'its status says that it is offline; the command is lost, send it again once it is back',
    null: 'the broker keeps no status of it: see --site, --device and --broker',
  }[String(online) as 'true' | 'false' | 'null'];
  return new EdgeError('E_TIMEOUT', `no answer from ${target} within ${timeoutS} s: ${status}`);
}
