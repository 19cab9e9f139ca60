import { IMPLAUSIBLE } from '../config/sections/plausibility.js';
import type { Alert, AlertDeclaration } from '../foundation/alert-declaration.js';
import type { Implausible, PlausibilityFault } from './states.js';

/** What a state means for whoever is to mend it. */
interface Advice {
  /** When it is raised, for the table in the documents. */
  readonly help: string;
  /** What is the matter, before the names of the cameras. */
  readonly matter: string;
  /** What to do. */
  readonly remedy: string;
}

const ADVICE: Readonly<Record<PlausibilityFault, Advice>> = {
  frozen: {
    help: 'A camera sends the same picture again and again. Its reader is started anew at once, after 1, 2, 5 and every 15 minutes; nobody counts as standing meanwhile.',
    matter: 'the picture is frozen',
    remedy:
      'its reader is started anew now and then; where that does not help, power-cycle the camera, and look at the recorder or relay between it and this device',
  },
  grey: {
    help: "A camera's whole picture has one colour.",
    matter: 'there is nothing in the picture',
    remedy:
      'look at the camera itself: something covers the lens, fog or dew, a dead sensor, or a stream without its key frames',
  },
  dark: {
    help: "Nothing in a camera's picture is lit.",
    matter: 'the picture is black',
    remedy:
      'by night the road is without light, and infrared or a lamp helps; by day look for a lens cap, a dead sensor, or an exposure set by hand',
  },
  torn: {
    help: "The lower part of many of a camera's pictures is missing and was filled in.",
    matter: 'pictures arrive in part',
    remedy:
      'the network between camera and device loses data, or the camera is overloaded: use TCP, a cable, a lower bit rate or resolution',
  },
  shifted: {
    help: 'A camera shows another view than the one learned: it was turned, moved or exchanged. A day later the new one is the usual one.',
    matter: 'the camera looks elsewhere',
    remedy: 'turn it back, or draw its lines, zones and masks anew and restart the program',
  },
  damaged: {
    help: "The decoder complains about many of a camera's pictures.",
    matter: 'pictures arrive damaged',
    remedy:
      'the network between camera and device loses packets: use TCP (`rtspTransport: tcp`), a cable, a lower bit rate; vehicles are followed, but new ones may be missed',
  },
  'model-blind': {
    help: 'No score of the model ever reaches the threshold, whatever is in the pictures.',
    matter: 'the model can report nothing',
    remedy:
      'the model file is unusable on this device or its scores are low: use another variant, or lower model.scoreThreshold; `models add` tries a file on real pictures',
  },
  'model-constant': {
    help: 'The model gives the very same boxes for pictures that differ.',
    matter: 'the model does not look at the picture',
    remedy: 'the file is broken or was exported wrongly: use another variant, or export it again',
  },
  'model-saturated': {
    help: 'The model fills its whole list of boxes each time, or is certain of every one.',
    matter: 'the model sees vehicles everywhere',
    remedy:
      'its numbers are read wrongly (another family, scores that are no probabilities): add it again with `models add`, which finds out how to read it',
  },
  'model-heaped': {
    help: 'All boxes of the model lie on one spot.',
    matter: 'the model puts every box on one spot',
    remedy:
      'its boxes are read wrongly (normalised taken for pixels, another family): add it again with `models add`, which finds out how to read it',
  },
  'detector-may-be-blind': {
    help: "Things of a vehicle's size drive through a camera's picture, and the detector has hardly a box for any of them. The estimated F1 has no value meanwhile.",
    matter: 'the detector may be blind to what drives by',
    remedy:
      'look at a preview: glare into the lens, a view too steep or too far, or dirt, which another place of the camera mends; else a model for such pictures, or a lower model.scoreThreshold; where only people walk by, leave it out with plausibility.ignore',
  },
  'no-vehicles': {
    help: 'A camera has seen no vehicle for far longer than it ever did at this hour of the day.',
    matter: 'no vehicle for unusually long',
    remedy:
      'is the road closed? If not, look at a preview: camera turned, lens dirty, or a model that misses what is there',
  },
};

/** The alert of a state. */
const codeOf = (fault: PlausibilityFault): string =>
  fault === 'no-vehicles' || fault === 'detector-may-be-blind' || fault.startsWith('model-')
    ? fault
    : `picture-${fault}`;

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** One alert per state. */
export const PLAUSIBILITY_ALERTS: readonly AlertDeclaration[] = IMPLAUSIBLE.map((fault) => ({
  code: codeOf(fault),
  severities: ['warning'],
  help: ADVICE[fault].help,
  action: sentence(ADVICE[fault].remedy),
}));

/** What to do about a state, in plain words. */
export const remedyOf = (fault: PlausibilityFault): string => ADVICE[fault].remedy;

/** A camera, as the alerts look at it. */
export interface JudgedCamera {
  readonly id: string;
  readonly implausible: Implausible | null;
}

/** Looks at all cameras: for each state, those that are in it are named in one alert; null where none is. */
export function implausibleCameras(
  cameras: readonly JudgedCamera[],
): readonly { readonly code: string; readonly alert: Alert | null }[] {
  return IMPLAUSIBLE.map((fault) => {
    const names = cameras.flatMap(({ id, implausible }) =>
      implausible?.fault === fault ? [`${id} (${implausible.seen})`] : [],
    );
    const { matter, remedy } = ADVICE[fault];
    const alert: Alert | null =
      names.length === 0 ? null : { severity: 'warning', message: `${matter}: ${names.join(', ')}; ${remedy}` };
    return { code: codeOf(fault), alert };
  });
}
