const en = {
  states: { running: 'going on', halted: 'halted', ended: 'ended', aborted: 'aborted' },
  tasks: {
    waiting: 'waiting',
    sent: 'sent',
    accepted: 'accepted',
    watched: 'watched',
    done: 'done',
    failed: 'failed',
    refused: 'refused',
    unwell: 'unwell',
    unanswered: 'unanswered',
    cancelled: 'cancelled',
  },
  taskHints: {
    waiting: 'for its stage, or until it is there',
    sent: 'no answer yet; it is sent again',
    accepted: 'it has begun, and tells the outcome later',
    watched: 'it did it, and is looked at',
    done: 'it did it, and was well',
    failed: 'it could not',
    refused: 'it would not',
    unwell: 'it did it, and was not well afterwards',
    unanswered: 'no answer in time',
    cancelled: 'the action was aborted before',
  },
  count: (count: string, state: string) => `${count} ${state}`,
  noKey:
    'This collector has no key to sign commands with: it shows what was done, and begins nothing. Start it with `--key FILE` to command devices.',
  shared:
    'This collector keeps no actions: it shares its load with others, or its database keeps none. Only one that is alone can command devices.',
  stuck: (why: string) => `Actions do not go on now: ${why}`,
  only: 'You may look at this; to change anything needs a token with the role operator.',
  stageOf: (stage: string, of: string) => `stage ${stage} of ${of}`,
  newest: 'Newest',
  earlier: 'Earlier',
};

const es: typeof en = {
  states: { running: 'en curso', halted: 'detenida', ended: 'terminada', aborted: 'cancelada' },
  tasks: {
    waiting: 'en espera',
    sent: 'enviado',
    accepted: 'aceptado',
    watched: 'en observación',
    done: 'hecho',
    failed: 'fallido',
    refused: 'rechazado',
    unwell: 'no está bien',
    unanswered: 'sin respuesta',
    cancelled: 'cancelado',
  },
  taskHints: {
    waiting: 'a su etapa, o a que esté',
    sent: 'aún sin respuesta; se vuelve a enviar',
    accepted: 'ha empezado, y dirá después cómo acabó',
    watched: 'lo hizo, y se lo observa',
    done: 'lo hizo, y estuvo bien',
    failed: 'no pudo',
    refused: 'no quiso',
    unwell: 'lo hizo, y después no estuvo bien',
    unanswered: 'sin respuesta a tiempo',
    cancelled: 'la acción se canceló antes',
  },
  count: (count, state) => `${state}: ${count}`,
  noKey:
    'Este colector no tiene clave para firmar órdenes: muestra lo que se hizo y no inicia nada. Arránquelo con `--key FICHERO` para dar órdenes a los equipos.',
  shared:
    'Este colector no guarda acciones: comparte la carga con otros, o su base de datos no las guarda. Solo uno que esté solo puede dar órdenes.',
  stuck: (why) => `Las acciones no avanzan ahora: ${why}`,
  only: 'Puede ver esto; para cambiar algo hace falta una clave con el papel operator.',
  stageOf: (stage, of) => `etapa ${stage} de ${of}`,
  newest: 'Las más recientes',
  earlier: 'Anteriores',
};

/** What several pages say of actions. */
export const actionWords = { en, es };
