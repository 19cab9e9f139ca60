import type { AnswererWords } from '../frame/app.ts';

const en: AnswererWords = {
  enterToken: 'Enter your token for this collector',
  tokenHint:
    'Whoever runs the collector makes one with `edge-optimizer fleet token NAME --role viewer`; or it is that of http.tokenFile.',
  offline: (since) => `The collector has not answered since ${since}. What is shown is from before. Trying again.`,
  needsToken: 'This needs a token of the collector.',
  failedHint: 'The log of the collector says why.',
  unreachable: 'The collector does not answer.',
  unreachableHint:
    'Does `edge-optimizer collect` run, and is this computer still in its network? The page goes on by itself as soon as it answers.',
};

const es: AnswererWords = {
  enterToken: 'Introduzca su clave para este colector',
  tokenHint:
    'Quien lleva el colector la crea con `edge-optimizer fleet token NOMBRE --role viewer`; o es la de http.tokenFile.',
  offline: (since) => `El colector no responde desde ${since}. Lo que se muestra es anterior. Se vuelve a intentar.`,
  needsToken: 'Hace falta una clave del colector.',
  failedHint: 'El registro del colector dice por qué.',
  unreachable: 'El colector no responde.',
  unreachableHint:
    '¿Está en marcha `edge-optimizer collect` y sigue este ordenador en su red? La página continúa por sí sola en cuanto responda.',
};

/** How the pages of a fleet speak of whoever answers them. */
export const collectorWords = { en, es };
