import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AskProgram, askWithin } from '../../../board/machine/ask-program.js';
import { findAccelerators } from '../../../board/machine/sensors/accelerators.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { detectorTrial } from '../detector/detector-trial.js';
import { readSensorsNow } from '../system/sensors-now.js';
import { storedSpeed, wantedOf } from './stored-speed.js';
import { wantedProviders } from './wanted-providers.js';

const MIB = 2 ** 20;
const ASK_MS = 3000;
/** What a context of CUDA and one session of a small model take: 815 MiB were measured on an H100, less on smaller cards. */
const USUAL_NEED = 512 * MIB;

/** Memory of one card, bytes. */
export interface CardMemory {
  readonly name: string;
  readonly used: number;
  readonly total: number;
}

/**
 * Whether the accelerators have memory enough of their own for the workers. Those that share the machine's are told with that.
 *
 * @param ask for tests: instead of `nvidia-smi`
 */
export const acceleratorMemoryCheck = (ask?: AskProgram): Check => ({
  ground: 'accelerator',
  name: 'memory',
  deadlineMs: 7000,
  async run(patient, signal) {
    const { root, config, running } = patient;
    // nothing is to be loaded on a card that no provider is for
    if (wantedProviders(config).providers.every((name) => name === 'cpu')) return [];
    const cards = await cardMemories(root, ask ?? (root === '/' ? askWithin(ASK_MS) : null));
    if (cards.length === 0) return [];
    const need = config.detector.workers * (await needOfWorker(patient, signal));
    return cards.map((card) => judgeCardMemory(card, running === null ? need : null));
  },
});

/** What there is to be said of one card's memory; pure. @param need bytes of what is to be loaded; null: it is loaded already */
function judgeCardMemory({ name, used, total }: CardMemory, need: number | null): Finding {
  const free = mebibytes(total - used);
  const values = { card: name, free, total: mebibytes(total) };
  if (need === null && free < mebibytes(total) / 20) return found('degraded', 'accelerator-memory-full', values, name);
  if (need === null || total - used >= need) return found('fine', 'accelerator-memory-fine', values, name);
  return found('degraded', 'accelerator-memory-low', { ...values, need: mebibytes(need) }, name);
}

async function cardMemories(root: string, ask: AskProgram | null): Promise<CardMemory[]> {
  const sensors = await readSensorsNow(root, [findAccelerators]);
  const used = new Map([...sensors.of('memory')].map(({ name, value }) => [name, value]));
  const inSysfs = [...sensors.of('memory-total')].flatMap(({ name, value }) => {
    const taken = used.get(name) ?? null;
    return value === null || taken === null ? [] : [{ name, used: taken, total: value }];
  });
  return [...inSysfs, ...(await nvidiaMemories(root, ask))];
}

/** Lines of `INDEX, MiB, MiB`; a card that shares the machine's memory says `[N/A]`. */
async function nvidiaMemories(root: string, ask: AskProgram | null): Promise<CardMemory[]> {
  if (ask === null || !existsSync(join(root, 'proc/driver/nvidia/version'))) return [];
  const query = ['--query-gpu=index,memory.used,memory.total', '--format=csv,noheader,nounits'];
  const lines = ((await ask('nvidia-smi', query)) ?? '').matchAll(/^\s*(\d+), (\d+), (\d+)\s*$/gm);
  return [...lines].map(([, index, used, total]) => {
    return { name: `nvidia${index}`, used: Number(used) * MIB, total: Number(total) * MIB };
  });
}

/** Bytes as the profile has measured them of the variant; else what is usual. */
async function needOfWorker(patient: Patient, signal: AbortSignal): Promise<number> {
  const { answer } = await detectorTrial(patient, signal);
  if (answer === null) return USUAL_NEED;
  const stored = storedSpeed(patient.config.store.dir, patient.root, patient.config.detector, wantedOf(answer));
  // 0 is what the processor took, to which it fell back
  return stored?.measurement.acceleratorBytes || USUAL_NEED;
}

const mebibytes = (bytes: number): number => Math.round(bytes / MIB);
