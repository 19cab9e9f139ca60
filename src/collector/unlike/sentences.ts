import { type ComparedName, type Difference, MOST_TIMES } from './unlike.js';

/** The languages that operators read. */
export const SENTENCE_LANGUAGES = ['en', 'es'] as const;
export type SentenceLanguage = (typeof SENTENCE_LANGUAGES)[number];

interface Wording {
  /** What is compared, as the beginning of a sentence; `high` and `low` go on with it. */
  readonly names: Readonly<Record<ComparedName, string>>;
  readonly moreThan: (times: string) => string;
  readonly sentence: (what: string, value: string, median: string, isHigh: boolean, times: string) => string;
}

const UNITS: Readonly<
  Record<ComparedName, { readonly unit: string; readonly digits: number; readonly factor: number }>
> = {
  accuracy: { unit: '%', digits: 1, factor: 100 },
  latencyMs: { unit: 'ms', digits: 0, factor: 1 },
  fpsPerCamera: { unit: '', digits: 1, factor: 1 },
  withoutInference: { unit: '%', digits: 0, factor: 100 },
  cpu: { unit: '%', digits: 0, factor: 1 },
  memory: { unit: '%', digits: 0, factor: 1 },
  temperature: { unit: '°C', digits: 1, factor: 1 },
  power: { unit: 'W', digits: 1, factor: 1 },
  reconnectsPerHour: { unit: '', digits: 1, factor: 1 },
  restartsPerHour: { unit: '', digits: 1, factor: 1 },
  waitingS: { unit: 's', digits: 0, factor: 1 },
  clockS: { unit: 's', digits: 0, factor: 1 },
  lost: { unit: '', digits: 0, factor: 1 },
};

const en: Wording = {
  names: {
    accuracy: 'The estimated accuracy',
    latencyMs: 'The latency',
    fpsPerCamera: 'The frame rate of a camera',
    withoutInference: 'The share of answers without inference',
    cpu: 'The load of the processor',
    memory: 'The memory in use',
    temperature: 'The temperature',
    power: 'The power',
    reconnectsPerHour: 'The number of reconnections to cameras an hour',
    restartsPerHour: 'The number of restarted workers an hour',
    waitingS: 'The time that messages wait for the broker',
    clockS: 'The error of the clock',
    lost: 'The number of lost messages',
  },
  moreThan: (times) => `more than ${times}`,
  sentence: (what, value, median, isHigh, times) =>
    `${what} is ${value}, those of its kind have ${median} in the median: ${times} times their usual spread ${isHigh ? 'above' : 'below'}.`,
};

const es: Wording = {
  names: {
    accuracy: 'La exactitud estimada',
    latencyMs: 'La latencia',
    fpsPerCamera: 'La cadencia de una cámara',
    withoutInference: 'La parte de respuestas sin inferencia',
    cpu: 'La carga del procesador',
    memory: 'La memoria en uso',
    temperature: 'La temperatura',
    power: 'La potencia',
    reconnectsPerHour: 'El número de reconexiones a cámaras por hora',
    restartsPerHour: 'El número de procesos reiniciados por hora',
    waitingS: 'El tiempo que los mensajes esperan al broker',
    clockS: 'El error del reloj',
    lost: 'El número de mensajes perdidos',
  },
  moreThan: (times) => `más de ${times}`,
  sentence: (what, value, median, isHigh, times) =>
    `${what} es ${value}; los de su tipo tienen ${median} de mediana: ${times} veces su dispersión habitual por ${isHigh ? 'encima' : 'debajo'}.`,
};

const WORDINGS: Readonly<Record<SentenceLanguage, Wording>> = { en, es };

/** Why a device is unlike the others, in a sentence with its figures. */
export function differenceInWords({ name, value, median, times }: Difference, language: SentenceLanguage): string {
  const { names, sentence, moreThan } = WORDINGS[language];
  const { unit, digits, factor } = UNITS[name];
  const written = (number: number, places = digits): string =>
    new Intl.NumberFormat(language, { maximumFractionDigits: places }).format(number);
  const withUnit = (number: number): string => `${written(number * factor)}${unit === '' ? '' : ` ${unit}`}`;
  const far = Math.abs(times) > MOST_TIMES ? moreThan(written(MOST_TIMES)) : written(Math.abs(times), 1);
  return sentence(names[name], withUnit(value), withUnit(median), times > 0, far);
}
