import type { Phrase } from './phrases.ts';

/** Why a camera gives no picture, as ffmpeg's words are explained. */
const reasons: readonly Phrase[] = [
  ['it refuses this user and password (401): correct them', 'rechaza este usuario y contraseña (401): corríjalos'],
  [
    'it wants a user and password (401): write them into the URL, in urlFile or EDGE_CAMERA_<ID>_URL',
    'pide usuario y contraseña (401): escríbalos en la dirección, en urlFile o EDGE_CAMERA_<ID>_URL',
  ],
  [
    'this user may not see this stream (403): allow it in the camera, or take another user or path',
    'este usuario no puede ver este flujo (403): permítalo en la cámara, o use otro usuario u otra ruta',
  ],
  [
    'it has no stream at this path (404): take the path from its manual or its ONVIF page',
    'no tiene ningún flujo en esta ruta (404): tome la ruta de su manual o de su página ONVIF',
  ],
  [
    'it has no bandwidth left (453): close other viewers, or take its substream',
    'no le queda ancho de banda (453): cierre otros visores o use su flujo secundario',
  ],
  [
    'it has lost the session (454): it may have restarted, or have too many viewers',
    'perdió la sesión (454): quizá se reinició o tiene demasiados visores',
  ],
  [
    'it does not send over TCP (461): write rtspTransport: udp for this camera',
    'no envía por TCP (461): escriba rtspTransport: udp para esta cámara',
  ],
  [
    'it does not send over UDP (461): write rtspTransport: tcp for this camera',
    'no envía por UDP (461): escriba rtspTransport: tcp para esta cámara',
  ],
  [
    'it failed by itself (500): restart it, or try another path',
    'falló ella misma (500): reiníciela o pruebe otra ruta',
  ],
  [
    'it is busy (503): too many viewers, or it is starting; close others, or take its substream',
    'está ocupada (503): demasiados visores, o está arrancando; cierre otros o use su flujo secundario',
  ],
  [
    'it sends no video, only sound or data: take the path of its video',
    'no envía vídeo, solo sonido o datos: use la ruta de su vídeo',
  ],
  [
    'it answers nothing that is known: is the port right (554 is usual), and does it speak this protocol?',
    'no responde nada conocido: ¿es correcto el puerto (suele ser 554), y habla este protocolo?',
  ],
  [
    'its table of contents is missing: it is cut off, was not closed by what recorded it, or is no video',
    'falta su índice: está cortado, no lo cerró quien lo grabó, o no es un vídeo',
  ],
  [
    'this ffmpeg cannot decode its pictures: install a complete ffmpeg (sudo apt install ffmpeg), or let the camera send H.264',
    'este ffmpeg no puede decodificar sus imágenes: instale un ffmpeg completo (sudo apt install ffmpeg), o que la cámara envíe H.264',
  ],
  [
    'its pictures cannot be decoded, as their size and parameters (SPS, PPS) never come: let the camera send them with each key frame, or another codec',
    'sus imágenes no se pueden decodificar, porque su tamaño y parámetros (SPS, PPS) no llegan nunca: que la cámara los envíe con cada fotograma clave, u otro códec',
  ],
  [
    'this ffmpeg does not know one of its arguments: correct inputArgs or filters',
    'este ffmpeg no conoce uno de sus argumentos: corrija inputArgs o filters',
  ],
  [
    'this ffmpeg cannot apply the filters: correct filters',
    'este ffmpeg no puede aplicar los filtros: corrija filters',
  ],
  [
    'this ffmpeg does not know the protocol before ://: correct the URL',
    'este ffmpeg no conoce el protocolo antes de ://: corrija la dirección',
  ],
  [
    'nothing listens there: is the camera on, its RTSP or web server switched on, the port right?',
    'allí no escucha nada: ¿está encendida la cámara, activado su servidor RTSP o web, y es correcto el puerto?',
  ],
  [
    'no such host name is known here: correct it, or write the IP address',
    'aquí no se conoce ese nombre de máquina: corríjalo o escriba la dirección IP',
  ],
  [
    'there is no way to it: check its power, its cable and the network',
    'no hay camino hasta ella: compruebe su alimentación, su cable y la red',
  ],
  [
    'it does not answer: check its power, its cable and the network',
    'no responde: compruebe su alimentación, su cable y la red',
  ],
  [
    'there is no such device: ls /dev/video* shows those that there are',
    'no existe ese dispositivo: ls /dev/video* muestra los que hay',
  ],
  [
    "the device may not be opened: add the service's user to the group video",
    'el dispositivo no se puede abrir: añada el usuario del servicio al grupo video',
  ],
  ['another program has the device: close it', 'otro programa tiene el dispositivo: ciérrelo'],
];

/** What is said of cameras in English and the same in Spanish; as `tuningPhrases`. A reason may be followed by ffmpeg's own words. */
export const cameraPhrases: readonly Phrase[] = [
  ['{} (ffmpeg ended ({}) reading {}: {})', '{0} (ffmpeg terminó ({1}) al leer {2}: {3})'],
  ['ffmpeg ended ({}) reading {}: {}', 'ffmpeg terminó ({0}) al leer {1}: {2}'],
  ...reasons.map(([original, translated]): Phrase => [`${original} ({})`, `${translated} ({0})`]),
  ...reasons,
];
