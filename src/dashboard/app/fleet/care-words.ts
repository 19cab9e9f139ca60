const en = {
  title: 'How carefully',
  stages: 'Stages',
  stagesHint: 'Sizes of the first ones, as devices or percent: 1, 10%, 50%. The rest is the last. Empty: all at once.',
  watch: 'Look at each afterwards, minutes',
  watchHint:
    'The next stage begins once half of the one before was well for so long. 0: it need only say that it did it.',
  within: 'Wait for those away, hours',
  failures: 'Failures before it is halted',
  failuresHint: 'Empty: none with stages, any number without them.',
  note: 'Why, for the audit',
  wrong: {
    stages:
      'Stages: at most 20 numbers of devices from 1 to 99999, or percent from 1% to 100%, with commas between them.',
    watch: 'Minutes: a number from 0 to 10080.',
    within: 'Hours: a number from 0.01 to 1440.',
    failures: 'Failures: a whole number from 0 to 20000, or nothing.',
    note: 'At most 500 characters.',
  },
};

const es: typeof en = {
  title: 'Con cuánto cuidado',
  stages: 'Etapas',
  stagesHint:
    'Tamaños de las primeras, en equipos o por ciento: 1, 10%, 50%. El resto es la última. Vacío: todos a la vez.',
  watch: 'Observar cada uno después, minutos',
  watchHint:
    'La etapa siguiente empieza cuando la mitad de la anterior ha estado bien ese tiempo. 0: basta con que diga que lo hizo.',
  within: 'Esperar a los ausentes, horas',
  failures: 'Fallos antes de detenerla',
  failuresHint: 'Vacío: ninguno con etapas, cualquier número sin ellas.',
  note: 'Por qué, para la auditoría',
  wrong: {
    stages: 'Etapas: como mucho 20 números de equipos de 1 a 99999, o por ciento de 1% a 100%, separados por comas.',
    watch: 'Minutos: un número de 0 a 10080.',
    within: 'Horas: un número de 0,01 a 1440.',
    failures: 'Fallos: un número entero de 0 a 20000, o nada.',
    note: 'Como mucho 500 caracteres.',
  },
};

export const careWords = { en, es };
