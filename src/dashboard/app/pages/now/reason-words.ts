import type { CameraReasonCode } from '../../../api/camera-reasons.ts';
import type { PageId } from '../../page-id.ts';

type Reasons = Readonly<Record<CameraReasonCode, readonly [what: string, todo: string]>>;

/** The page that shows more of a cause, or where it is mended. */
export const reasonPages: Partial<Record<CameraReasonCode, PageId>> = {
  'no-detector': 'alerts',
  shifted: 'setup',
  'model-blind': 'models',
  'model-constant': 'models',
  'model-saturated': 'models',
  'model-heaped': 'models',
  'no-answers': 'performance',
  'falling-behind': 'resources',
};

const en: Reasons = {
  paused: [
    'Paused by command: it is neither read nor answered.',
    'Send the command resume, or wait until the pause is over.',
  ],
  starting: ['It is being started.', 'Wait some seconds; a camera on the network may take ten.'],
  connection: [
    'No connection to the camera.',
    'Is it switched on and its cable in? Are address, user and password right? The device tries again by itself.',
  ],
  'wrong-path': [
    'The camera answers, but has no picture or stream at this address.',
    'Correct the path, the part after the host, in `url` of the camera: its manual or its ONVIF page has it. Cable and power are well.',
  ],
  login: [
    'The camera answers, but refuses user or password.',
    'Correct them in `url` of the camera, in its `urlFile` or its variable. Some cameras refuse for minutes after several wrong ones.',
  ],
  ended: [
    'There are no more pictures from it.',
    'A film has come to its end, or its source cannot be read. Mend the source and restart the program.',
  ],
  'no-detector': [
    'Nothing is detected at all: no model answers.',
    'The reason is below, and under Alerts. `edge-optimizer diagnose` on the device says what to do.',
  ],
  'key-frame': [
    'Pictures come, but none yet from which the video can be begun.',
    'Wait for some seconds. If it stays so, set a shorter key frame interval (GOP) in the camera.',
  ],
  'no-frames': [
    'Connected, but no pictures come.',
    'Look at the camera itself, and at how many others read from it: many allow only two or three.',
  ],
  frozen: [
    'The picture is frozen: the same one again and again.',
    'Its reader is started anew by itself. If that does not help, switch the camera off and on.',
  ],
  grey: [
    'There is nothing in the picture: one colour everywhere.',
    'Look at the lens: something covers it, fog or dew; or the sensor is dead.',
  ],
  dark: [
    'The picture is black.',
    'By night the road has no light: infrared or a lamp helps. By day: a lens cap, or an exposure set by hand.',
  ],
  torn: [
    'Pictures arrive in part.',
    'The network between camera and device loses data: use a cable, TCP, a lower bit rate or resolution.',
  ],
  shifted: [
    'The camera looks elsewhere than before: it was turned, moved or exchanged.',
    'Turn it back, or draw its lines and zones anew (page Setup) and restart the program.',
  ],
  damaged: [
    'Many pictures arrive damaged: vehicles are followed, new ones may be missed.',
    'The network loses packets: use TCP (`rtspTransport: tcp`), a cable, a lower bit rate.',
  ],
  'model-blind': [
    'The model can report nothing: no score ever reaches the threshold.',
    'Use another variant (page Models), or lower model.scoreThreshold.',
  ],
  'model-constant': [
    'The model does not look at the picture: the same boxes for different pictures.',
    'The model file is broken: use another variant, or export it again.',
  ],
  'model-saturated': [
    'The model sees vehicles everywhere: its numbers are read wrongly.',
    'Add the model again with `edge-optimizer models add`, which finds out how to read it.',
  ],
  'model-heaped': [
    'The model puts every box on one spot: its boxes are read wrongly.',
    'Add the model again with `edge-optimizer models add`, which finds out how to read it.',
  ],
  'detector-may-be-blind': [
    "Things of a vehicle's size drive by, and the detector has hardly a box for any of them.",
    'Look at the picture: glare, a view too steep or too far, dirt; else another model, or a lower model.scoreThreshold.',
  ],
  'no-vehicles': [
    'No vehicle for far longer than is usual at this hour.',
    'Is the road closed? If not, look at the picture: camera turned, lens dirty, or a model that misses what is there.',
  ],
  'no-answers': [
    'Pictures come, but none is answered.',
    'The detector is too slow or fails: see what was dropped below, and the page Performance.',
  ],
  'falling-behind': [
    'Fewer than half of the pictures are answered in time.',
    'Fewer cameras, a lower maxFps, or a faster variant help; see the pages Resources and Tuning.',
  ],
  'poor-connection': [
    'The connection is poor: pictures come late or are missing.',
    'Use a cable in place of radio, a lower bit rate, and look at the switch between camera and device.',
  ],
  'few-classes': [
    'No vehicle was seen since the start, and only some kinds of vehicles are reported.',
    'The configuration names them (`model.classes`): add the missing ones there, or take the key out, and restart the program.',
  ],
  'none-yet': [
    'All works; no vehicle was seen since the start.',
    'Is there a road in the picture, near enough? A vehicle should be 20 pixels wide or more.',
  ],
  'empty-road': ['All works; there is no vehicle in the picture now.', 'Nothing: the road is empty.'],
};

const es: Reasons = {
  paused: ['En pausa por orden: no se lee ni se responde.', 'Envíe la orden resume o espere a que termine la pausa.'],
  starting: ['Se está iniciando.', 'Espere unos segundos; una cámara de red puede tardar diez.'],
  connection: [
    'Sin conexión con la cámara.',
    '¿Está encendida y con el cable puesto? ¿Son correctos la dirección, el usuario y la contraseña? El equipo lo reintenta solo.',
  ],
  'wrong-path': [
    'La cámara responde, pero no tiene imagen ni vídeo en esta dirección.',
    'Corrija la ruta, lo que sigue al host, en `url` de la cámara: está en su manual o en su página ONVIF. El cable y la corriente están bien.',
  ],
  login: [
    'La cámara responde, pero rechaza el usuario o la contraseña.',
    'Corríjalos en `url` de la cámara, en su `urlFile` o en su variable. Algunas cámaras rechazan durante minutos tras varios fallos.',
  ],
  ended: [
    'Ya no llegan imágenes de ella.',
    'Un vídeo ha terminado o su fuente no se puede leer. Corrija la fuente y reinicie el programa.',
  ],
  'no-detector': [
    'No se detecta nada: ningún modelo responde.',
    'El motivo está debajo y en Alertas. `edge-optimizer diagnose` en el equipo dice qué hacer.',
  ],
  'key-frame': [
    'Llegan imágenes, pero ninguna con la que pueda empezar el vídeo.',
    'Espere unos segundos. Si sigue así, configure en la cámara un intervalo menor entre fotogramas clave (GOP).',
  ],
  'no-frames': [
    'Conectada, pero no llegan imágenes.',
    'Revise la cámara y cuántos otros leen de ella: muchas admiten solo dos o tres.',
  ],
  frozen: [
    'La imagen está congelada: siempre la misma.',
    'Su lector se reinicia solo. Si no sirve, apague y encienda la cámara.',
  ],
  grey: [
    'No hay nada en la imagen: un solo color.',
    'Mire el objetivo: algo lo tapa, niebla o rocío; o el sensor ha muerto.',
  ],
  dark: [
    'La imagen está en negro.',
    'De noche la vía no tiene luz: ayuda el infrarrojo o una farola. De día: la tapa del objetivo o una exposición manual.',
  ],
  torn: [
    'Las imágenes llegan incompletas.',
    'La red entre la cámara y el equipo pierde datos: use cable, TCP, menos caudal o menos resolución.',
  ],
  shifted: [
    'La cámara mira a otro sitio: se ha girado, movido o cambiado.',
    'Gírela de vuelta, o dibuje de nuevo sus líneas y zonas (página Configuración) y reinicie el programa.',
  ],
  damaged: [
    'Muchas imágenes llegan dañadas: se siguen los vehículos, pero pueden faltar nuevos.',
    'La red pierde paquetes: use TCP (`rtspTransport: tcp`), cable, menos caudal.',
  ],
  'model-blind': [
    'El modelo no puede comunicar nada: ninguna puntuación llega al umbral.',
    'Use otra variante (página Modelos) o baje model.scoreThreshold.',
  ],
  'model-constant': [
    'El modelo no mira la imagen: los mismos recuadros para imágenes distintas.',
    'El fichero del modelo está roto: use otra variante o expórtelo de nuevo.',
  ],
  'model-saturated': [
    'El modelo ve vehículos por todas partes: sus números se leen mal.',
    'Añada de nuevo el modelo con `edge-optimizer models add`, que averigua cómo leerlo.',
  ],
  'model-heaped': [
    'El modelo pone todos los recuadros en un punto: se leen mal.',
    'Añada de nuevo el modelo con `edge-optimizer models add`, que averigua cómo leerlo.',
  ],
  'detector-may-be-blind': [
    'Pasan cosas del tamaño de un vehículo y el detector casi no da recuadros.',
    'Mire la imagen: deslumbramiento, vista demasiado inclinada o lejana, suciedad; si no, otro modelo o un model.scoreThreshold menor.',
  ],
  'no-vehicles': [
    'Ningún vehículo desde hace mucho más de lo habitual a esta hora.',
    '¿Está cortada la vía? Si no, mire la imagen: cámara girada, objetivo sucio o un modelo que no ve lo que hay.',
  ],
  'no-answers': [
    'Llegan imágenes, pero ninguna se responde.',
    'El detector es demasiado lento o falla: vea debajo qué se ha descartado, y la página Rendimiento.',
  ],
  'falling-behind': [
    'Se responde a tiempo menos de la mitad de las imágenes.',
    'Ayudan menos cámaras, un maxFps menor o una variante más rápida; vea las páginas Recursos y Ajuste.',
  ],
  'poor-connection': [
    'La conexión es mala: las imágenes llegan tarde o faltan.',
    'Use cable en vez de radio, menos caudal, y revise el conmutador entre la cámara y el equipo.',
  ],
  'few-classes': [
    'No se ha visto ningún vehículo desde el inicio, y solo se comunican algunas clases de vehículos.',
    'Las nombra la configuración (`model.classes`): añada las que faltan o quite la clave, y reinicie el programa.',
  ],
  'none-yet': [
    'Todo funciona; no se ha visto ningún vehículo desde el inicio.',
    '¿Hay una vía en la imagen, lo bastante cerca? Un vehículo debe medir 20 píxeles de ancho o más.',
  ],
  'empty-road': ['Todo funciona; ahora no hay vehículos en la imagen.', 'Nada: la vía está vacía.'],
};

/** Why a camera has no vehicles, and what to do about it. */
export const reasonWords = { en, es };
