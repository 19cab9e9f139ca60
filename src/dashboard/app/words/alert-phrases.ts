import type { Phrase } from './phrases.ts';

/** What alerts about limits say in English, and why a picture does not come, and the same in Spanish; as `tuningPhrases`. */
export const alertPhrases: readonly Phrase[] = [
  [
    '{} % of the answers take up to {} ms (limit {} ms)',
    'el {0} % de las respuestas tarda hasta {1} ms (límite {2} ms)',
  ],
  ['the program uses {} MiB of memory (limit {} MiB)', 'el programa usa {0} MiB de memoria (límite {1} MiB)'],
  ['the processor is {} % busy (limit {} %)', 'el procesador está ocupado al {0} % (límite {1} %)'],
  ["{} of the cache's lookups are hits (limit {})", 'la caché acierta el {0} de las consultas (límite {1})'],
  ['{} of the frames get no answer (limit {})', 'el {0} de los fotogramas se queda sin respuesta (límite {1})'],
  ['the machine is at {} °C (limit {} °C)', 'la máquina está a {0} °C (límite {1} °C)'],
  ['{} % of the disk of store.dir is free (limit {} %)', 'está libre el {0} % del disco de store.dir (límite {1} %)'],
  ['no picture of {} came within some seconds', 'en unos segundos no llegó ninguna imagen de {0}'],
  ['poor connection to {}', 'mala conexión con {0}'],
  ['the broker is away for {}: {}', 'sin conexión con el broker desde hace {0}: {1}'],
  ['the broker is away for {}', 'sin conexión con el broker desde hace {0}'],
  ['the clock of the machine was set by {} s', 'el reloj de la máquina se movió {0} s'],
];
