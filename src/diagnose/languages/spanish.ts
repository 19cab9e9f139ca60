import type { Language } from './language.js';

const words: Language['words'] = {
  system: 'Sistema',
  storage: 'Almacenamiento',
  accelerator: 'Acelerador',
  models: 'Modelos',
  detector: 'Detector',
  cameras: 'Cámaras',
  broker: 'Bróker',
  network: 'Red',
  service: 'Servicio',
  accuracy: 'Exactitud',

  fine: 'bien',
  unknown: 'no se sabe',
  degraded: 'degradado',
  broken: 'averiado',

  seen: 'visto',
  means: 'significa',
  remedy: 'hacer',
};

const aim: Language['aim'] = {
  noPicture: 'Todavía no hay imagen.',
  fps: 'imágenes/s',
  focus: 'Foco',
  ofBest: 'del mejor hasta ahora',
  noTexture: 'no hay nada que enfocar',
  exposure: 'Luz',
  black: 'negro',
  white: 'blanco',
  vehicles: 'Vehículos',
  now: 'ahora',
  perMinute: 'por minuto',
  smallest: 'Menor',
  surely: 'se encuentra con seguridad (el cuadrado de la esquina)',
  soFar: 'es el menor hasta ahora',
  tooDark: 'Demasiado oscuro: abra el iris, alargue la exposición o encienda la luz infrarroja.',
  tooBright: 'Demasiado claro: cierre el iris, acorte la exposición o aparte la cámara de la luz.',
  covered: 'No se distingue nada: quite la tapa, limpie el cristal, vea si hay algo delante.',
  pastBest: 'Antes estaba más nítido: gire el foco hacia atrás.',
};

const system = {
  'node-fine': { what: 'Node {version}, {libc}, {arch}', seen: 'process.version' },
  'node-too-old': {
    what: 'Node {version} es anterior a {wanted}',
    seen: 'process.version',
    means: 'El programa puede fallar en cualquier momento: solo se prueba con versiones más nuevas.',
    remedy:
      'Instale Node {wanted} o posterior (docs/deployment.md, paso 1) y después: systemctl restart edge-optimizer',
  },
};

const storage = {};

const accelerator = {};

const models = {};

const detector = {};

const cameras = {};

const broker = {};

const network = {};

const service = {};

const accuracy = {};

const checks = {
  'check-late': {
    what: 'La comprobación {check} tardó más de {seconds} s',
    seen: 'su plazo',
    means: 'No se sabe nada de ello; lo que mira está bloqueado o la máquina está muy ocupada.',
    remedy: 'Pruébela sola: edge-optimizer diagnose --only {ground}',
  },
  'check-failed': {
    what: 'La comprobación {check} falló: {reason}',
    seen: 'su error',
    means: 'No se sabe nada de ello.',
    remedy: 'Envíe el archivo de edge-optimizer diagnose --bundle ARCHIVO.tar.gz a quien mantiene el programa.',
  },
};

export const spanish: Language = {
  name: 'Español',
  words,
  aim,
  findings: {
    ...system,
    ...storage,
    ...accelerator,
    ...models,
    ...detector,
    ...cameras,
    ...broker,
    ...network,
    ...service,
    ...accuracy,
    ...checks,
  },
};
