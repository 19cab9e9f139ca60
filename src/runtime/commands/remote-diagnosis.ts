import { type ChildProcess, execFile } from 'node:child_process';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { giveLowestPriority } from '../../board/process-priority.js';
import { type CommandAnswer, declareCommand } from '../../foundation/command.js';
import { EdgeError } from '../../foundation/errors.js';
import type { Part } from '../../foundation/part.js';
import { sha256OfFile } from '../../foundation/sha256.js';
import { TokenBucket } from '../../foundation/token-bucket.js';
import { z } from '../../foundation/validate.js';

export interface RemoteDiagnosisParts {
  /** What starts a diagnosis, without its options: program, file, `diagnose`. Empty where this is no program but a library: then none can be made. */
  readonly command: readonly string[];
  /** Where a bundle waits to be fetched: `store.dir`. */
  readonly folder: string;
  /** Bytes that an answer may have to go through to the broker, as far as is known. */
  readonly room: () => number;
  /** For tests: ms until a diagnosis is ended. */
  readonly timeoutMs?: number;
}

/** A bundle as it lies in the folder. */
interface WaitingBundle {
  /** Which file it is: another one has another. */
  readonly version: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A finding as `diagnose --json` prints it. */
interface ToldFinding {
  readonly condition: string;
}

/** Longer than a diagnosis, and the packing of its bundle, take on a slow board. */
const TIMEOUT_MS = 60_000;
const MOST_REPORT_BYTES = 4 * 2 ** 20;
/** What an answer has besides the report or the part, at most. */
const ENVELOPE_BYTES = 1000;
/** Of a bundle in one answer, before base64. */
const PART_BYTES = 48 * 1024;
/** MiB of a bundle that goes over a cabinet's uplink. */
const BUNDLE_MIB = 2;
const BUNDLE_LIFETIME_MS = 24 * 3_600_000;
const BUNDLE = 'diagnosis-bundle.tar.gz';
/** A diagnosis takes seconds of a core. */
const RATE = { perSecond: 1 / 30, burst: 3 };
/** The least important go first where an answer has no room for all. */
const LEFT_OUT_IN_TURN = ['fine', 'unknown', 'degraded', 'broken'] as const;

const payload = z
  .strictObject({
    only: z
      .string()
      .max(200)
      .regex(/^[a-z][a-z0-9,/-]*$/, 'expected grounds or checks, such as camera,broker')
      .optional(),
    lang: z
      .string()
      .regex(/^[a-z]{2}$/, 'expected two letters, such as es')
      .optional(),
    bundle: z.boolean().optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'expected the sum of the bundle')
      .optional(),
    part: z.int().min(0).max(1000).optional(),
  })
  .refine((body) => (body.part === undefined) === (body.sha256 === undefined), 'expected part and sha256 together')
  .refine(
    (body) => body.part === undefined || (body.only ?? body.lang ?? body.bundle) === undefined,
    'expected either a diagnosis or a part of its bundle',
  );

type DiagnosisRequest = z.infer<typeof payload>;

/** Answers `cmd/diagnose`: what `edge-optimizer diagnose` finds, by a process of its own, and a bundle of it in parts. */
export class RemoteDiagnosis implements Part {
  readonly name = 'remote diagnosis';
  readonly essential = false;
  readonly commands = [
    declareCommand({
      name: 'diagnose',
      access: 'signed',
      help: 'What `edge-optimizer diagnose` finds; with `bundle: true` also packs a bundle, whose parts are then asked for one by one with `sha256` and `part`. One at a time, three at once, then one every 30 s.',
      payload,
      handle: (body) => (body.sha256 === undefined ? this.#diagnose(body) : this.#part(body.sha256, body.part ?? 0)),
    }),
  ];
  readonly #parts: RemoteDiagnosisParts;
  readonly #rate = new TokenBucket(RATE.perSecond, RATE.burst);
  #child: ChildProcess | null = null;
  #forget: NodeJS.Timeout | undefined;
  #waiting: WaitingBundle | null = null;

  constructor(parts: RemoteDiagnosisParts) {
    this.#parts = parts;
  }

  /** What an earlier run left to be fetched is not kept for longer than one of this run. */
  async start(): Promise<void> {
    const left = await stat(this.#bundle).catch(() => null);
    if (left !== null) this.#forgetAfter(Math.max(0, left.mtimeMs + BUNDLE_LIFETIME_MS - Date.now()));
  }

  /** Ends the diagnosis that is under way; who asked for it is told. */
  stop(): void {
    clearTimeout(this.#forget);
    this.#child?.kill('SIGKILL');
  }

  get #bundle(): string {
    return join(this.#parts.folder, BUNDLE);
  }

  async #diagnose({ only, lang, bundle = false }: DiagnosisRequest): Promise<CommandAnswer> {
    const { command, room } = this.#parts;
    if (command.length === 0)
      throw new EdgeError('E_CONFIG', 'this program has the runtime as a library: it has no command that diagnoses');
    if (this.#child !== null) throw new EdgeError('E_SOURCE', 'a diagnosis is under way: ask again in a minute');
    if (!this.#rate.take(performance.now()))
      throw new EdgeError('E_SOURCE', 'diagnoses are asked for too fast: one every 30 s');
    const options = [
      '--json',
      ...(only === undefined ? [] : ['--only', only]),
      ...(lang === undefined ? [] : ['--lang', lang]),
    ];
    if (bundle) {
      await mkdir(this.#parts.folder, { recursive: true, mode: 0o700 });
      options.push('--bundle', this.#bundle, '--bundle-max', String(BUNDLE_MIB));
    }
    const report = await this.#run([...command.slice(1), ...options], command[0]!);
    const made = bundle ? await this.#told() : {};
    return fitting({ ...report, ...made }, room() - ENVELOPE_BYTES);
  }

  /** @throws EdgeError E_TIMEOUT where it took too long, E_SOURCE where it said nothing of use */
  #run(args: readonly string[], program: string): Promise<Record<string, unknown>> {
    const { timeoutMs = TIMEOUT_MS } = this.#parts;
    return new Promise((resolve, reject) => {
      const options = {
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: MOST_REPORT_BYTES,
        encoding: 'utf8',
      } as const;
      this.#child = execFile(program, args, options, (error, stdout, stderr) => {
        this.#child = null;
        // exit code 1 and 2 say how the device is
        const report = parsed(stdout);
        if (report !== null) resolve(report);
        else if (error?.killed)
          reject(new EdgeError('E_TIMEOUT', `the diagnosis did not end within ${timeoutMs / 1000} s`));
        else
          reject(
            new EdgeError(
              'E_SOURCE',
              `the diagnosis failed: ${stderr.trim().split('\n').at(-1) || (error?.message ?? 'it said nothing')}`,
            ),
          );
      });
      // frames go first
      if (this.#child.pid !== undefined) giveLowestPriority(this.#child.pid);
    });
  }

  async #told(): Promise<{ bundle: object }> {
    const { bytes, sha256 } = await this.#waitingBundle();
    this.#forgetAfter(BUNDLE_LIFETIME_MS);
    const partBytes = this.#partBytes();
    const parts = Math.ceil(bytes / partBytes);
    return { bundle: { bytes, sha256, parts, partBytes, until: Date.now() + BUNDLE_LIFETIME_MS } };
  }

  /** The bundle that waits, read whole once and not for each of its parts. @throws where there is none */
  async #waitingBundle(): Promise<WaitingBundle> {
    const { size: bytes, ino, mtimeMs } = await stat(this.#bundle);
    const version = `${ino} ${mtimeMs} ${bytes}`;
    if (this.#waiting?.version !== version) {
      this.#waiting = { version, bytes, sha256: await sha256OfFile(this.#bundle) };
    }
    return this.#waiting;
  }

  /** base64 makes four bytes of three. */
  #partBytes(): number {
    const room = Math.floor(((this.#parts.room() - ENVELOPE_BYTES) * 3) / 4);
    if (room < 1024)
      throw new EdgeError('E_PUBLISH', 'the broker takes no packets that are large enough for a part of a bundle');
    return Math.min(PART_BYTES, room);
  }

  async #part(sha256: string, part: number): Promise<CommandAnswer> {
    const file = await open(this.#bundle, 'r').catch(() => {
      throw new EdgeError('E_SOURCE', 'there is no bundle: ask for one with bundle: true; it is kept for a day');
    });
    try {
      const { bytes, sha256: own } = await this.#waitingBundle();
      if (own !== sha256)
        throw new EdgeError('E_SOURCE', `there is another bundle by now, ${own}: ask for its parts from 0 on`);
      const partBytes = this.#partBytes();
      const parts = Math.ceil(bytes / partBytes);
      if (part >= parts) throw new RangeError(`part: expected 0 to ${parts - 1}, got ${part}`);
      const piece = Buffer.alloc(Math.min(partBytes, bytes - part * partBytes));
      await file.read(piece, 0, piece.length, part * partBytes);
      return { sha256, part, parts, partBytes, bytes, data: piece.toString('base64') };
    } finally {
      await file.close();
    }
  }

  #forgetAfter(ms: number): void {
    clearTimeout(this.#forget);
    this.#forget = setTimeout(() => void rm(this.#bundle, { force: true }), ms);
    this.#forget.unref();
  }
}

/** Without as many of its least important findings as have no room, counted. @throws EdgeError E_PUBLISH where not even the rest has */
function fitting(report: Record<string, unknown>, room: number): CommandAnswer {
  let findings = (report['findings'] as readonly ToldFinding[] | undefined) ?? [];
  const leftOut: Record<string, number> = {};
  for (const condition of ['', ...LEFT_OUT_IN_TURN]) {
    const kept = findings.filter((finding) => finding.condition !== condition);
    if (kept.length < findings.length) leftOut[condition] = findings.length - kept.length;
    findings = kept;
    const answer = { ...report, findings, ...(Object.keys(leftOut).length > 0 && { leftOut }) };
    if (Buffer.byteLength(JSON.stringify(answer)) <= room) return answer;
  }
  throw new EdgeError(
    'E_PUBLISH',
    `the report has no room in the ${room} bytes that the broker takes: ask for some of it with only`,
  );
}

function parsed(stdout: string): Record<string, unknown> | null {
  try {
    const report: unknown = JSON.parse(stdout);
    return typeof report === 'object' && report !== null && 'findings' in report
      ? (report as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
