import type { AnswererWords } from './frame/app.ts';

const en: AnswererWords = {
  enterToken: 'Enter the token of this device',
  tokenHint:
    'It is in the file that http.tokenFile names; without one, `edge-optimizer dashboard` on the device prints an address with the token in it.',
  offline: (since: string) => `The device has not answered since ${since}. What is shown is from before. Trying again.`,
  needsToken: 'This needs the token of the device.',
  failedHint: 'The log of the device says why. If it stays so, run `edge-optimizer diagnose` on the device.',
  unreachable: 'The device does not answer.',
  unreachableHint:
    'Is it switched on, and is this computer still in its network? The page goes on by itself as soon as it answers.',
};

const es: AnswererWords = {
  enterToken: 'Introduzca la clave de este equipo',
  tokenHint:
    'Está en el fichero que indica http.tokenFile; si no hay ninguno, `edge-optimizer dashboard` en el equipo muestra una dirección que la contiene.',
  offline: (since) => `El equipo no responde desde ${since}. Lo que se muestra es anterior. Se vuelve a intentar.`,
  needsToken: 'Hace falta la clave del equipo.',
  failedHint: 'El registro del equipo dice por qué. Si sigue así, ejecute `edge-optimizer diagnose` en el equipo.',
  unreachable: 'El equipo no responde.',
  unreachableHint:
    '¿Está encendido y sigue este ordenador en su red? La página continúa por sí sola en cuanto responda.',
};

/** How the pages of a device speak of whoever answers them. */
export const deviceWords = { en, es };
