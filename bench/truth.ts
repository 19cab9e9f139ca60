import { Eye } from '../scripts/answering-pictures/answered.js';
import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import { scratchFolder } from './harness/ending.js';
import { atLeast } from './harness/goal.js';
import { flag, namesOf, optionalText, place, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';
import type { Bench } from './kpi/case.js';
import { findModel } from './kpi/model.js';
import { framesOfProgram } from './path/frames.js';
import { inRealTime, realTimeGoals, realTimeRows } from './truth/real-time.js';
import { type Replayed, replayed } from './truth/replayed.js';
import { findSequences, framesToJudge, type Sequence } from './truth/sequence.js';
import { type SimulatedSequence, simulatedSequences } from './truth/simulated.js';

const USAGE = `npm run -s bench -- truth [options]

Road sequences of which people said what is in them, and simulated ones. First each is inferred frame by frame and answered by the program
from the same inferences, both judged against the truth. Then the filmed ones in real time: the naive script with every frame
inferred, the program without tuning, both with roadside-n, and the program as it comes, which chooses its model itself.

  --sequences DIR  folders with truth.json and a film (default ../shared/truth beside the project)
  --sims N         simulated roads of each kind of traffic (default 3; 0: none)
  --seconds S      of each simulated road (default 60)
  --rounds R       times that all run in real time, in turns (default 1; 0: not at all)
  --learn S        seconds that the program watches the road before it is judged, not judged (default 300); the first
                   change is kept after two minutes, a start before that begins where this one began
  --only NAMES     some of the filmed sequences, and no simulated ones
  --quick          some minutes: nothing in real time, one road of each kind for 30 s
`;

/** F1 that answers with the least inference may be below every frame inferred, on any sequence. */
const MOST_LOSS = 0.005;

/** A sequence and what came of it. */
interface Judged extends Replayed {
  readonly name: string;
}

export async function run(args: string[]): Promise<BenchReport> {
  const options = parse(args);
  const scratch = scratchFolder('truth');
  const ffmpeg = await findFfmpeg({ env: process.env });
  const model = await findModel('roadside-n', 'default');
  const bench: Bench = { model, ffmpeg, scratch, maxFrames: null, pacedSeconds: 0, steadyFrames: 0 };
  const sequences = chosen(findSequences(options.sequences, ffmpeg.path, scratch), options.only);
  const judged = await judge(sequences, simulatedSequences(options.sims, options.seconds));
  const runs = options.rounds === 0 ? null : await inRealTime(sequences, bench, options);
  return {
    name: 'truth',
    rows: [...judged.flatMap(answerRows), ...(runs ? realTimeRows(runs) : [])],
    goals: [...answerGoals(judged), ...(runs ? realTimeGoals(runs) : [])],
    notes: runs
      ? [
          `tuned: begun with what ${options.learnS} s of watching the same road had taught it (profile, comparison, knobs), none of the answers`,
          'CPU: of all processes, decoding included, after starting up; what was not measured in idle time before goes on in it',
        ]
      : ['nothing was run in real time'],
  };
}

function chosen(sequences: readonly Sequence[], only: string | null): readonly Sequence[] {
  if (only === null) return sequences;
  const names = sequences.map(({ name }) => name);
  const wanted = namesOf('only', only, names);
  return sequences.filter(({ name }) => wanted.includes(name));
}

async function judge(filmed: readonly Sequence[], simulated: Iterable<SimulatedSequence>): Promise<Judged[]> {
  const eye = await Eye.open();
  const judged: Judged[] = [];
  for (const sequence of filmed) {
    process.stderr.write(`${sequence.name}: the same inferences, judged\n`);
    const frames = framesOfProgram(sequence.film, framesToJudge(sequence));
    judged.push({ name: sequence.name, ...(await replayed(sequence, frames, eye)) });
  }
  for (const sequence of simulated) {
    process.stderr.write(`${sequence.name}: the same inferences, judged\n`);
    judged.push({ name: sequence.name, ...(await replayed(sequence, sequence.frames(), eye)) });
  }
  return judged;
}

function answerRows({ name, everyFrame, asItComes, withoutInference, agreement }: Judged): Row[] {
  const row = (contender: string, { recall, precision, f1, idSwitches }: Replayed['everyFrame']): Row => ({
    sequence: name,
    contender,
    answeredBy: 'roadside-n',
    recall: round(recall),
    precision: round(precision),
    f1: round(f1),
    idSwitches,
  });
  return [
    { ...row('every frame', everyFrame), withoutInference: 0, agreement: 1 },
    { ...row('as it comes', asItComes), withoutInference: round(withoutInference), agreement: round(agreement) },
  ];
}

/** Not below inferring every frame on any sequence, and better in the median. */
function answerGoals(judged: readonly Judged[]): Goal[] {
  const gains = judged.map(({ everyFrame, asItComes }) => asItComes.f1 - everyFrame.f1);
  return [
    ...judged.map(({ name }, i) => atLeast(`${name}: F1 above every frame inferred`, gains[i]!, -MOST_LOSS)),
    atLeast('the same, median', median(gains), 0),
  ];
}

function parse(args: string[]) {
  const { sims, learn, ...options } = readOptions(args, USAGE, {
    sequences: place('../shared/truth'),
    sims: wholeNumber({ least: 0, usual: 3, quick: 1 }),
    seconds: wholeNumber({ least: 1, usual: 60, quick: 30 }),
    rounds: wholeNumber({ least: 0, usual: 1, quick: 0 }),
    learn: wholeNumber({ least: 1, usual: 300 }),
    only: optionalText,
    quick: flag,
  });
  return { ...options, sims: options.only === null ? sims : 0, learnS: learn };
}
