import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { COCO_CLASSES } from '../../src/models/coco.js';
import { type Contender, lastWords, type Phase, type Task } from './contender.js';

const execute = promisify(execFile);
/** The program as it was compiled together with this file. */
const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

/** This program, started as anybody would start it: `run --config`. */
export const ours: Contender = {
  name: 'edge-optimizer',
  async prepare({ model, scratch }) {
    const flags = ['--family', 'yolox', '--name', 'yolox-nano', '--dir', join(scratch, 'models')];
    try {
      await execute(process.execPath, [MAIN, 'models', 'add', model, ...flags]);
    } catch (error) {
      throw new Error(`models add failed: ${lastWords(error)}`);
    }
  },
  command(task, phase) {
    const file = join(task.scratch, `${phase.pace}.yaml`);
    writeFileSync(file, JSON.stringify(configuration(task, phase))); // JSON is YAML
    return [
      process.execPath,
      '--max-semi-space-size=2',
      MAIN,
      'run',
      '--config',
      file,
      '--frames',
      String(task.frames),
      '--json',
    ];
  },
};

/** Every frame is inferred, thresholds and classes as the others have them; no event is left out. */
function configuration({ clip, scratch, threads }: Task, { pace, port, results }: Phase) {
  return {
    board: 'none',
    cameras: [{ id: 'clip', url: clip, pace }],
    capture: { maxWidth: 7680 },
    model: {
      dir: join(scratch, 'models'),
      name: 'yolox-nano',
      scoreThreshold: 0.35,
      iouThreshold: 0.45,
      classes: COCO_CLASSES,
    },
    answer: { accuracyFloor: 1 },
    // the rivals' sessions spin, as ONNX Runtime does by default; on a device ours does not, for the heat
    detector: { intraOpThreads: threads, spinning: true },
    publish: { maxEventsPerSecond: 10_000 },
    mqtt: { broker: `mqtt://127.0.0.1:${port}` },
    http: { enabled: false },
    output: { resultsFile: results, logLevel: 'warn' },
  };
}
