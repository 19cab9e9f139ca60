import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { type Contender, lastWords } from './contender.js';

const execute = promisify(execFile);
const SCRIPT = join(PROJECT_ROOT, 'bench/peers/opencv_dnn.py');
/** The system's own first: that is the one that apt installs OpenCV for. */
const INTERPRETERS = ['/usr/bin/python3', 'python3'];
const NEEDED = 'import cv2, numpy, paho.mqtt.client';

let interpreter = INTERPRETERS[0]!;

/** Python with OpenCV's DNN module. */
export const opencv: Contender = {
  name: 'OpenCV DNN',
  async prepare({ model }) {
    interpreter = await findInterpreter();
    await tryModel(model);
  },
  command: ({ clip, model, frames }, { pace, port, results }) => [
    interpreter,
    SCRIPT,
    ...Object.entries({ clip, model, frames, pace, results, host: '127.0.0.1', port }).map(
      ([name, value]) => `--${name}=${value}`,
    ),
  ],
};

async function findInterpreter(): Promise<string> {
  for (const candidate of INTERPRETERS) {
    if (await execute(candidate, ['-c', NEEDED]).catch(() => null)) return candidate;
  }
  throw new Error('no Python 3 with OpenCV and paho here: sudo apt install python3-opencv python3-paho-mqtt');
}

async function tryModel(model: string): Promise<void> {
  try {
    await execute(interpreter, ['-c', 'import cv2, sys; cv2.dnn.readNetFromONNX(sys.argv[1])', model]);
  } catch (error) {
    const { stdout } = await execute(interpreter, ['-c', 'import cv2; print(cv2.__version__)']);
    throw new Error(`OpenCV ${stdout.trim()} cannot read ${model}: ${lastWords(error)}`);
  }
}
