import type { Phrase } from './phrases.ts';

/**
 * Why the device refuses what is asked or drawn, in English and the same in Spanish; as `tuningPhrases`. These stand
 * first: `{}: {}` among the others would take them apart at their first colon.
 */
export const refusalPhrases: readonly Phrase[] = [
  [
    'the program runs without a site file: make one with `edge-optimizer config init --out site.yaml`, and start it with `edge-optimizer run --config site.yaml`',
    'el programa funciona sin fichero del sitio: créelo con `edge-optimizer config init --out site.yaml` y arránquelo con `edge-optimizer run --config site.yaml`',
  ],
  [
    'the cameras come from --source or the environment, not from the site file: start without it',
    'las cámaras vienen de --source o del entorno, no del fichero del sitio: arranque sin ello',
  ],
  ['{} cannot be written: {}; put the lines into it by hand', 'no se puede escribir {0}: {1}; ponga las líneas a mano'],
  [
    '{} was changed by somebody else meanwhile: load it again, and draw what is missing',
    'otra persona cambió {0} mientras tanto: cárguelo de nuevo y dibuje lo que falte',
  ],
  ['no model answers yet: nothing can be pinned before', 'aún no responde ningún modelo: antes no se puede fijar nada'],
  ['{} moves with variant: pin that', '{0} se mueve con variant: fije esa'],
  [
    'too many are asking for this now: ask again in a moment',
    'ahora lo piden demasiados: pídalo de nuevo en un momento',
  ],
  ['{} is being examined: ask again when it is done', 'se está examinando {0}: pídalo de nuevo cuando termine'],
  ['alert {} does not hold: there is nothing to acknowledge', 'la alerta {0} no está activa: no hay nada que atender'],
  ['{} is not pinned by anybody: there is nothing to take back', 'nadie ha fijado {0}: no hay nada que deshacer'],

  // actions of a fleet
  ['choose: no device is so: nothing was begun', 'ningún equipo es así: no se ha iniciado nada'],
  [
    '{} devices are chosen, and an action is for {} at most',
    'se han elegido {0} equipos, y una acción es para {1} como mucho',
  ],
  [
    '{} actions with {} devices go on: wait for one, or abort it',
    'hay {0} acciones en curso con {1} equipos: espere a una o cancélela',
  ],
  [
    'this collector has no key to sign commands with: start it with --key FILE or EDGE_COMMAND_KEY',
    'este colector no tiene clave para firmar órdenes: arránquelo con --key FICHERO o EDGE_COMMAND_KEY',
  ],
  ['devices: nothing was ever heard of {}', 'nunca se ha oído nada de {0}'],
  ['action {} was ended before', 'la acción {0} ya había acabado'],
  ['action {} is running', 'la acción {0} está en curso'],
  [
    'every device that a group names has told how it is configured',
    'todos los equipos que nombra un grupo han dicho cómo están configurados',
  ],
  [
    'no device has drifted in a key that a command can set',
    'ningún equipo difiere en una clave que una orden pueda cambiar',
  ],

  // what one device of a fleet is asked for
  [
    'there is no connection to the broker: nothing can be asked for now',
    'no hay conexión con el broker: ahora no se puede pedir nada',
  ],
  [
    '{} is offline: it can be asked once it is connected',
    '{0} está sin conexión: se le podrá preguntar cuando se conecte',
  ],
  ['{} is gone: it can be asked once it is connected', '{0} ha desaparecido: se le podrá preguntar cuando se conecte'],
  [
    'too many questions wait for their answers: ask again in two minutes',
    'demasiadas preguntas esperan respuesta: pregunte de nuevo en dos minutos',
  ],
  [
    '{} has not answered yet: ask again, and be told what came meanwhile',
    '{0} aún no ha respondido: pregunte de nuevo y verá lo que haya llegado mientras tanto',
  ],
  [
    '{} is what a tenant is told: ask the device itself, which has the cameras',
    '{0} es lo que se cuenta a un inquilino: pregunte al propio equipo, que tiene las cámaras',
  ],
  ['the device refuses it (no-key): {}', 'el equipo no conoce ninguna clave y no obedece órdenes ({0})'],
  [
    'the device refuses it (unknown-key): {}',
    'el equipo no conoce la clave de este colector y no obedece sus órdenes ({0})',
  ],
  ['the device refuses it (unknown-command): {}', 'el programa del equipo no conoce esta orden ({0})'],
  ['the device refuses it ({}): {}', 'el equipo lo rechaza ({0}): {1}'],
  [
    'this device keeps no evidence: evidence.on names no kinds of events',
    'este equipo no guarda pruebas: evidence.on no nombra ninguna clase de eventos',
  ],
  [
    'the bytes of the day are used up (evidence.push.dailyMiB): ask again later, or fetch it over HTTP',
    'los bytes del día están agotados (evidence.push.dailyMiB): pídalo más tarde, o recójalo por HTTP',
  ],
  [
    'the picture takes {} bytes in base64, and {} may be sent: fetch it over HTTP, or have it pushed',
    'la imagen ocupa {0} bytes en base64 y se pueden enviar {1}: recójala por HTTP, o haga que el equipo la envíe',
  ],
  ['id: there is no evidence {}', 'el equipo ya no guarda la prueba {0}'],
  [
    'what the device answered is no evidence: its program may be of another version',
    'lo que respondió el equipo no es una prueba: su programa puede ser de otra versión',
  ],
  [
    'the picture is not the one that was signed: its SHA-256 is another',
    'la imagen no es la que se firmó: su SHA-256 es otro',
  ],

  // databases, and examinations of them
  ['{} is not open: see the alerts', '{0} no está abierta: mire las alertas'],
  ['nothing was asked of it yet', 'todavía no se le ha pedido nada'],
  ['it took longer than {} s', 'tardó más de {0} s'],
  ['the program stops', 'el programa se detiene'],
  [
    'came ten times in a row or more, {} times: one query for each row of another',
    'llegó diez veces seguidas o más, {0} veces: una consulta por cada fila de otra',
  ],
  [
    'came ten times in a row or more, {} time: one query for each row of another',
    'llegó diez veces seguidas o más, {0} vez: una consulta por cada fila de otra',
  ],
  ['found the database locked {} of {} times', 'encontró la base de datos bloqueada {0} de {1} veces'],
  ['failed {} of {} times', 'falló {0} de {1} veces'],
  [
    'makes an index on {} at each call, and throws it away',
    'crea un índice sobre {0} en cada llamada y lo tira después',
  ],
  [
    'LIKE with a pattern that begins with %: no index finds that',
    'LIKE con un patrón que empieza por %: ningún índice lo encuentra',
  ],

  ['reads every row of {}', 'lee todas las filas de {0}'],
  ['sorts what it found {}', 'ordena lo que encontró {0}'],
  ['compares {}({}): the index on {} is of no use for that', 'compara {0}({1}): el índice sobre {2} no sirve para eso'],
  ['reads all {} columns of {}', 'lee las {0} columnas de {1}'],
  ['hands out {} rows a call, without a LIMIT', 'entrega {0} filas por llamada, sin LIMIT'],

  // the schema
  ['{} (file {})', '{0} (fichero {1})'],
  ['{}: expected {}, got {}, did you mean {}?', '{0}: se esperaba {1}, hay {2}; ¿quería decir {3}?'],
  ['{}: expected {}, got {}; there are none', '{0}: se esperaba {1}, hay {2}; no existe ninguno'],
  ['{}: expected {}, got {} twice', '{0}: se esperaba {1}, y está dos veces {2}'],
  ['{}: expected {}, got {}', '{0}: se esperaba {1}, hay {2}'],
  ['{}: unknown key, did you mean {}?', '{0}: clave desconocida; ¿quería decir {1}?'],
  ['{}: unknown key', '{0}: clave desconocida'],
  ['cameras.{} and cameras.{}', 'cameras.{0} y cameras.{1}'],
  [
    '1 to 63 letters, digits, - or _, starting with a letter or digit',
    '1 a 63 letras, cifras, - o _, con una letra o cifra al principio',
  ],
  ['two different ends', 'dos extremos distintos'],
  ['different ids', 'nombres distintos'],
  ['different names', 'nombres distintos'],
  ['a number from {} to {}', 'un número de {0} a {1}'],
  ['a list with at least {} entries', 'una lista con al menos {0} elementos'],
  ['a list with at least {} entry', 'una lista con al menos {0} elemento'],
  ['a list of {}', 'una lista de {0}'],
  ['corners that enclose an area', 'esquinas que encierren un área'],
  ['corners on one line', 'esquinas en una línea'],
  ['one of the ids in {}', 'uno de los nombres de {0}'],
  ['one of {}', 'uno de {0}'],
  ['nothing', 'nada'],
];
