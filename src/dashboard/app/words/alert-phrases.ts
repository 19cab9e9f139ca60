import type { Phrase } from './phrases.ts';

/** What alerts say in English, and why a picture does not come, and the same in Spanish; as `tuningPhrases`. */
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

  // cameras and pictures
  [
    'no usable pictures from {}: check the camera, its power and its network',
    'no llegan imágenes útiles de {0}: compruebe la cámara, su alimentación y su red',
  ],
  ['the picture is frozen', 'la imagen está congelada'],
  [
    'its reader is started anew now and then; where that does not help, power-cycle the camera, and look at the recorder or relay between it and this device',
    'su lector se reinicia de vez en cuando; si no ayuda, apague y encienda la cámara y mire la grabadora o el repetidor entre ella y este equipo',
  ],
  ['there is nothing in the picture', 'no hay nada en la imagen'],
  [
    'look at the camera itself: something covers the lens, fog or dew, a dead sensor, or a stream without its key frames',
    'mire la propia cámara: algo tapa la lente, niebla o rocío, un sensor muerto o un flujo sin sus fotogramas clave',
  ],
  ['the picture is black', 'la imagen está negra'],
  [
    'by night the road is without light, and infrared or a lamp helps; by day look for a lens cap, a dead sensor, or an exposure set by hand',
    'de noche la calzada no tiene luz, y ayudan los infrarrojos o una lámpara; de día busque una tapa en la lente, un sensor muerto o una exposición fijada a mano',
  ],
  ['pictures arrive in part', 'las imágenes llegan incompletas'],
  [
    'the network between camera and device loses data, or the camera is overloaded: use TCP, a cable, a lower bit rate or resolution',
    'la red entre la cámara y el equipo pierde datos, o la cámara está sobrecargada: use TCP, un cable, o menos tasa de bits o resolución',
  ],
  ['the camera looks elsewhere', 'la cámara mira a otro sitio'],
  [
    'turn it back, or draw its lines, zones and masks anew and restart the program',
    'vuelva a orientarla, o dibuje de nuevo sus líneas, zonas y máscaras y reinicie el programa',
  ],
  ['pictures arrive damaged', 'las imágenes llegan dañadas'],
  [
    'the network between camera and device loses packets: use TCP (`rtspTransport: tcp`), a cable, a lower bit rate; vehicles are followed, but new ones may be missed',
    'la red entre la cámara y el equipo pierde paquetes: use TCP (`rtspTransport: tcp`), un cable o menos tasa de bits; los vehículos se siguen, pero puede faltar alguno nuevo',
  ],
  ['no vehicle for unusually long', 'ningún vehículo desde hace más de lo habitual'],
  [
    'is the road closed? If not, look at a preview: camera turned, lens dirty, or a model that misses what is there',
    '¿está cortada la calzada? Si no, mire una vista previa: la cámara girada, la lente sucia o un modelo que no ve lo que hay',
  ],

  // models and detectors
  ['the model can report nothing', 'el modelo no puede dar nada'],
  [
    'the model file is unusable on this device or its scores are low: use another variant, or lower model.scoreThreshold; `models add` tries a file on real pictures',
    'el fichero del modelo no sirve en este equipo o sus puntuaciones son bajas: use otra variante o baje model.scoreThreshold; `models add` prueba un fichero con imágenes reales',
  ],
  ['the model does not look at the picture', 'el modelo no mira la imagen'],
  [
    'the file is broken or was exported wrongly: use another variant, or export it again',
    'el fichero está roto o se exportó mal: use otra variante o expórtelo de nuevo',
  ],
  ['the model sees vehicles everywhere', 'el modelo ve vehículos en todas partes'],
  [
    'its numbers are read wrongly (another family, scores that are no probabilities): add it again with `models add`, which finds out how to read it',
    'sus números se leen mal (otra familia, puntuaciones que no son probabilidades): añádalo de nuevo con `models add`, que averigua cómo leerlo',
  ],
  ['the model puts every box on one spot', 'el modelo pone todas las cajas en un punto'],
  [
    'its boxes are read wrongly (normalised taken for pixels, another family): add it again with `models add`, which finds out how to read it',
    'sus cajas se leen mal (normalizadas tomadas por píxeles, otra familia): añádalo de nuevo con `models add`, que averigua cómo leerlo',
  ],
  ['the detector may be blind to what drives by', 'puede que el detector no vea lo que pasa'],
  [
    'look at a preview: glare into the lens, a view too steep or too far, or dirt, which another place of the camera mends; else a model for such pictures, or a lower model.scoreThreshold; where only people walk by, leave it out with plausibility.ignore',
    'mire una vista previa: deslumbramiento, una vista demasiado empinada o lejana, o suciedad, que se arreglan con otro sitio para la cámara; si no, un modelo para tales imágenes o un model.scoreThreshold menor; donde solo pasa gente, exclúyala con plausibility.ignore',
  ],
  [
    '{} is of no use ({}): {} answers instead; set model.variant to it, and make or fetch the other one anew',
    '{0} no sirve ({1}): en su lugar responde {2}; póngalo en model.variant y vuelva a crear o traer el otro',
  ],
  ['{} cannot be loaded ({}): {} answers instead', '{0} no se puede cargar ({1}): en su lugar responde {2}'],
  [
    '{} of {} detector workers are unhealthy and tried only now and then: {}',
    '{0} de {1} procesos del detector fallan y solo se prueban de vez en cuando: {2}',
  ],
  [
    'answers without inference do not keep answer.accuracyFloor at {}: every frame is inferred there; lower the floor, or give the device fewer cameras or frames',
    'las respuestas sin inferencia no cumplen answer.accuracyFloor en {0}: allí se infiere cada fotograma; baje el mínimo, o dé al equipo menos cámaras o fotogramas',
  ],

  // what is kept and sent
  [
    'the disk tier of the cache is out of order ({}): memory goes on, but what is new is lost at a restart; check that {} and its folder can be written and the disk has room',
    'el nivel de disco de la caché no funciona ({0}): la memoria sigue, pero lo nuevo se pierde al reiniciar; compruebe que se pueda escribir en {1} y su carpeta y que haya sitio en el disco',
  ],
  [
    'the history cannot be stored ({}): it waits in memory, and is lost at a restart; check that {} and its folder can be written and the disk has room',
    'el historial no se puede guardar ({0}): espera en memoria y se pierde al reiniciar; compruebe que se pueda escribir en {1} y su carpeta y que haya sitio en el disco',
  ],
  [
    'the file of the {} was corrupt; it was set aside as {} and a new one begun: check the disk, and delete the file when nobody needs it',
    'el fichero ({0}) estaba dañado; se apartó como {1} y se empezó otro: compruebe el disco, y borre el fichero cuando nadie lo necesite',
  ],
  ['evidence cannot be written ({}): check {}', 'no se pueden escribir las pruebas ({0}): compruebe {1}'],
  [
    'the disk of the evidence is full, and the oldest makes way for the newest before its time: make room where {} lies',
    'el disco de las pruebas está lleno, y la más antigua deja sitio a la nueva antes de tiempo: haga sitio donde está {0}',
  ],
  [
    '{} events within ten minutes left no evidence: too many came at once, or it had no room',
    '{0} eventos en diez minutos no dejaron prueba: llegaron demasiados a la vez, o no había sitio',
  ],
  [
    '{} records were refused for good ({}): they stay on the device until retention removes them',
    '{0} registros se rechazaron sin remedio ({1}): se quedan en el equipo hasta que venza su plazo',
  ],
  [
    '{} records were refused for good: they stay on the device until retention removes them',
    '{0} registros se rechazaron sin remedio: se quedan en el equipo hasta que venza su plazo',
  ],
  [
    '{} records wait to be sent, which fails for {} minutes: {}',
    '{0} registros esperan su envío, que falla desde hace {1} minutos: {2}',
  ],
  ['the chain of the evidence was changed from outside: {}', 'la cadena de las pruebas se cambió desde fuera: {0}'],
  ['the clock says {}, and this program was built on {}', 'el reloj dice {0}, y este programa se hizo el {1}'],
  ['the update to {} was taken back, {} runs: {}', 'la actualización a {0} se deshizo, funciona {1}: {2}'],
  ['the reason is not known', 'no se conoce el motivo'],
  [
    '{} could not be taken back from {} to {}{} ({}): it is tried again; a restart of the program begins with {}',
    '{0} no se pudo devolver de {1} a {2}{3} ({4}): se vuelve a intentar; un reinicio del programa empieza con {5}',
  ],

  // signals and traffic
  ['no crossing on red can be told: {}', 'no se puede decir quién pasa en rojo: {0}'],
  ['signal {} {}, and messages of it were refused ({})', 'semáforo {0}: {1}, y se rechazaron mensajes suyos ({2})'],
  ['signal {} {}', 'semáforo {0}: {1}'],
  ['was never heard of', 'nunca se supo de él'],
  ['is silent', 'calla'],
  [
    'far fewer vehicles than usual since {} at nearly all cameras ({}), at {} {}; {}',
    'muchos menos vehículos de lo habitual desde {0} en casi todas las cámaras ({1}), en {2} {3}; {4}',
  ],
  [
    '{}: far {} vehicles than usual since {} at {} ({}) and at {} more of its lines and zones: {}; {}',
    '{0}: muchos {1} vehículos de lo habitual desde {2} en {3} ({4}) y en {5} más de sus líneas y zonas: {6}; {7}',
  ],
  [
    '{}: far {} vehicles than usual since {} at {} ({}): {}; {}',
    '{0}: muchos {1} vehículos de lo habitual desde {2} en {3} ({4}): {5}; {6}',
  ],
  ['fewer', 'menos'],
  ['more', 'más'],
  ['also at {}', 'también en {0}'],
  ['{}, {} to {} expected', '{0}, se esperaban de {1} a {2}'],
  ['the last hour was not seen', 'la última hora no se vio'],
  ['{} in the last hour', '{0} en la última hora'],
  [
    'the rest of the camera is as usual: likely a closed lane or direction; look at the live view',
    'el resto de la cámara está como siempre: quizá un carril o un sentido cortado; mire la vista en directo',
  ],
  [
    'on all its lines: likely an incident or a closure upstream, or the camera was moved or is covered; look at the live view',
    'en todas sus líneas: quizá un incidente o un corte más arriba, o la cámara se movió o está tapada; mire la vista en directo',
  ],
  [
    'mend the camera first, this may be no traffic at all',
    'arregle primero la cámara: puede que esto no sea cosa del tráfico',
  ],
  [
    'likely a holiday or a closure of the area; nothing is to be done where one is known',
    'quizá un festivo o un corte de la zona; si se conoce, no hay nada que hacer',
  ],
  [
    'likely an event or a diversion; look whether another road is closed',
    'quizá un acto o un desvío; mire si otra vía está cortada',
  ],
  // several in one; what has a semicolon of its own stands above
  ['{}; {}', '{0}; {1}'],
];
