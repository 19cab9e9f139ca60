/** What an alert is called, and in another language than the program's when it is raised and what to do. */
export interface AlertWords {
  readonly name: string;
  /** Absent: as the device says it. */
  readonly help?: string;
  readonly action?: string;
}

const en: Readonly<Record<string, AlertWords>> = {
  'history-degraded': { name: 'History cannot be stored' },
  'history-set-aside': { name: 'History file was damaged' },
  'outbox-full': { name: 'Messages were given up' },
  'outbox-degraded': { name: 'Messages cannot be stored' },
  'outbox-set-aside': { name: 'Message file was damaged' },
  'broker-refuses': { name: 'Broker refuses messages' },
  'certificate-expires': { name: 'Certificate expires' },
  'client-id-shared': { name: 'Name or client id used twice' },
  'clock-wrong': { name: 'Clock is wrong' },
  'results-failed': { name: 'Results cannot be written' },
  'cache-degraded': { name: 'Cache cannot use the disk' },
  'cache-set-aside': { name: 'Cache file was damaged' },
  'degraded-latency': { name: 'Slower than usual' },
  'degraded-throughput': { name: 'Fewer frames than usual' },
  'degraded-errors': { name: 'More errors than usual' },
  'degraded-answers': { name: 'Answers worse than usual' },
  'degraded-memory': { name: 'More memory than usual' },
  'degraded-heat': { name: 'Warmer than usual' },
  'degraded-load': { name: 'Busier than usual' },
  'degraded-delivery': { name: 'More messages wait than usual' },
  'drifting-accuracy': { name: 'Accuracy slowly worse' },
  'drifting-latency': { name: 'Slower from week to week' },
  'unusual-traffic': { name: 'Unusual traffic' },
  'signal-silent': { name: 'Traffic signal is silent' },
  'detector-unhealthy': { name: 'Detector does not run' },
  'detector-gap': { name: 'Detector is being changed' },
  'detector-memory': { name: 'Detector lacks memory' },
  'model-replaced': { name: 'Another model answers' },
  'camera-paused': { name: 'Camera is paused' },
  'setting-overridden': { name: 'Setting is held for a time' },
  'response-slow': { name: 'Answers are slow' },
  'memory-high': { name: 'Much memory in use' },
  'cpu-high': { name: 'Processor is busy' },
  'cache-hit-low': { name: 'Cache finds little' },
  'errors-high': { name: 'Many errors' },
  'temperature-high': { name: 'Too hot' },
  'disk-low': { name: 'Disk is nearly full' },
  'camera-poor': { name: 'Camera connection is poor' },
  'broker-away': { name: 'No connection to the broker' },
  'clock-jumped': { name: 'Clock was set' },
  'trial-stuck': { name: 'A change cannot be taken back' },
  'update-rolled-back': { name: 'Update was taken back' },
  'camera-lost': { name: 'Camera gives no picture' },
  'accuracy-floor-missed': { name: 'Accuracy below the floor' },
  'picture-frozen': { name: 'Picture stands still' },
  'picture-grey': { name: 'Picture has one colour' },
  'picture-dark': { name: 'Picture is dark' },
  'picture-torn': { name: 'Picture is incomplete' },
  'picture-shifted': { name: 'Camera was moved' },
  'picture-damaged': { name: 'Picture is damaged' },
  'model-blind': { name: 'Model sees nothing' },
  'model-constant': { name: 'Model always says the same' },
  'model-saturated': { name: 'Model is sure of everything' },
  'model-heaped': { name: 'Model puts all boxes in one place' },
  'detector-may-be-blind': { name: 'Detector may be blind' },
  'no-vehicles': { name: 'No vehicles for long' },
  'evidence-broken': { name: 'Evidence chain is broken' },
  'evidence-disk': { name: 'Evidence cannot be written' },
  'evidence-dropped': { name: 'Evidence was left out' },
  'evidence-push': { name: 'Evidence cannot be sent' },
};

const es: typeof en = {
  'history-degraded': {
    name: 'No se puede guardar el historial',
    help: 'El historial no se puede guardar; espera en memoria por un tiempo.',
    action: 'Compruebe que se puede escribir en store.dir y que su disco tiene sitio.',
  },
  'history-set-aside': {
    name: 'El fichero del historial estaba dañado',
    help: 'El fichero dañado del historial se renombró y se empezó otro; hasta el próximo arranque.',
    action: 'Compruebe el disco y borre el fichero apartado cuando nadie lo necesite.',
  },
  'outbox-full': {
    name: 'Se han perdido mensajes',
    help: 'En los últimos diez minutos se descartaron mensajes porque la bandeja de salida está llena o llevaban demasiado tiempo esperando.',
    action: 'Recupere el broker, o suba outbox.maxMiB y outbox.maxAgeHours.',
  },
  'outbox-degraded': {
    name: 'No se pueden guardar mensajes',
    help: 'Lo que debe llegar no se puede guardar: espera en memoria y se pierde si el programa termina.',
    action: 'Compruebe que se puede escribir en store.dir y que su disco tiene sitio.',
  },
  'outbox-set-aside': {
    name: 'El fichero de mensajes estaba dañado',
    help: 'El fichero dañado de la bandeja de salida se renombró y se empezó otro, con otra numeración.',
    action: 'Compruebe el disco y borre el fichero apartado cuando nadie lo necesite.',
  },
  'broker-refuses': {
    name: 'El broker rechaza mensajes',
    help: 'El broker no acepta todo lo que este equipo tiene que decir.',
    action: 'Dé a este equipo en el broker los permisos y el tamaño de paquete que indica el mensaje.',
  },
  'certificate-expires': {
    name: 'Un certificado caduca',
    help: 'El certificado del broker o el de este equipo caduca en menos de dos semanas.',
    action: 'Renuévelo: el broker lee el suyo al recargar y este equipo lee mqtt.certFile en la próxima conexión.',
  },
  'client-id-shared': {
    name: 'Nombre o identificador usado dos veces',
    help: 'Otro cliente tiene el mismo identificador MQTT y el broker echa a uno por el otro, u otro equipo tiene el mismo nombre.',
    action: 'Dé a uno de los dos equipos un nombre (device) o un mqtt.clientId propio.',
  },
  'clock-wrong': {
    name: 'El reloj está mal',
    help: 'El reloj indica una hora anterior a la creación de este programa: las horas de los mensajes son falsas.',
    action: 'Ponga el reloj en hora (timedatectl set-ntp true) y compruebe que se alcanza un servidor de hora.',
  },
  'results-failed': {
    name: 'No se pueden escribir los resultados',
    help: 'Se pierden líneas del fichero de resultados porque el disco está lleno, es lento o no está.',
    action: 'Haga sitio en el disco o baje output.resultsMaxMiB.',
  },
  'cache-degraded': {
    name: 'La caché no puede usar el disco',
    help: 'El nivel de disco de la caché no se puede usar; la memoria sigue.',
    action: 'Compruebe que se puede escribir en store.dir y que su disco tiene sitio.',
  },
  'cache-set-aside': {
    name: 'El fichero de la caché estaba dañado',
    help: 'El fichero dañado de la caché se renombró y se empezó otro; hasta el próximo arranque.',
    action: 'Compruebe el disco y borre el fichero apartado cuando nadie lo necesite.',
  },
  'degraded-latency': {
    name: 'Más lento de lo habitual',
    help: 'Las respuestas tardan más de lo habitual.',
    action:
      'Mire si la placa está caliente, frenada u ocupada con otra cosa, y qué cambió: una variante, una cámara, un flujo.',
  },
  'degraded-throughput': {
    name: 'Menos fotogramas de lo habitual',
    help: 'Una cámara entrega menos fotogramas de lo habitual.',
    action: 'Compruebe la red hasta la cámara y sus ajustes: fotogramas por segundo, modo nocturno, tasa de bits.',
  },
  'degraded-errors': {
    name: 'Más errores de lo habitual',
    help: 'Se pierden o dañan fotogramas, o se reinician procesos, más a menudo de lo habitual.',
    action: 'Lea en el registro qué falla y mire las causas en frames_dropped y worker_restarts.',
  },
  'degraded-answers': {
    name: 'Peores respuestas de lo habitual',
    help: 'Se infieren más fotogramas, o las respuestas sin inferencia aciertan menos de lo habitual.',
    action:
      'Mire una imagen: una cámara que tiembla, lluvia, insectos o una lente sucia impiden reconocer las escenas.',
  },
  'degraded-memory': {
    name: 'Más memoria de lo habitual',
    help: 'La memoria crece o es mayor de lo habitual.',
    action: 'Mire qué proceso crece (resident_memory), reinicie el servicio antes de que se llene y avise.',
  },
  'degraded-heat': {
    name: 'Más caliente de lo habitual',
    help: 'La máquina está más caliente de lo habitual.',
    action: 'Compruebe el ventilador, su filtro y el armario; lo primero es el polvo o una rejilla cerrada.',
  },
  'degraded-load': {
    name: 'Más ocupado de lo habitual',
    help: 'El procesador está más ocupado, o el programa lo espera más tiempo, de lo habitual.',
    action: 'Mire qué más se ejecuta en la máquina.',
  },
  'degraded-delivery': {
    name: 'Más mensajes esperan de lo habitual',
    help: 'Esperan al broker más mensajes de lo habitual.',
    action: 'Compruebe la conexión: señal, plan de datos y si el broker acepta lo que recibe.',
  },
  'drifting-accuracy': {
    name: 'Exactitud que empeora poco a poco',
    help: 'Las respuestas de una cámara aciertan cada vez menos: los últimos tres días comparados con las cuatro semanas anteriores, con la misma carga y a la misma hora.',
    action:
      'Compare una imagen con otra de semanas anteriores: lente sucia, cámara movida, plantas, otra luz; después, lo que cambió desde entonces: el modelo o su variante.',
  },
  'drifting-latency': {
    name: 'Más lento de semana en semana',
    help: 'Las respuestas tardan cada vez más: los últimos tres días comparados con las cuatro semanas anteriores, con la misma carga y a la misma hora.',
    action:
      'Revise el ventilador y su filtro, y la temperatura y la frecuencia del procesador en estas semanas; después, lo que cambió desde entonces: una variante, otro programa, un disco más lleno.',
  },
  'signal-silent': {
    name: 'Semáforo sin noticias',
    help: 'Desde hace un minuto no se sabe nada de un semáforo que pide una regla de paso en rojo: allí no se avisa de nadie que pase en rojo. Se retira en cuanto vuelve a oírse.',
    action:
      'Compruebe que su regulador publica en edge/v1/<sitio>/<dispositivo>/signal/<nombre> al menos cada pocos segundos, sin retención y con la hora correcta, y que el broker se lo permite.',
  },
  'unusual-traffic': {
    name: 'Tráfico inusual',
    help: 'Durante dos horas o más han pasado muchos menos o muchos más vehículos de los que admite la previsión de esas horas; se indica la causa probable. Es solo informativa si pasan menos por casi todas las cámaras, o más. Se retira tras dos horas normales, o a las dos semanas, cuando ya es lo habitual.',
    action:
      'Mire la imagen en directo de la cámara que se nombra: ¿está cortada la vía, lo está un carril, la cámara la ve entera?',
  },
  'detector-unhealthy': {
    name: 'El detector no funciona',
    help: 'Los procesos del detector que acaban una y otra vez solo se intentan cada detector.slowRetryMs; crítico si ninguno sirve.',
    action: 'Lea en el registro por qué acaban, y use otra variante u otro proveedor si es por el modelo.',
  },
  'detector-gap': {
    name: 'Se está cambiando el detector',
    help: 'No caben dos juegos de procesos en la memoria: el anterior ha terminado, el siguiente se carga y mientras tanto no se infiere.',
    action: 'Nada: acaba solo. Con más memoria o menos procesos los cambios no lo necesitan.',
  },
  'detector-memory': {
    name: 'Al detector le falta memoria',
    help: 'No había memoria para lo que debía hacer el detector: toma menos imágenes a la vez, una variante menor o menos procesos.',
    action: 'Dé más memoria al programa o menos procesos, o ponga model.variant en lo que responde ahora.',
  },
  'model-replaced': {
    name: 'Responde otro modelo',
    help: 'La variante en uso no decía nada que pudiera ser cierto, o no se pudo cargar la prevista: responde otra.',
    action: 'Haga o descargue de nuevo la sustituida, o ponga model.name y model.variant en lo que responde.',
  },
  'camera-paused': {
    name: 'Cámara en pausa',
    help: 'Hay cámaras que no se responden, por orden.',
    action: 'Envíe la orden resume cuando deban responderse de nuevo.',
  },
  'setting-overridden': {
    name: 'Un ajuste está fijado por un tiempo',
    help: 'Hay ajustes con otro valor que el de la configuración, por orden, durante un tiempo.',
    action: 'Nada: los valores configurados vuelven solos, o con set KEY=null.',
  },
  'response-slow': {
    name: 'Las respuestas son lentas',
    help: 'El p95 del tiempo de la captura a la respuesta supera thresholds.maxResponseTimeMs.',
    action: 'Mire qué etapa tarda (stage_p95); después elija una variante menor, menos fotogramas o menos cámaras.',
  },
  'memory-high': {
    name: 'Mucha memoria en uso',
    help: 'Todos los procesos del programa juntos tienen más memoria que thresholds.maxMemoryUsageMb.',
    action: 'Mire qué proceso crece (resident_memory); baje cache.memoryBytes o el número de procesos.',
  },
  'cpu-high': {
    name: 'El procesador está ocupado',
    help: 'El procesador está más ocupado que thresholds.maxCpuUsagePercent.',
    action: 'Mire si es este programa (top); después infiera menos, elija una variante menor o quite una cámara.',
  },
  'cache-hit-low': {
    name: 'La caché acierta poco',
    help: 'La caché acierta menos consultas que thresholds.minCacheHitRate.',
    action: 'Dé más memoria a la caché (cache.memoryBytes) u otra cache.strategy.',
  },
  'errors-high': {
    name: 'Muchos errores',
    help: 'Más fotogramas que thresholds.maxErrorRate se quedan sin respuesta porque algo falló.',
    action: 'Mire las causas (frames_dropped) y el registro de los procesos del detector.',
  },
  'temperature-high': {
    name: 'Demasiado caliente',
    help: 'Un sensor de la máquina supera thresholds.maxTemperatureC.',
    action: 'Compruebe el ventilador, las rejillas y el sol sobre el armario.',
  },
  'disk-low': {
    name: 'El disco está casi lleno',
    help: 'En el disco de store.dir queda libre menos que thresholds.minDiskFreePercent.',
    action: 'Mire qué lo llena (du), borre lo que no haga falta o baje las cuotas de lo que se guarda.',
  },
  'camera-poor': {
    name: 'Mala conexión de cámaras',
    help: 'La conexión de más cámaras que thresholds.maxPoorCameras es mala desde hace tiempo.',
    action: 'Compruebe el cable, el conmutador y la carga de esas cámaras.',
  },
  'broker-away': {
    name: 'Sin conexión con el broker',
    help: 'No hay conexión con el broker desde hace más de thresholds.maxBrokerAwayS. Lo que debe llegar espera.',
    action: 'Compruebe la conexión y el broker; docs/mqtt.md explica qué dice un broker y qué hacer.',
  },
  'clock-jumped': {
    name: 'El reloj cambió de hora',
    help: 'El reloj de la máquina se movió más que thresholds.maxClockJumpMs en los últimos diez minutos.',
    action:
      'Compruebe que está sincronizado (timedatectl) y que su pila aguanta; las horas anteriores están desplazadas.',
  },
  'trial-stuck': {
    name: 'No se puede deshacer un cambio',
    help: 'Un cambio de los ajustes debía deshacerse y no se pudo; se vuelve a intentar.',
    action: 'Lea el registro; un reinicio del programa empieza con lo que había antes.',
  },
  'update-rolled-back': {
    name: 'Se deshizo una actualización',
    help: 'La última actualización iba peor que la versión anterior y se deshizo.',
    action: 'El equipo trabaja con la versión anterior; envíe el motivo a quien hizo la actualización.',
  },
  'camera-lost': {
    name: 'Una cámara no da imagen',
    help: 'Hay cámaras que no entregan nada útil o se dieron por perdidas; crítico si no queda ninguna.',
    action: 'Compruebe la cámara, su alimentación y su red.',
  },
  'accuracy-floor-missed': {
    name: 'Exactitud por debajo del mínimo',
    help: 'Las respuestas sin inferencia no cumplen answer.accuracyFloor en una cámara: se infiere cada fotograma.',
    action: 'Baje answer.accuracyFloor o dé menos cámaras o fotogramas al equipo.',
  },
  'picture-frozen': {
    name: 'La imagen está parada',
    help: 'Una cámara envía la misma imagen una y otra vez. Su lector se reinicia; mientras tanto nadie cuenta como parado.',
    action:
      'El lector se reinicia solo; si no ayuda, apague y encienda la cámara y mire el grabador o repetidor intermedio.',
  },
  'picture-grey': {
    name: 'La imagen tiene un solo color',
    help: 'Toda la imagen de una cámara tiene un solo color.',
    action: 'Mire la cámara: algo tapa la lente, niebla o rocío, un sensor roto o un flujo sin fotogramas clave.',
  },
  'picture-dark': {
    name: 'La imagen está oscura',
    help: 'No hay nada iluminado en la imagen de una cámara.',
    action:
      'De noche la vía no tiene luz y ayudan el infrarrojo o una lámpara; de día busque una tapa, un sensor roto o una exposición manual.',
  },
  'picture-torn': {
    name: 'La imagen está incompleta',
    help: 'Falta la parte inferior de muchas imágenes de una cámara y se ha rellenado.',
    action:
      'La red entre la cámara y el equipo pierde datos, o la cámara está sobrecargada: use TCP, un cable, menos tasa de bits o resolución.',
  },
  'picture-shifted': {
    name: 'Se movió una cámara',
    help: 'Una cámara muestra otra vista que la aprendida: se giró, movió o cambió. Un día después la nueva es la habitual.',
    action: 'Gírela de nuevo, o dibuje otra vez sus líneas, zonas y máscaras y reinicie el programa.',
  },
  'picture-damaged': {
    name: 'La imagen está dañada',
    help: 'El decodificador se queja de muchas imágenes de una cámara.',
    action:
      'La red pierde paquetes: use TCP (rtspTransport: tcp), un cable o menos tasa de bits; pueden faltar vehículos nuevos.',
  },
  'model-blind': {
    name: 'El modelo no ve nada',
    help: 'Ninguna puntuación del modelo llega nunca al umbral, sea lo que sea lo que hay en las imágenes.',
    action:
      'El fichero no sirve en este equipo o puntúa bajo: use otra variante o baje model.scoreThreshold; models add prueba un fichero.',
  },
  'model-constant': {
    name: 'El modelo dice siempre lo mismo',
    help: 'El modelo da exactamente los mismos recuadros para imágenes distintas.',
    action: 'El fichero está roto o mal exportado: use otra variante o expórtelo de nuevo.',
  },
  'model-saturated': {
    name: 'El modelo está seguro de todo',
    help: 'El modelo llena siempre toda su lista de recuadros o está seguro de cada uno.',
    action: 'Sus números se leen mal: añádalo de nuevo con models add, que averigua cómo leerlo.',
  },
  'model-heaped': {
    name: 'El modelo pone todo en un punto',
    help: 'Todos los recuadros del modelo están en el mismo sitio.',
    action: 'Sus recuadros se leen mal: añádalo de nuevo con models add, que averigua cómo leerlo.',
  },
  'detector-may-be-blind': {
    name: 'Puede que el detector no vea',
    help: 'Por la imagen de una cámara pasan cosas del tamaño de un vehículo y el detector casi no da recuadros. Mientras tanto el F1 estimado no tiene valor.',
    action:
      'Mire una imagen: deslumbramiento, una vista demasiado inclinada o lejana, o suciedad, que se arreglan moviendo la cámara; si no, un modelo para esas imágenes o un model.scoreThreshold menor; donde solo pasan peatones, exclúyalo con plausibility.ignore.',
  },
  'no-vehicles': {
    name: 'Sin vehículos desde hace mucho',
    help: 'Una cámara no ve ningún vehículo desde hace mucho más que nunca a esta hora del día.',
    action:
      '¿Está cortada la vía? Si no, mire una imagen: cámara girada, lente sucia o un modelo que no ve lo que hay.',
  },
  'evidence-broken': {
    name: 'La cadena de pruebas está rota',
    help: 'En las pruebas guardadas falta, cambió o sobra algo.',
    action: 'Ejecute edge-optimizer evidence verify y averigüe quién tuvo acceso al disco.',
  },
  'evidence-disk': {
    name: 'No se pueden escribir pruebas',
    help: 'Las pruebas no se pueden escribir en el disco.',
    action: 'Compruebe que el disco tiene sitio y que se puede escribir en la carpeta.',
  },
  'evidence-dropped': {
    name: 'Faltan pruebas',
    help: 'En los últimos minutos no se hicieron pruebas de algunos sucesos.',
    action: 'Mire la causa en evidence_dropped; menos sucesos por minuto o un disco más rápido ayudan.',
  },
  'evidence-push': {
    name: 'No se pueden enviar pruebas',
    help: 'Las pruebas no llegan a donde deben enviarse; esperan en el disco.',
    action:
      'Compruebe la dirección, la clave y la conexión (evidence.push); si se agotaron los bytes del día, suba evidence.push.dailyMiB o elija menos tipos de eventos.',
  },
};

/** Names of alerts by their code. */
export const alertNames = { en, es };
