import { IDENTIFIER, IDENTIFIER_IN_WORDS } from '../foundation/identifier.js';
import type { GivenAnswers } from '../setup/answers.js';
import type { FoundCamera } from '../setup/probe-match.js';
import type { UniqueName } from '../setup/unique-name.js';
import type { VideoDevice } from '../setup/video-devices.js';
import { oneLine } from './print.js';

/** Whoever answers questions. Both reject where there is nobody any more. */
export interface Dialog {
  tell(line: string): void;
  ask(question: string): Promise<string>;
  /** What is typed is not shown. */
  askSecret(question: string): Promise<string>;
}

/** What was found out about the machine and its network. */
export interface Surveyed {
  readonly device: UniqueName;
  readonly local: readonly VideoDevice[];
  readonly network: readonly FoundCamera[];
}

const BROKER = /^(off|embedded|(mqtts?|wss?):\/\/\S+)$/;
const MOST_CAMERAS = 64;

/** Asks a person what a configuration needs; what cannot be used is asked again. */
export async function askSite(dialog: Dialog, surveyed: Surveyed): Promise<GivenAnswers> {
  const site = await askName(dialog, 'Name of the site, the same for all its devices', null);
  if (surveyed.device.warning !== null) dialog.tell(`Careful: ${surveyed.device.warning}.`);
  const device = await askName(dialog, 'Name of this device', surveyed.device.name);
  const cameras = await askCameras(dialog, surveyed);
  const broker = await askMatching(dialog, 'MQTT broker, for example mqtts://broker.example.org', 'off', {
    pattern: BROKER,
    expected: 'off, embedded, or an address that begins with mqtt://, mqtts://, ws:// or wss://',
  });
  if (broker === 'off' || broker === 'embedded') return { site, device, cameras, broker };
  const username = (await dialog.ask('User at the broker [none]: ')).trim();
  if (username === '') return { site, device, cameras, broker };
  const password = await dialog.askSecret('Password (is not shown) [none]: ');
  return { site, device, cameras, broker, username, ...(password !== '' && { password }) };
}

type CameraAnswer = Readonly<Record<string, unknown>>;

async function askCameras(dialog: Dialog, { local, network }: Surveyed): Promise<CameraAnswer[]> {
  const offers = [
    ...local.map(({ path, name }) => ({ url: path, about: `${path}  ${oneLine(name)}` })),
    ...network.map(({ host, name }) => ({ url: `rtsp://${host}/`, about: `${host}  ${name} (network camera)` })),
  ];
  if (offers.length > 0) dialog.tell('Cameras that were found:');
  for (const [index, { about }] of offers.entries()) dialog.tell(`  ${index + 1}  ${about}`);
  if (network.length > 0) dialog.tell('The path of a network camera is in its manual: rtsp://HOST/stream2 for one.');
  const numbers = offers.length > 0 ? ', or its number above' : '';
  const cameras: CameraAnswer[] = [];
  while (cameras.length < MOST_CAMERAS) {
    const nth = cameras.length + 1;
    const more = nth === 1 ? '' : ', or nothing: no more cameras';
    const typed = (await dialog.ask(`Address of camera ${nth}${numbers}${more}: `)).trim();
    if (typed === '' && nth > 1) break;
    const offer = /^\d+$/.test(typed) ? offers[Number(typed) - 1] : undefined;
    if (typed === '' || (/^\d+$/.test(typed) && offer === undefined)) {
      dialog.tell('Expected an address such as rtsp://192.0.2.10/stream2 or /dev/video0, or a number of the list.');
      continue;
    }
    const url = offer === undefined ? typed : await addressOf(dialog, offer.url);
    const id = await askName(dialog, 'Name of this camera', freeName(cameras, `camera${nth}`));
    if (cameras.some((camera) => camera['id'] === id)) dialog.tell(`There is a camera ${id} already.`);
    else cameras.push({ id, url });
  }
  return cameras;
}

/** A network camera is found without the path of its stream. */
async function addressOf(dialog: Dialog, url: string): Promise<string> {
  if (!url.startsWith('rtsp://')) return url;
  const path = (await dialog.ask(`Path of its stream: ${url}`)).trim();
  return `${url}${path.replace(/^\//, '')}`;
}

function freeName(cameras: readonly CameraAnswer[], proposed: string): string {
  return cameras.some(({ id }) => id === proposed) ? freeName(cameras, `${proposed}-2`) : proposed;
}

const askName = (dialog: Dialog, question: string, proposal: string | null): Promise<string> =>
  askMatching(dialog, question, proposal, { pattern: IDENTIFIER, expected: IDENTIFIER_IN_WORDS });

interface Form {
  readonly pattern: RegExp;
  /** For whoever typed something else. */
  readonly expected: string;
}

async function askMatching(
  dialog: Dialog,
  question: string,
  proposal: string | null,
  { pattern, expected }: Form,
): Promise<string> {
  for (;;) {
    const typed = (await dialog.ask(`${question}${proposal === null ? '' : ` [${proposal}]`}: `)).trim();
    const answer = typed === '' && proposal !== null ? proposal : typed;
    if (pattern.test(answer)) return answer;
    dialog.tell(`Expected ${expected}.`);
  }
}
