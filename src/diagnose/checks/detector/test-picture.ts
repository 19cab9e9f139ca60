import { explain } from '../../../foundation/errors.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { type DetectorTrial, detectorTrial, type TrialAnswer } from './detector-trial.js';

/** Share of the vehicles of the test picture that a detector finds which works. */
const LEAST_FOUND = 0.5;

/** Starts a detector as `run` does, shows it a picture of which is known what is in it, and looks at what it finds in it. */
export const testPictureCheck = (): Check => ({
  ground: 'detector',
  name: 'test-picture',
  deadlineMs: 7000,
  async run(patient, signal) {
    const { socket } = patient.config.detector;
    // a worker on a socket may take one caller only, and that is the running program
    if (socket !== undefined && patient.running !== null) return [found('unknown', 'detector-socket-busy', { socket })];
    return judgePicture(await detectorTrial(patient, signal), patient);
  },
});

/** What there is to be said of a trial; pure. What hinders it, and is told of model or accelerator, is not told again. */
function judgePicture({ answer, failure, spared, crashed }: DetectorTrial, patient: Patient): Finding[] {
  if (answer !== null) return [pictureFinding(answer)];
  if (spared === 'held') return [found('unknown', 'detector-held')];
  if (spared !== null)
    return [found('unknown', spared === 'model' ? 'detector-without-model' : 'detector-without-runtime')];
  if (crashed.length > 0) return [found('unknown', 'detector-without-provider', { provider: crashed[0]!.provider })];
  return [found('broken', 'detector-fails', { reason: reasonOf(failure), ...start(patient) })];
}

function pictureFinding({ info, vehicles, inferMs, isSmall }: TrialAnswer): Finding {
  const values = { model: info.model, variant: info.variant, provider: info.provider };
  const ms = Math.round(inferMs * 10) / 10;
  if (vehicles === null) return found('fine', 'detector-answers', { ...values, ms });
  const seen = { ...values, found: vehicles.found, wanted: vehicles.wanted };
  if (vehicles.found === 0) return found('broken', 'detector-blind', seen);
  if (vehicles.found < vehicles.wanted * LEAST_FOUND) return found('degraded', 'detector-misses', seen);
  return found('fine', isSmall ? 'detector-fine-small' : 'detector-fine', { ...seen, ms });
}

/** How it was started, for a person who wants to do the same. */
function start({ config: { detector }, configFile }: Patient): { worker: string; config: string } {
  const worker = detector.socket ?? detector.command?.join(' ') ?? 'onnxruntime-node';
  return { worker, config: configFile === null ? '' : ` --config ${configFile}` };
}

const reasonOf = (error: unknown): string =>
  explain(error)
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .slice(0, 400);
