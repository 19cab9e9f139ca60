const en = {
  title: 'Which devices are unlike the rest, and why',
  hint: 'Each number is compared with the median of devices of the same board, provider, model and variant, in spreads that are usual among them.',
  many: 'How many',
  which: 'Which',
  any: 'unlike in anything',
  worse: 'worse in something',
  none: 'None is unlike the others of its kind.',
  noneHint: (compared: string) => `${compared} devices were compared.`,
  found: (found: string, compared: string) =>
    `${found} of ${compared} devices that were compared are unlike the others of their kind.`,
  left: (left: string) => `${left} are not online or told no metrics of late.`,
  tooFew: (count: string) => `${count} are of kinds with too few devices to say what is usual.`,
  among: (count: string) => `among ${count} devices of its kind`,
  worseIn: 'worse',
  other: 'other',
};

const es: typeof en = {
  title: 'Qué equipos son distintos de los demás, y por qué',
  hint: 'Cada número se compara con la mediana de los equipos de la misma placa, proveedor, modelo y variante, en dispersiones habituales entre ellos.',
  many: 'Cuántos',
  which: 'Cuáles',
  any: 'distintos en algo',
  worse: 'peores en algo',
  none: 'Ninguno es distinto de los demás de su tipo.',
  noneHint: (compared) => `Se compararon ${compared} equipos.`,
  found: (found, compared) => `${found} de ${compared} equipos comparados son distintos de los demás de su tipo.`,
  left: (left) => `${left} no están en línea o no han indicado métricas últimamente.`,
  tooFew: (count) => `${count} son de tipos con demasiado pocos equipos para decir qué es lo habitual.`,
  among: (count) => `entre ${count} equipos de su tipo`,
  worseIn: 'peor',
  other: 'otro',
};

export const unlikeWords = { en, es };
