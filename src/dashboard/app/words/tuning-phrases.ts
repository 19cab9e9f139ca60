import type { Phrase } from './phrases.ts';

/**
 * What the tuning says in English, with `{}` for each value, and the same in Spanish, with the number of the value. The first that
 * fits a text is taken: the longer ones stand before those that they end with.
 */
export const tuningPhrases: readonly Phrase[] = [
  // outcomes that name another change
  ['a further step followed: {}', 'siguió otro paso: {0}'],
  ['an emergency ended it: {}', 'una urgencia lo terminó: {0}'],
  ['it could not be applied: {}', 'no se pudo aplicar: {0}'],
  ['of {} known operating points none is due', 'de {0} puntos de trabajo conocidos ninguno toca'],

  // outcomes
  ['it harms: {}', 'perjudica: {0}'],
  ['it pays: {}', 'merece la pena: {0}'],
  ['it does not pay: {}', 'no merece la pena: {0}'],
  ['the score went from {} to {} (noise {})', 'la nota pasó de {0} a {1} (ruido {2})'],
  [
    'there were {} cameras before and {} after: the scores cannot be compared',
    'había {0} cámaras antes y {1} después: las notas no se pueden comparar',
  ],
  ['it was an emergency, and did no harm', 'era una urgencia y no perjudicó'],
  ['too little was measured to tell what it brought', 'se midió demasiado poco para saber qué aportó'],
  ['the program ended during it', 'el programa terminó mientras tanto'],
  ['the program was stopped during it', 'el programa se detuvo mientras tanto'],
  ['the strategy was turned off during it', 'la estrategia se desactivó mientras tanto'],
  ['the operator has taken it back', 'lo deshizo el operador'],
  ['the model was changed to {} by something else', 'otra cosa cambió el modelo a {0}'],

  // harm
  ['{} of the inferences ended in an error, {} before', '{0} de las inferencias acabaron en error; antes, {1}'],
  [
    '{} of the frames were late or dropped, {} before, p95 {} against {}',
    '{0} de los fotogramas llegaron tarde o se perdieron; antes, {1}; p95 {2} frente a {3}',
  ],
  [
    '{} of the frames were late or dropped, {} before, p95 {}',
    '{0} de los fotogramas llegaron tarde o se perdieron; antes, {1}; p95 {2}',
  ],
  [
    '{} of the frames were late or dropped, {} before',
    '{0} de los fotogramas llegaron tarde o se perdieron; antes, {1}',
  ],
  ['the audits find F1 {}, {} before', 'las auditorías dan F1 {0}; antes, {1}'],
  ['heat holds the board back, which it did not before ({})', 'el calor frena la placa, lo que antes no hacía ({0})'],
  ['heat holds the board back, which it did not before', 'el calor frena la placa, lo que antes no hacía'],
  ['{} °C, {} °C before: the board holds itself back at {} °C', '{0} °C; antes, {1} °C: la placa se frena a {2} °C'],
  ['only {} of memory are left', 'solo quedan {0} de memoria'],
  [
    'memory grows on and on, from {} to {} since the change',
    'la memoria crece sin parar, de {0} a {1} desde el cambio',
  ],

  // decisions of the controller
  ['{}; pictures of quality {}: {} MB a day of {} MB', '{0}; imágenes de calidad {1}: {2} MB al día de {3} MB'],
  ['pictures of quality {}: {} MB a day of {} MB', 'imágenes de calidad {0}: {1} MB al día de {2} MB'],
  ['effective accuracy {}, {} % busy, {} °C', 'exactitud efectiva {0}, ocupado al {1} %, {2} °C'],
  ['effective accuracy {}, {} % busy', 'exactitud efectiva {0}, ocupado al {1} %'],
  ['{}, and nothing helps now', '{0}, y ahora nada ayuda'],
  [
    'p95 would be {} ms of {} ms with the workers {} % busy',
    'el p95 sería de {0} ms de {1} ms con los procesos ocupados al {2} %',
  ],
  [
    'it would get {} °C warm within ten minutes, of at most {} °C',
    'llegaría a {0} °C en diez minutos, de {1} °C como máximo',
  ],
  ['{} W would be drawn of {} W', 'consumiría {0} W de {1} W'],
  ['this program would keep the processor busier than {} %', 'este programa ocuparía el procesador más del {0} %'],
  ['{}, more than is free', '{0}, más de la libre'],
  ['{}, of at most {}', '{0}, de {1} como máximo'],
  ['all processes together would have {} of memory', 'todos los procesos juntos tendrían {0} de memoria'],
  ["the accelerator's memory would be more than {}", 'la memoria del acelerador sería más de {0}'],
  ['all budgets are kept', 'se cumplen todos los límites'],
  ['no operating point is known that may be chosen', 'no se conoce ningún punto de trabajo que se pueda elegir'],
  ['the new workers are being warmed', 'se están calentando los procesos nuevos'],
  ['swaps are used up', 'se agotaron los cambios de esta hora'],
  ['nothing is known of the point in use', 'no se sabe nada del punto en uso'],
  ['{} points better', '{0} puntos mejor'],
  ['{} % of the frames are late, p95 {} ms', 'el {0} % de los fotogramas llega tarde, p95 {1} ms'],
  ['it could not be loaded', 'no se pudo cargar'],
  ['it did harm', 'perjudicó'],
  ['it had to be left again', 'hubo que dejarlo de nuevo'],
  ['its memory grows on and on, {} MiB by now', 'su memoria crece sin parar, ya {0} MiB'],
  ['{} % of its inferences fail', 'falla el {0} % de sus inferencias'],
  [
    'tune.enabled is false: the knobs stay where they stand',
    'tune.enabled es false: los ajustes se quedan donde están',
  ],
  ['looks at the device first', 'primero mira el equipo'],
  [
    'a camera of pace fast takes whatever there is: nothing tells what is enough',
    'una cámara de ritmo fast toma todo lo que hay: nada dice cuánto basta',
  ],
  ['the operating points cannot be read: {}', 'no se pueden leer los puntos de trabajo: {0}'],
  ['nothing has been decided yet', 'todavía no se ha decidido nada'],

  // the cache
  ['simulated {}, {} over the last {} min', 'simulado {0}, {1} en los últimos {2} min'],
  ['of all keys', 'con todas las claves'],
  ['of 1 key in {}', 'con 1 de cada {0} claves'],
  ['{} would be found instead of {}', 'se encontraría el {0} en lugar del {1}'],
  ['as good as nothing would be lost', 'no se perdería casi nada'],

  // compression
  ['{}, and {} pictures were compressed so far', '{0}, y hasta ahora se comprimieron {1} imágenes'],
  [
    'the board is at rest, and {} pictures in {} min might be smaller',
    'la placa está en reposo, y {0} imágenes en {1} min podrían ser más pequeñas',
  ],

  // databases
  ['the planner knows nothing of the rows of {} tables', 'el planificador no sabe nada de las filas de {0} tablas'],
  [
    '{} of {} tables have changed much since the planner was told of them',
    '{0} de {1} tablas han cambiado mucho desde que el planificador las conoce',
  ],
  [
    'on a copy it saved {} of {} ms of what was asked, and took {}',
    'en una copia ahorró {0} de {1} ms de lo consultado y ocupó {2}',
  ],
  ['{}, and it takes {}', '{0}, y ocupa {1}'],
  ['no query is planned with it', 'ninguna consulta lo usa'],
  ['{} does its work', '{0} hace su trabajo'],
  [
    'the file has {}, and {} of it are kept in memory at most',
    'el fichero tiene {0}, y en memoria se guardan {1} como máximo',
  ],
  [
    'the file has {}, and each page that is not in memory is copied once more than it need be',
    'el fichero tiene {0}, y cada página que no está en memoria se copia una vez de más',
  ],
  ['without it', 'sin él'],
  ['with it', 'con él'],
  ['no statistics', 'sin estadísticas'],
  ['older statistics', 'estadísticas anteriores'],

  // measuring in idle time
  ['the device has just become idle', 'el equipo acaba de quedar libre'],
  ['it rests after the last measurement', 'descansa tras la última medición'],
  ['other programs take {} more of the cores', 'otros programas toman {0} más de los núcleos'],
  ['the board is held back by {}', 'la placa está frenada por {0}'],
  ['{} and {}', '{0} y {1}'],
  ['heat', 'el calor'],
  ['power', 'la alimentación'],
  ['current', 'la corriente'],
  ['quota', 'la cuota'],
  ['{} °C is near {} °C, where the board holds itself back', '{0} °C está cerca de {1} °C, donde la placa se frena'],
  ['{} of the frames are late', 'llega tarde el {0} de los fotogramas'],
  ['the cores are busy by {}', 'los núcleos están ocupados al {0}'],
  ['it is switched off', 'está desactivada'],
  ['the variant stays where it is', 'la variante se queda donde está'],
  ['a camera of pace fast leaves no time idle', 'una cámara de ritmo fast no deja ratos libres'],

  // why nothing is tried, or cannot be taken back
  ['nothing that it knows would help now', 'nada de lo que conoce ayudaría ahora'],
  ['optimization.{} turns it on', 'optimization.{0} la activa'],
  ['the program does not run', 'el programa no funciona'],
  ['a change of it is being made or taken back', 'se está haciendo o deshaciendo un cambio suyo'],
  ['nothing that the {} strategy moves is in use here', 'aquí no se usa nada de lo que mueve la estrategia {0}'],
  ['the {} strategy has nothing to work on now', 'la estrategia {0} no tiene ahora con qué trabajar'],
  ['{} is just moving to {}', '{0} está pasando a {1}'],
  ['{} tries {} since {} UTC', '{0} prueba {1} desde las {2} UTC'],
  ['{} of {} could not be taken back yet', '{0} de {1} todavía no se pudo deshacer'],
  ['the score before is measured for {} s more', 'la nota de antes se mide {0} s más'],
  [
    '{} is just being applied or taken back: wait until it is',
    '{0} se está aplicando o deshaciendo: espere a que termine',
  ],
  [
    'what stood before is not known any more: only the last changes that were kept, and that nobody has changed since, can be taken back; pin the knob at its earlier value instead',
    'ya no se sabe qué había antes: solo se pueden deshacer los últimos cambios conservados que nadie ha movido desde entonces; fije el mando en su valor anterior',
  ],
  ['{} was kept after it: take that back first', 'después se conservó {0}: deshaga eso primero'],
  ['{} is trying {}: take that back, or wait for its end', '{0} está probando {1}: deshágalo o espere a que termine'],
  ['something of {} is just being taken back', 'se está deshaciendo algo de {0}'],
  ['it has just ended', 'acaba de terminar'],
  [
    'it was rolled back {}, and may be tried again in {} at the earliest',
    'se revirtió {0}, y se podrá probar de nuevo dentro de {1} como pronto',
  ],
  [
    'it was rolled back {}, under the same circumstances as now',
    'se revirtió {0}, en las mismas circunstancias que ahora',
  ],
  ['{} times', '{0} veces'],
  ['{} time', '{0} vez'],
  ['pinned: {}', 'fijados: {0}'],
  ['{} is being tried', 'se está probando {0}'],
  ['no database is open that could be written', 'no hay abierta ninguna base de datos en la que se pueda escribir'],
  ['indexes are tried on a copy of {}', 'se prueban índices en una copia de {0}'],
  ['indexes for {} could not be looked for: {}', 'no se pudieron buscar índices para {0}: {1}'],
  ['no index would help what {} is asked', 'ningún índice ayudaría a lo que se consulta de {0}'],
  [
    '{} was asked {} times, which is looked at after a while',
    '{0} se consultó {1} veces, lo que se mira al cabo de un rato',
  ],
  ['effort {} of {}, {} pictures so far', 'esfuerzo {0} de {1}, {2} imágenes hasta ahora'],

  // settings
  ['{}, quality {}', '{0}, calidad {1}'],
  ['quality {}', 'calidad {0}'],
  ['effort {}', 'esfuerzo {0}'],
  ['{}, batches wait {} ms', '{0}, los lotes esperan {1} ms'],
  ['batches wait {} ms', 'los lotes esperan {0} ms'],
  ['{}, inferred as scenes ask', '{0}, se infiere cuando lo piden las escenas'],
  ['inferred as scenes ask', 'se infiere cuando lo piden las escenas'],
  ['{}, inferred every {} ms at most', '{0}, se infiere cada {1} ms como mucho'],
  ['inferred every {} ms at most', 'se infiere cada {0} ms como mucho'],
  ['{} × {} threads batch {}', '{0} × {1} hilos, lote {2}'],
  ['{} × {} thread batch {}', '{0} × {1} hilo, lote {2}'],
  ['it does no harm', 'no perjudica'],
  ['it helps', 'ayuda'],
  ['{}: {} ({})', '{0}: {1} ({2})'],
  ['{}: {}', '{0}: {1}'],
];
