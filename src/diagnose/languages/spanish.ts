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
  'memory-fine': {
    what: 'Hay {available} MiB de memoria disponibles, de {total}',
    seen: '/proc/meminfo y los grupos de control del programa',
  },
  'memory-unknown': {
    what: 'No se puede leer cuánta memoria hay',
    seen: '/proc/meminfo',
    means: 'La falta de memoria no se vería antes de que el núcleo mate al programa.',
    remedy: 'Mírelo usted: free -m',
  },
  'memory-low': {
    what: 'Solo hay {available} MiB de memoria disponibles, de {total}',
    seen: '/proc/meminfo y los grupos de control del programa',
    means: 'El núcleo pronto matará un proceso, a menudo el detector: no hay respuestas hasta que arranque de nuevo.',
    remedy: 'Vea quién usa más y detenga lo que no haga falta: ps aux --sort=-rss | head',
  },
  'memory-limit-small': {
    what: 'Un grupo de control permite {limit} MiB; el programa y un detector necesitan {wanted} MiB o más',
    seen: 'memory.max del grupo de control',
    means: 'El núcleo mata al detector en cuanto carga un modelo.',
    remedy:
      'Permita más: systemctl set-property edge-optimizer MemoryMax={wanted}M (en un contenedor: docker update --memory {wanted}m --memory-swap {wanted}m NOMBRE)',
  },
  'memory-swap-full': {
    what: 'La memoria de intercambio está llena: {used} de {total} MiB, y queda poca memoria libre',
    seen: '/proc/meminfo',
    means: 'Lo que entra y sale del intercambio retrasa las respuestas varios segundos y desgasta la tarjeta SD.',
    remedy: 'Vea quién usa más y detenga lo que no haga falta: ps aux --sort=-rss | head',
  },
  'memory-program-cache': {
    what: 'El programa usa {used} MiB, el {percent} % de los {most} MiB que puede usar; su caché puede ocupar {cache} MiB',
    seen: 'VmRSS del programa y de sus procesos en /proc',
    means: 'Al llegar al límite el núcleo lo mata: no hay respuestas y se pierde lo que estaba en memoria.',
    remedy: 'Ponga cache.memoryBytes: {wanted} en la configuración y después: systemctl restart edge-optimizer',
  },
  'memory-program-workers': {
    what: 'El programa usa {used} MiB, el {percent} % de los {most} MiB que puede usar; tiene {workers} detectores a la vez',
    seen: 'VmRSS del programa y de sus procesos en /proc',
    means: 'Al llegar al límite el núcleo lo mata: no hay respuestas y se pierde lo que estaba en memoria.',
    remedy:
      'Ponga detector.workers (o workers en las entradas de detector.pools) en menos de {workers} y después: systemctl restart edge-optimizer',
  },
  'memory-program-limit': {
    what: 'El programa usa {used} MiB, el {percent} % de los {most} MiB que puede usar',
    seen: 'VmRSS del programa y de sus procesos en /proc',
    means: 'Al llegar al límite el núcleo lo mata: no hay respuestas y se pierde lo que estaba en memoria.',
    remedy:
      'Ponga detector.arena: false en la configuración y después: systemctl restart edge-optimizer. Si no basta, necesita {wanted} MiB.',
  },
  'memory-program-threshold': {
    what: 'El programa usa {used} MiB, más de los {most} MiB de thresholds.maxMemoryUsageMb',
    seen: 'VmRSS del programa y de sus procesos en /proc',
    means: 'Toma lo que pueden necesitar otros programas, o un segundo detector durante un cambio de modelo.',
    remedy:
      'Baje cache.memoryBytes (es de {cache} MiB) o detector.workers (hay {workers}), o suba thresholds.maxMemoryUsageMb si la máquina tiene sitio.',
  },
  'cores-fine': {
    what: '{usable} de {present} núcleos, carga {load}',
    seen: '/sys/devices/system/cpu/online, Cpus_allowed_list, /proc/loadavg',
  },
  'cores-unknown': {
    what: 'No se puede leer cuántos núcleos hay',
    seen: '/sys/devices/system/cpu/online, /proc/self/status',
    means: 'No se sabe si el programa recibe el procesador que necesita.',
    remedy: 'Mírelo usted: nproc',
  },
  'cores-pinned': {
    what: 'El programa solo puede usar {usable} de {present} núcleos',
    seen: 'Cpus_allowed_list en /proc',
    means:
      'Las cámaras se decodifican y los vehículos se detectan en el mismo núcleo: casi todas las imágenes llegan tarde.',
    remedy:
      'Quite CPUAffinity y AllowedCPUs de la unidad: systemctl edit edge-optimizer (en un contenedor: --cpuset-cpus)',
  },
  'cores-quota': {
    what: 'Un grupo de control permite {quota} de {present} núcleos',
    seen: 'cpu.max del grupo de control',
    means: 'El programa se detiene durante parte de cada décima de segundo: las respuestas llegan tarde y a saltos.',
    remedy:
      'Permita más: systemctl set-property edge-optimizer CPUQuota=200% (en un contenedor: docker update --cpus 2 NOMBRE)',
  },
  'cores-overloaded': {
    what: '{load} procesos quieren usar {present} núcleos, en promedio de cinco minutos',
    seen: '/proc/loadavg',
    means: 'Cada uno espera más de lo que trabaja: se saltan imágenes y las respuestas llegan tarde.',
    remedy: 'Vea quién usa más y detenga lo que no haga falta: top -b -n 1 -o %CPU | head -20',
  },
  'stalled-for-memory': {
    what: 'Durante el {percent} % del tiempo todo espera memoria',
    seen: '/proc/pressure/memory',
    means: 'Mientras tanto no se responde nada; después el núcleo mata un proceso.',
    remedy: 'Vea quién usa más y detenga lo que no haga falta: ps aux --sort=-rss | head',
  },
  'stalled-for-disk': {
    what: 'Durante el {percent} % del tiempo todo espera un disco',
    seen: '/proc/pressure/io',
    means: 'Se saltan imágenes y las respuestas llegan tarde.',
    remedy: 'Vea quién lee y escribe y detenga lo que no haga falta: iotop -b -o -n 3',
  },
  'clock-fine': {
    what: 'El reloj está sincronizado: {date}',
    seen: 'lo que lo mantiene en hora: chrony, systemd-timesyncd o el núcleo',
  },
  'clock-unknown': {
    what: 'Nada dice si el reloj está en hora: {date}',
    seen: 'aquí no funcionan ni chrony ni systemd; un contenedor tiene el reloj de su anfitrión',
    means: 'Las horas de los vehículos pueden estar mal.',
    remedy: 'Compárelo con un reloj; en el anfitrión: timedatectl',
  },
  'clock-before-build': {
    what: 'El reloj dice {date}, antes de que se hiciera este programa ({built})',
    seen: 'el reloj',
    means: 'Los certificados TLS se rechazan: no hay bróker ni cámara por TLS; lo que se guarda lleva una hora falsa.',
    remedy: 'Póngalo en hora: timedatectl set-ntp true (sin servidor de hora: date -s "AAAA-MM-DD hh:mm")',
  },
  'clock-not-synchronised': {
    what: 'El reloj no sigue a ninguno mejor',
    seen: 'lo que lo mantiene en hora: chrony, systemd-timesyncd o el núcleo',
    means: 'Las horas de los vehículos se desvían segundos al día y difieren entre equipos.',
    remedy: 'Actívelo: timedatectl set-ntp true; si ya lo está, el puerto UDP 123 debe llegar a un servidor de hora',
  },
  'clock-off': {
    what: 'El reloj está a {seconds} s de su servidor de hora',
    seen: 'lo que lo mantiene en hora: chrony o systemd-timesyncd',
    means: 'Las horas de los vehículos tienen el mismo error.',
    remedy: 'Póngalo en hora ahora: chronyc makestep (sin chrony: systemctl restart systemd-timesyncd)',
  },
  'clock-battery': {
    what: 'El reloj con pila (RTC) está a {seconds} s del reloj del sistema',
    seen: 'since_epoch en /sys/class/rtc',
    means: 'Tras el próximo corte de luz el equipo arranca con una hora falsa, hasta que responda un servidor de hora.',
    remedy: 'Escríbalo: hwclock --systohc --utc; si vuelve a estar mal tras un corte, cambie la pila',
  },
  'clock-jumped': {
    what: 'El reloj se cambió {jumps} veces mientras el programa funcionaba',
    seen: 'machine_clock_jumps del programa en marcha',
    means: 'Los tiempos entre vehículos y lo que se dice por horas están mal alrededor de cada salto.',
    remedy: 'Que lo ponga en hora un solo programa: systemctl list-units "*ntp*" "*chrony*" "*timesync*"',
  },
  'time-zone-fine': {
    what: 'La zona horaria es {zone}',
    seen: 'TZ, /etc/localtime',
  },
  'time-zone-unset': {
    what: 'No hay zona horaria: las horas son de UTC',
    seen: 'no existe /etc/localtime y TZ no está puesta',
    means: 'Las horas punta y las horas tranquilas se dicen en UTC.',
    remedy: 'Póngala: timedatectl set-timezone America/Santiago (en un contenedor: --env TZ=America/Santiago)',
  },
  'time-zone-dangling': {
    what: 'La zona horaria del sistema no lleva a ninguna parte: las horas son de UTC',
    seen: '/etc/localtime es un enlace a un archivo que no existe',
    means: 'Las horas punta y las horas tranquilas se dicen en UTC.',
    remedy: 'Instale las zonas y póngala: apt install tzdata && timedatectl set-timezone America/Santiago',
  },
  'time-zone-no-such': {
    what: 'No existe la zona horaria {zone}: las horas son de UTC',
    seen: 'TZ en el entorno',
    means: 'Las horas punta y las horas tranquilas se dicen en UTC.',
    remedy: 'Ponga en TZ un nombre de los que muestra timedatectl list-timezones, como America/Santiago, o quítela',
  },
  'power-fine': {
    what: 'La fuente de alimentación basta, ahora y desde el arranque',
    seen: 'la propia vigilancia de la placa',
  },
  'power-low-now': {
    what: 'La fuente de alimentación es débil: la tensión es demasiado baja ahora',
    seen: 'get_throttled del firmware o la alarma de la alimentación de la placa',
    means: 'La placa se frena sola, y puede reiniciarse o dañar su tarjeta SD en cualquier momento.',
    remedy:
      'Use la fuente hecha para la placa (Raspberry Pi 5: 5 V 5 A, 27 W) y un cable corto y grueso; desconecte los aparatos USB que consuman mucho.',
  },
  'power-low-since-start': {
    what: 'La fuente de alimentación ha sido débil alguna vez desde que arrancó la máquina',
    seen: 'get_throttled del firmware o el contador de la alimentación de la placa',
    means: 'Con carga la placa se frena sola, y puede reiniciarse o dañar su tarjeta SD.',
    remedy:
      'Use la fuente hecha para la placa (Raspberry Pi 5: 5 V 5 A, 27 W) y un cable corto y grueso; después reinicie la máquina.',
  },
  'power-over-current': {
    what: 'La placa consume más corriente de la que puede',
    seen: 'la alarma de la alimentación de la placa',
    means: 'La placa se frena sola: se responden menos imágenes.',
    remedy: 'Elija un modo de energía que la fuente soporte (Jetson: nvpmodel -q lo muestra, nvpmodel -m N lo cambia).',
  },
  'heat-fine': {
    what: '{celsius} °C; se frena a partir de {limit} °C',
    seen: 'temperaturas en /sys',
  },
  'heat-near-limit': {
    what: '{celsius} °C: la máquina se frena a partir de {limit} °C',
    seen: 'temperaturas en /sys',
    means: 'En un día más caluroso se responden menos imágenes.',
    remedy: 'Limpie el ventilador y el filtro del gabinete, y dele sombra o aire en movimiento.',
  },
  'heat-slowed': {
    what: 'La máquina está frenada por el calor ({celsius} °C, a partir de {limit} °C)',
    seen: 'temperaturas y dispositivos de enfriamiento en /sys, get_throttled del firmware',
    means: 'Se responden menos imágenes, y más tarde.',
    remedy: 'Limpie el ventilador y el filtro del gabinete, y dele sombra o aire en movimiento.',
  },
  'heat-slowed-before': {
    what: 'El calor frenó la máquina alguna vez desde su arranque; ahora está a {celsius} °C',
    seen: 'get_throttled del firmware',
    means: 'En las horas de calor se responden menos imágenes.',
    remedy: 'Limpie el ventilador y el filtro del gabinete, y dele sombra o aire en movimiento.',
  },
  'fan-fine': {
    what: 'El ventilador está como debe: {rpm} vueltas por minuto',
    seen: 'fan y pwm en /sys/class/hwmon',
  },
  'fan-stopped': {
    what: 'El ventilador {name} recibe el {percent} % y no gira',
    seen: 'fan y pwm en /sys/class/hwmon',
    means: 'La placa se calienta demasiado y se frena sola.',
    remedy: 'Revise el conector del ventilador y lo que lo bloquea; si no, cámbielo.',
  },
  'oom-none': {
    what: 'Desde el arranque no se mató ningún proceso por falta de memoria',
    seen: 'oom_kill en /proc/vmstat y en los grupos de control',
  },
  'oom-unknown': {
    what: 'No se sabe si el núcleo mató algún proceso por falta de memoria',
    seen: '/proc/vmstat y memory.events',
    means: 'Si a veces desaparece un detector, puede que el núcleo lo haya matado.',
    remedy: 'Mírelo usted: journalctl -k --grep "Out of memory"',
  },
  'oom-kills': {
    what: 'El núcleo mató {count} procesos por falta de memoria desde el arranque',
    seen: 'oom_kill en /proc/vmstat',
    means: 'Si había un detector entre ellos, hubo una pausa sin respuestas.',
    remedy: 'Vea cuáles fueron: journalctl -k --grep "Out of memory|Killed process"',
  },
  'oom-kills-in-group': {
    what: 'El núcleo mató {count} procesos porque el grupo de control llegó a su límite',
    seen: 'memory.events del grupo de control',
    means: 'Cada vez hay una pausa sin respuestas, hasta que el detector arranca de nuevo.',
    remedy:
      'Permita más: systemctl set-property edge-optimizer MemoryMax=1G (en un contenedor: docker update --memory 1g --memory-swap 1g NOMBRE)',
  },
  'uptime-fine': {
    what: 'La máquina funciona desde hace {hours} h y antes se detuvo en orden',
    seen: '/proc/uptime, pstore, watchdog, el bloqueo del almacén',
  },
  'crash-kernel': {
    what: 'El núcleo falló el {date}',
    seen: '/sys/fs/pstore, /var/lib/systemd/pstore',
    means: 'La máquina puede fallar otra vez: alimentación, memoria, tarjeta SD o un controlador.',
    remedy:
      'Lea sus últimas palabras: cat /var/lib/systemd/pstore/*/dmesg.txt /sys/fs/pstore/dmesg-* (bórrelas para que no salga más este mensaje)',
  },
  'crash-watchdog': {
    what: 'El vigilante (watchdog) reinició la máquina',
    seen: 'bootstatus en /sys/class/watchdog',
    means:
      'La máquina se había detenido del todo y puede volver a hacerlo: alimentación, calor, tarjeta SD o un controlador.',
    remedy: 'Lea lo que pasó antes: journalctl -b -1 -n 100',
  },
  'crash-program': {
    what: 'El programa que arrancó el {since} no terminó en orden: lo mataron o se cortó la luz',
    seen: 'running.json en el almacén',
    means:
      'Ahora nada responde. Se perdió lo que solo estaba en memoria; las bases de datos se reparan solas en el próximo arranque.',
    remedy: 'Arránquelo y vea por qué terminó: systemctl start edge-optimizer; journalctl -u edge-optimizer -n 100',
  },
  'platform-fine': {
    what: '{kernel} con {libc}',
    seen: 'el núcleo y Node',
  },
  'platform-musl': {
    what: 'Este Node usa musl',
    seen: 'process.report',
    means: 'ONNX Runtime necesita glibc: no arranca ningún detector, no se responde nada.',
    remedy: 'Use un sistema con glibc, como Debian 12 o Ubuntu 22.04 (no Alpine), o su Node.',
  },
  'platform-32-bit-node': {
    what: 'Node es de 32 bits ({arch}) con un núcleo de 64 ({kernel})',
    seen: 'process.arch, uname -m',
    means: 'ONNX Runtime no tiene bibliotecas para eso: no arranca ningún detector, no se responde nada.',
    remedy: 'Instale la edición de 64 bits del sistema, o Node para 64 bits.',
  },
  'platform-unsupported': {
    what: 'ONNX Runtime no existe para {arch} ({kernel})',
    seen: 'process.arch, uname -m',
    means: 'No arranca ningún detector, no se responde nada.',
    remedy: 'Use una placa x64 o arm64.',
  },
  'heat-fine-without-limit': {
    what: '{celsius} °C; no se sabe a cuántos se frena la máquina',
    seen: 'temperaturas en /sys',
  },
};

const storage = {
  'space-fine': {
    what: 'Hay {free} MiB libres en {folder}',
    seen: 'statfs',
  },
  'space-unknown': {
    what: 'No se sabe cuánto hay libre en {folder}',
    seen: 'statfs, que no respondió en 2 s',
    means: 'El disco puede estar por fallar, o un servidor de red no está.',
    remedy: 'Mírelo usted: df -h {folder}',
  },
  'space-little': {
    what: 'Solo hay {free} MiB libres en {folder}',
    seen: 'statfs',
    means: 'Pronto no se guardarán la historia, la caché ni los mensajes que esperan.',
    remedy:
      'Vea qué ocupa más y borre lo que no haga falta: du -xh --max-depth=2 {folder} | sort -h | tail (nuestras bases de datos: edge-optimizer store vacuum)',
  },
  'space-none': {
    what: 'No queda nada libre en {folder} ({free} MiB)',
    seen: 'statfs',
    means: 'Ya no se guarda nada: los mensajes que el bróker no recibe enseguida se pierden al reiniciar.',
    remedy: 'Vea qué ocupa más y borre lo que no haga falta: du -xh --max-depth=2 {folder} | sort -h | tail',
  },
  'space-few-inodes': {
    what: 'Solo se pueden crear {files} archivos más en {folder}, aunque haya espacio',
    seen: 'statfs',
    means: 'No se puede crear ningún archivo: las bases de datos no se pueden escribir.',
    remedy:
      'Busque la carpeta con muchísimos archivos y vacíela: du -x --inodes --max-depth=3 {folder} | sort -n | tail',
  },
  'store-writable': {
    what: 'Se puede escribir en {folder}',
    seen: 'un archivo escrito allí y borrado de nuevo',
  },
  'store-read-only': {
    what: '{folder} está montado en solo lectura',
    seen: 'un archivo que se quiso escribir allí: EROFS',
    means:
      'Nada sobrevive a un reinicio: ni historia, ni caché, ni mensajes que esperan. El núcleo hace esto con un disco que tiene errores.',
    remedy:
      'Vea por qué y móntelo de nuevo: dmesg | grep -i "remount\\|error"; mount -o remount,rw "$(findmnt -nT {folder} -o TARGET)"',
  },
  'store-full': {
    what: 'No se puede escribir ni un bloque en {folder}',
    seen: 'un archivo que se quiso escribir allí: {code}',
    means: 'Nada sobrevive a un reinicio: ni historia, ni caché, ni mensajes que esperan.',
    remedy: 'Haga espacio: du -xh --max-depth=2 {folder} | sort -h | tail (EDQUOT: la cuota del usuario)',
  },
  'store-forbidden': {
    what: 'El usuario {user} no puede escribir en {folder}',
    seen: 'un archivo que se quiso escribir allí',
    means: 'Si el programa funciona con este usuario, nada sobrevive a un reinicio.',
    remedy:
      'Mírelo con el usuario del servicio: runuser -u edge-optimizer -- edge-optimizer diagnose --only storage; si tampoco puede: chown -R edge-optimizer: {folder}',
  },
  'store-write-fails': {
    what: 'Falla la escritura en {folder}',
    seen: 'un archivo que se quiso escribir allí: {code}',
    means: 'Nada sobrevive a un reinicio. Un disco que responde así está por morir.',
    remedy: 'Respalde lo que hay y cambie el medio: edge-optimizer store backup ARCHIVO; dmesg | tail -50',
  },
  'store-on-disk': {
    what: '{folder} está en un disco de esta máquina',
    seen: '/proc/self/mountinfo, statfs',
  },
  'store-on-network': {
    what: '{folder} está en un sistema de archivos de red ({name})',
    seen: '/proc/self/mountinfo, statfs',
    means: 'Las bases de datos se rompen allí: el programa lo rechaza y no arranca.',
    remedy: 'Ponga en store.dir una carpeta de un disco local y después: systemctl restart edge-optimizer',
  },
  'store-in-memory': {
    what: '{folder} está en memoria ({name})',
    seen: 'statfs',
    means: 'Todo se pierde cuando la máquina se reinicia: historia, caché, mensajes que esperan.',
    remedy: 'Ponga en store.dir una carpeta de un disco y después: systemctl restart edge-optimizer',
  },
  'store-in-layer': {
    what: '{folder} está en una capa de un contenedor ({name})',
    seen: 'statfs',
    means: 'Todo se va con el contenedor: historia, caché, mensajes que esperan.',
    remedy: 'Monte allí un volumen: docker run --volume edge-optimizer:{folder} …',
  },
  'store-on-program': {
    what: '{folder} está en un sistema de archivos que es un programa ({name})',
    seen: 'statfs',
    means: 'No se sabe si sus bloqueos y su memoria compartida sirven para bases de datos.',
    remedy: 'Ponga en store.dir una carpeta de un disco local y después: systemctl restart edge-optimizer',
  },
  'fsync-fine': {
    what: 'El medio guarda lo escrito en {median} ms, {worst} ms en el peor caso',
    seen: '{writes} bloques escritos y esperados',
  },
  'fsync-flooded': {
    what: 'El medio guarda lo escrito solo tras {median} ms ({worst} ms en el peor caso), mientras otros escriben: {rate} MiB/s, y {waiting} MiB esperan',
    seen: '{writes} bloques escritos y esperados; /proc/diskstats; Dirty y Writeback de /proc/meminfo',
    means: 'No se sabe si es lento por sí mismo.',
    remedy:
      'Espere a que termine lo que se está instalando o copiando y mire de nuevo: edge-optimizer diagnose --only storage/fsync',
  },
  'fsync-slow': {
    what: 'El medio tarda {median} ms en guardar lo escrito, {worst} ms en el peor caso',
    seen: '{writes} bloques escritos y esperados',
    means: 'Los resultados esperan al disco, y se pierden los que no pueden esperar.',
    remedy:
      'Vea quién escribe y detenga lo que no haga falta: iotop -b -o -n 3; si no, use un SSD o una tarjeta de clase A2',
  },
  'medium-fine': {
    what: '{kind} {device} ({model}); no dice cuánto de su vida está gastado',
    seen: '/sys/block',
  },
  'medium-wear': {
    what: '{kind} {device} ({model}); está gastado como mucho el {used} % de su vida',
    seen: 'life_time en /sys/block',
  },
  'medium-worn': {
    what: '{kind} {device} ({model}): está gastado el {used} % de su vida',
    seen: 'life_time en /sys/block',
    means: 'En cualquier momento puede quedar en solo lectura o perder datos.',
    remedy: 'Respalde lo que hay y cámbielo en la próxima visita: edge-optimizer store backup ARCHIVO',
  },
  'file-system-errors': {
    what: 'El sistema de archivos de {device} encontró {errors} errores',
    seen: 'errors_count en /sys/fs/ext4',
    means: 'Puede haber archivos dañados, y el núcleo puede dejarlo en solo lectura en cualquier momento.',
    remedy:
      'Haga que se revise en el próximo arranque: tune2fs -C 1 -c 1 /dev/{device} && reboot; si los errores vuelven, cambie el medio',
  },
  'queries-fine': {
    what: '{count} bases de datos responden lo que pide el programa en {ms} ms',
    seen: 'algunas de sus propias consultas, en una conexión que solo lee',
  },
  'queries-slow': {
    what: '{file} tarda {ms} ms en lo que el programa pide de {query}',
    seen: 'la mediana de tres de sus propias consultas, en una conexión que solo lee',
    means: 'Mientras tanto esperan las imágenes: las respuestas llegan tarde y algunas se pierden.',
    remedy:
      'Compáctela: systemctl stop edge-optimizer; edge-optimizer store vacuum{config}; systemctl start edge-optimizer; si sigue lenta, lo es el medio: edge-optimizer diagnose --only storage/fsync',
  },
  'queries-without-index': {
    what: 'A {file} le falta el índice {index}: su consulta más lenta tarda {ms} ms',
    seen: 'su esquema, frente al de esta versión',
    means: 'Cada consulta lee la tabla entera y tarda más cada día; mientras tanto esperan las imágenes.',
    remedy:
      'Créelo de nuevo: systemctl stop edge-optimizer; edge-optimizer store vacuum{config}; systemctl start edge-optimizer',
  },
  'queries-large-log': {
    what: 'El registro de {file} tiene {log} MiB: nada lo pasa a la base de datos',
    seen: '{file}-wal; su consulta más lenta tarda {ms} ms',
    means: 'Cada consulta recorre el registro, que además llena el medio.',
    remedy:
      'Termine lo que mantiene abierta la base de datos (lsof {file}) y luego: systemctl stop edge-optimizer; edge-optimizer store vacuum{config}; systemctl start edge-optimizer',
  },
  'queries-mostly-free': {
    what: '{free} de los {all} MiB de {file} están vacíos',
    seen: 'sus páginas libres; su consulta más lenta tarda {ms} ms',
    means: 'Lo que guarda queda disperso: consultas y respaldos tardan más, y se desperdicia el espacio.',
    remedy:
      'Compáctela: systemctl stop edge-optimizer; edge-optimizer store vacuum{config}; systemctl start edge-optimizer',
  },
  'databases-fine': {
    what: 'Las {count} bases de datos de {folder} están sanas',
    seen: 'PRAGMA quick_check de cada una',
  },
  'database-damaged': {
    what: 'La base de datos {file} está dañada: {problem}',
    seen: 'PRAGMA quick_check',
    means:
      'En el próximo arranque se aparta y se empieza una nueva: lo que tenía se pierde, salvo que haya un respaldo.',
    remedy: 'Restaure el último respaldo (docs/store.md) o empiece con una nueva: systemctl restart edge-optimizer',
  },
  'databases-read-only': {
    what: 'No se pudieron leer {count} bases de datos: {folder} está montado en solo lectura',
    seen: 'al abrirlas',
    means: 'No se sabe si están sanas.',
    remedy: 'Móntelo primero con escritura, como se indica ahí, y después: edge-optimizer diagnose --only storage',
  },
  'database-unreadable': {
    what: 'No se puede leer la base de datos {file}: {reason}',
    seen: 'al abrirla',
    means: 'No se sabe si está sana.',
    remedy: 'Mírelo con el usuario del servicio: runuser -u edge-optimizer -- edge-optimizer store check',
  },
  'database-not-read': {
    what: 'No se alcanzó a leer entera la base de datos {file}',
    seen: 'PRAGMA quick_check',
    means: 'No se sabe si está sana; es grande o el medio es lento.',
    remedy: 'Dele tiempo: edge-optimizer store check',
  },
  'database-too-new': {
    what: 'La base de datos {file} la hizo un programa más nuevo (paso {schema}; este conoce {known})',
    seen: 'PRAGMA user_version',
    means: 'Este programa no la escribe: no se guarda aquello para lo que sirve.',
    remedy: 'Vuelva al programa más nuevo o aparte el archivo: mv {file} {file}.newer',
  },
  'database-set-aside': {
    what: 'Se apartó una base de datos dañada: {file}',
    seen: 'su nombre',
    means: 'Desde entonces falta lo que tenía; ocupa espacio. Un medio que daña archivos lo vuelve a hacer.',
    remedy: 'Cópiela a otro lugar si importan sus datos (sqlite3 ARCHIVO .recover) y después: rm {file}*',
  },
  'shared-memory-fine': {
    what: '{folder} tiene {total} MiB; los detectores usan como mucho {wanted} MiB',
    seen: 'statfs',
  },
  'shared-memory-small': {
    what: '{folder} solo tiene {total} MiB; los detectores usan {wanted} MiB (hay {free} MiB libres)',
    seen: 'statfs',
    means: 'Las imágenes van a los detectores por una tubería, que cuesta más procesador.',
    remedy: 'Dele más al contenedor (docker run --shm-size 256m); si no: mount -o remount,size=256M {folder}',
  },
  'shared-memory-full': {
    what: '{folder} está lleno: hay {free} de {total} MiB libres (los detectores usan {wanted} MiB)',
    seen: 'statfs',
    means: 'Las imágenes van a los detectores por una tubería, que cuesta más procesador.',
    remedy: 'Vea qué hay allí y borre lo que nadie use: ls -lhS {folder}',
  },
  'shared-memory-not-writable': {
    what: 'No se puede escribir en {folder}',
    seen: 'un archivo que se quiso escribir allí: {code}',
    means: 'Las imágenes van a los detectores por una tubería, que cuesta más procesador.',
    remedy:
      'Móntelo para todos: mount -t tmpfs -o mode=1777,size=256M tmpfs {folder} (en un contenedor: --tmpfs {folder})',
  },
  'temporary-fine': {
    what: 'Se pueden escribir archivos temporales en {folder}',
    seen: 'un archivo escrito allí y borrado de nuevo',
  },
  'temporary-not-writable': {
    what: 'No se pueden escribir archivos temporales en {folder}',
    seen: 'un archivo que se quiso escribir allí: {code}',
    means: 'Fallan las actualizaciones, los paquetes y las descargas de modelos.',
    remedy: 'Móntelo para todos: mount -t tmpfs -o mode=1777,size=256M tmpfs {folder} (EACCES: chmod 1777 {folder})',
  },
  'store-private': {
    what: '{folder} es solo de su usuario',
    seen: 'su modo y su dueño',
  },
  'store-writable-by-all': {
    what: 'Cualquiera puede escribir en {folder} (modo {mode})',
    seen: 'su modo',
    means: 'Cualquier usuario de la máquina puede cambiar o borrar las bases de datos.',
    remedy: 'Ciérrela: chmod 700 {folder}',
  },
  'store-open-to-all': {
    what: 'Cualquiera puede entrar en {folder} (modo {mode})',
    seen: 'su modo',
    means: 'Cualquier usuario de la máquina puede ver qué archivos hay.',
    remedy: 'Ciérrela: chmod 700 {folder}',
  },
  'store-foreign': {
    what: '{folder} es del usuario {owner}, no de {user}',
    seen: 'su dueño',
    means: 'Puede que el usuario del programa no pueda escribir allí: nada sobreviviría a un reinicio.',
    remedy: 'Désela al usuario del servicio: chown -R edge-optimizer: {folder}',
  },
};

const accelerator = {
  'board-fine': {
    what: 'Placa {board} ({by}): se usan sus ajustes',
    seen: 'device-config/{board}.yaml',
  },
  'board-named': {
    what: 'Se usan los ajustes de la placa {board}; la máquina es {recognised} ({by})',
    seen: 'la clave board de la configuración',
  },
  'board-unused': {
    what: 'Placa {board}: no se usan sus ajustes, como dice la configuración',
    seen: 'board: none',
  },
  'board-unrecognised': {
    what: 'Ninguna placa con ajustes propios ({by}): se usan los valores por defecto',
    seen: '/proc/device-tree/compatible y /proc/cpuinfo',
  },
  'board-other': {
    what: 'La configuración es para una {board}, y esto es una {recognised} ({by})',
    seen: 'la clave board de la configuración, /proc/device-tree y /proc/cpuinfo',
    means: 'Los hilos y proveedores son los de otra placa: las respuestas tardan más o no llegan.',
    remedy: 'Ponga board: auto y vea lo que queda: edge-optimizer config check',
  },
  'board-file-missing': {
    what: 'Placa {board} ({by}): falta el archivo con sus ajustes',
    seen: 'device-config/{board}.yaml',
    means: 'Funciona con los ajustes de cualquier máquina: su acelerador queda sin uso o se usan demasiados hilos.',
    remedy: 'Instale de nuevo el programa desde su paquete, que trae device-config/{board}.yaml.',
  },
  'accelerator-none': {
    what: 'No hay acelerador ni está configurado: infiere el procesador',
    seen: '/dev, /sys/class/drm y /sys/bus/pci',
  },
  'accelerator-idle': {
    what: 'Hay una GPU ({gpu}, controlador {driver}) y no se usa',
    seen: 'detector.providers no nombra ningún proveedor para ella',
    means: 'El procesador infiere lo que la GPU haría más rápido.',
    remedy:
      'Ponga detector.providers: [cuda, cpu] (docs/gpu.md, en una Jetson docs/jetson.md), luego: edge-optimizer diagnose --only accelerator',
  },
  'accelerator-absent': {
    what: '{provider} está configurado y no hay ninguna GPU NVIDIA',
    seen: '/sys/bus/pci, /proc/driver/nvidia, /dev/nvidia*',
    means:
      'El acelerador no se usa: las respuestas tardan más, y si detector.providers no nombra nada detrás no se responde ninguna imagen.',
    remedy: 'Vea si la tarjeta está en su ranura (lspci | grep -i nvidia), o quite {provider} de detector.providers.',
  },
  'nvidia-fine': {
    what: '{gpu}, controlador {driver}',
    seen: '/proc/driver/nvidia, /dev/nvidia*',
  },
  'nvidia-driver-missing': {
    what: 'Hay una GPU NVIDIA y su controlador no está cargado',
    seen: '/sys/bus/pci, /proc/driver/nvidia/version',
    means:
      'El acelerador no se usa: las respuestas tardan más, y si detector.providers no nombra nada detrás no se responde ninguna imagen.',
    remedy:
      'Instale el controlador y reinicie la máquina (Debian: sudo apt install nvidia-driver; Ubuntu: sudo ubuntu-drivers install); después nvidia-smi muestra la GPU.',
  },
  'nvidia-nouveau': {
    what: 'La GPU NVIDIA la tiene el controlador nouveau, que no sabe calcular',
    seen: 'el controlador de su dispositivo PCI',
    means:
      'El acelerador no se usa: las respuestas tardan más, y si detector.providers no nombra nada detrás no se responde ninguna imagen.',
    remedy:
      'Instale el controlador de NVIDIA, que desplaza a nouveau, y reinicie la máquina (Debian: sudo apt install nvidia-driver; Ubuntu: sudo ubuntu-drivers install).',
  },
  'nvidia-passed-on': {
    what: 'La GPU NVIDIA está reservada para una máquina virtual (vfio-pci)',
    seen: 'el controlador de su dispositivo PCI',
    means:
      'El acelerador no se usa: las respuestas tardan más, y si detector.providers no nombra nada detrás no se responde ninguna imagen.',
    remedy:
      'Quite los identificadores de la tarjeta de las opciones de vfio-pci en /etc/modprobe.d y reinicie la máquina, o ejecute el programa en esa máquina virtual.',
  },
  'nvidia-not-given': {
    what: 'El anfitrión tiene una GPU NVIDIA y este contenedor no la recibió',
    seen: '/sys/bus/pci, /dev/nvidia*',
    means:
      'El acelerador no se usa: las respuestas tardan más, y si detector.providers no nombra nada detrás no se responde ninguna imagen.',
    remedy:
      'Arranque el contenedor con la GPU: docker run --gpus all … (en Compose: una reserva de dispositivo con driver: nvidia), con nvidia-container-toolkit en el anfitrión.',
  },
  'nvidia-node-missing': {
    what: 'El controlador de NVIDIA está cargado y falta {node}',
    seen: '/dev',
    means:
      'El acelerador no se usa: las respuestas tardan más, y si detector.providers no nombra nada detrás no se responde ninguna imagen.',
    remedy:
      'Cree los nodos, también en cada arranque: sudo nvidia-modprobe -c 0 -u; sudo systemctl enable --now nvidia-persistenced',
  },
  'nvidia-driver-mismatch': {
    what: 'El módulo de NVIDIA en el núcleo es {driver} y sus bibliotecas son {library}: se actualizó el controlador sin reiniciar',
    seen: '/proc/driver/nvidia/version, libcuda.so.*',
    means:
      'El acelerador no se usa: las respuestas tardan más, y si detector.providers no nombra nada detrás no se responde ninguna imagen.',
    remedy: 'Reinicie la máquina: sudo reboot',
  },
  'jetson-fine': {
    what: 'La GPU de esta Jetson, {release}',
    seen: '/etc/nv_tegra_release, /dev',
  },
  'jetson-node-missing': {
    what: 'Es una Jetson y falta {node}',
    seen: '/dev',
    means:
      'El acelerador no se usa: las respuestas tardan más, y si detector.providers no nombra nada detrás no se responde ninguna imagen.',
    remedy:
      'En un contenedor: docker run --runtime nvidia …; si no, grabe JetPack de nuevo, o sudo apt install --reinstall nvidia-l4t-core nvidia-l4t-init y reinicie la placa.',
  },
  'device-refused': {
    what: 'El usuario {user} no puede usar {device}, que es del grupo {group}',
    seen: 'su dueño y permisos, los grupos del usuario',
    means: 'Lo que calcula o decodifica en él no funciona: lo hace el procesador, o nada lo hace.',
    remedy:
      'Hágalo miembro y reinicie el programa: sudo usermod -aG {group} {user} && sudo systemctl restart edge-optimizer',
  },
  'device-closed': {
    what: 'El usuario {user} no puede usar {device}, que solo está abierto a root',
    seen: 'su dueño y permisos, los grupos del usuario',
    means: 'Lo que calcula o decodifica en él no funciona: lo hace el procesador, o nada lo hace.',
    remedy:
      'Déselo a un grupo en cada arranque: echo \'KERNEL=="{name}", GROUP="video", MODE="0660"\' | sudo tee /etc/udev/rules.d/70-edge-optimizer.rules; sudo usermod -aG video {user}; sudo reboot (el controlador de NVIDIA crea los suyos: options nvidia NVreg_DeviceFileMode=0666 en /etc/modprobe.d)',
  },
  'gpu-fine': {
    what: 'GPU de {gpu} en {device}, controlador {driver}',
    seen: '/sys/class/drm',
  },
  'gpu-spare': {
    what: 'GPU de {gpu} en {device}, controlador {driver}: no se le pide nada',
    seen: '/sys/class/drm; docs/boards/x86-intel.md dice cómo probarla',
  },
  'gpu-not-given': {
    what: 'Hay que usar la GPU de {gpu} (controlador {driver}) y falta {device}',
    seen: '/sys/class/drm, /dev/dri',
    means: 'Decodifica e infiere el procesador, o nada lo hace.',
    remedy: 'En un contenedor: docker run --device /dev/dri …; si no, cargue su controlador y reinicie la máquina.',
  },
  'npu-fine': {
    what: '{unit} en {device}, controlador {version}, para el proceso detector propio',
    seen: '/dev',
  },
  'npu-spare': {
    what: '{unit} en {device}, controlador {version}: ONNX Runtime no puede usarla',
    seen: '/dev; un proceso detector propio sí (docs/worker-protocol.md)',
  },
  'runtime-fails': {
    what: 'No se puede cargar ONNX Runtime ({binding}): {reason}',
    seen: 'un proceso que solo lo carga',
    means: 'No puede arrancar ningún detector: no se responde ninguna imagen.',
    remedy:
      'Instale de nuevo el programa para esta máquina (docs/deployment.md); un binding propio se compila de nuevo como en docs/jetson.md, o se quita detector.binding.',
  },
  'providers-there': {
    what: '{runtime} se compiló con {providers}',
    seen: 'un proceso que lo carga',
  },
  'provider-runs': {
    what: '{provider} calculó de verdad {model}, {variant}, en {ms} ms',
    seen: 'el perfil que hace ONNX Runtime de la primera ejecución de un detector',
  },
  'provider-unproved': {
    what: '{provider} calculó {model}, {variant} en {ms} ms; no se sabe si lo hizo el acelerador',
    seen: 'un detector sin el perfil de su primera ejecución',
    means: 'Puede que calcule el procesador.',
    remedy: 'Haga sitio en /tmp y mire de nuevo: edge-optimizer diagnose --only accelerator',
  },
  'provider-serves': {
    what: '{provider} calcula {model}, {variant} para el programa en marcha',
    seen: '/api/status; no se abrió nada más en él',
  },
  'provider-unasked': {
    what: 'No se sabe qué proveedor calcula para el programa en marcha',
    seen: '/api/status',
    means: 'No se vería un acelerador sin uso; no se abre junto al programa.',
    remedy:
      'Ponga http.enabled: true, o detenga el programa y mire de nuevo: systemctl stop edge-optimizer; edge-optimizer diagnose --only accelerator',
  },
  'provider-crashes': {
    what: '{provider} derriba el detector: {reason}',
    seen: 'un detector con solo este proveedor',
    means: 'Los proveedores detrás nunca se prueban: no se responde ninguna imagen.',
    remedy:
      'Quite {provider} de detector.providers hasta que sus bibliotecas sean las de este ONNX Runtime y controlador (docs/gpu.md): edge-optimizer config check && systemctl restart edge-optimizer',
  },
  'provider-hindered': {
    what: '{provider} no se usa, en su lugar funciona {used}, por lo que se dice del dispositivo',
    seen: '{reason}',
  },
  'provider-part-missing': {
    what: 'Falta {library} de {provider} en {folder}, en su lugar funciona {used}',
    seen: '{reason}',
    means: 'El acelerador no se usa: las respuestas tardan más.',
    remedy:
      'Cópiela del paquete para GPU de la misma versión de ONNX Runtime, como dice docs/gpu.md, o quite {provider} de detector.providers.',
  },
  'provider-library-version': {
    what: '{provider} necesita {library} y la máquina tiene {installed}; en su lugar funciona {used}',
    seen: '{reason}',
    means: 'El acelerador no se usa: las respuestas tardan más.',
    remedy:
      'Instale el CUDA y cuDNN que traen {library} junto a lo que hay (docs/gpu.md) y nombre su carpeta en detector.env.LD_LIBRARY_PATH.',
  },
  'speed-fine': {
    what: '{variant} en {provider} tarda {ms} ms por imagen; {before} ms al medir el perfil',
    seen: 'un detector y profiles.db',
  },
  'speed-unprofiled': {
    what: '{variant} en {provider} tarda {ms} ms por imagen; aquí nunca se midió cuánto debería',
    seen: 'un detector; profiles.db no tiene nada de ello',
    means: 'No se vería que el equipo se ha vuelto más lento.',
    remedy: 'Mida una vez, sin nada más en marcha: edge-optimizer profile {model} --budget 5m',
  },
  'speed-other-device': {
    what: '{variant} en {provider} tarda {ms} ms por imagen, {before} ms ({times} veces menos) antes de un cambio: {changed}',
    seen: 'un detector y profiles.db',
    means: 'Lo medido es de otro equipo: el ajuste no sabe nada de este.',
    remedy: 'Mida de nuevo, sin nada más en marcha: edge-optimizer profile {model} --budget 5m',
  },
  'speed-heat': {
    what: '{variant} en {provider} tarda {ms} ms por imagen, {times} veces los {before} ms del perfil: el calor frena la máquina',
    seen: 'un detector, profiles.db, los indicadores del procesador',
    means: 'Se infieren menos imágenes a tiempo.',
    remedy:
      'Deje que se enfríe: limpie filtro y ventilador, quítela del sol; vea las temperaturas: edge-optimizer sensors',
  },
  'speed-power': {
    what: '{variant} en {provider} tarda {ms} ms por imagen, {times} veces los {before} ms del perfil: le falta alimentación',
    seen: 'un detector, profiles.db, los indicadores del procesador',
    means: 'Se infieren menos imágenes a tiempo.',
    remedy: 'Use la fuente que pide la placa, con un cable corto; vea: edge-optimizer sensors',
  },
  'speed-power-mode': {
    what: '{variant} en {provider} tarda {ms} ms por imagen, {times} veces los {before} ms del perfil: {changed}',
    seen: 'un detector, profiles.db, nvpmodel y los gobernadores de los núcleos',
    means: 'Se infieren menos imágenes a tiempo.',
    remedy:
      'Vuelva al modo en que se midió (Jetson: sudo nvpmodel -m NÚMERO; si no: sudo cpupower frequency-set -g GOBERNADOR), o mida el nuevo: edge-optimizer profile',
  },
  'speed-busy': {
    what: '{variant} en {provider} tarda {ms} ms por imagen, {times} veces los {before} ms del perfil: {load} programas esperan a {cores} núcleos',
    seen: 'un detector, profiles.db, /proc/loadavg',
    means: 'Se infieren menos imágenes a tiempo.',
    remedy: 'Vea quién usa el procesador y detenga lo que no haga falta: top -o %CPU',
  },
  'speed-slow': {
    what: '{variant} en {provider} tarda {ms} ms por imagen, {times} veces los {before} ms del perfil',
    seen: 'un detector y profiles.db; ni calor, ni alimentación, ni modo, ni carga lo explican',
    means: 'Se infieren menos imágenes a tiempo.',
    remedy:
      'Vea qué más está en marcha (top, nvidia-smi) y, si sigue así, mida de nuevo: edge-optimizer profile {model} --budget 5m',
  },
  'accelerator-memory-fine': {
    what: '{card}: {free} de {total} MiB están libres',
    seen: 'nvidia-smi, o los archivos del controlador en /sys',
  },
  'accelerator-memory-low': {
    what: '{card}: solo {free} de {total} MiB están libres, y los procesos detectores necesitan unos {need}',
    seen: 'nvidia-smi, o los archivos del controlador en /sys; profiles.db',
    means: 'El proveedor se rechaza por falta de memoria, e infiere el procesador.',
    remedy: 'Vea quién la ocupa (nvidia-smi) y termínelo, o ponga detector.workers: 1 y un model.variant más pequeño.',
  },
  'accelerator-memory-full': {
    what: '{card}: solo {free} de {total} MiB están libres junto al programa en marcha',
    seen: 'nvidia-smi, o los archivos del controlador en /sys',
    means: 'Un cambio de modelo o de tamaño de lote se rechaza por falta de memoria.',
    remedy: 'Vea quién más la ocupa (nvidia-smi), o ponga tune.maxAcceleratorMb en lo que puede usar el programa.',
  },
  'provider-not-built': {
    what: '{provider} no está en este ONNX Runtime, en su lugar funciona {used}: {reason}',
    seen: 'el detector que se arrancó',
    means: 'El acelerador no se usa: las respuestas tardan más.',
    remedy:
      'Use un ONNX Runtime que lo tenga (docs/gpu.md, en una Jetson docs/jetson.md) con detector.binding, o quite {provider} de detector.providers.',
  },
  'provider-library-missing': {
    what: 'A {provider} le falta la biblioteca {library}, en su lugar funciona {used}',
    seen: '{reason}',
    means: 'El acelerador no se usa: las respuestas tardan más.',
    remedy:
      'Instale el paquete que contiene {library}, o indique su carpeta en detector.env.LD_LIBRARY_PATH (docs/gpu.md).',
  },
  'provider-libraries': {
    what: 'Las bibliotecas de {provider} no están o están incompletas, en su lugar funciona {used}',
    seen: '{reason}',
    means: 'El acelerador no se usa: las respuestas tardan más.',
    remedy:
      'Vea cuáles faltan: ldd node_modules/onnxruntime-node/bin/napi-v6/linux/*/libonnxruntime_providers_{provider}.so; docs/gpu.md dice de dónde vienen.',
  },
  'provider-no-device': {
    what: '{provider} no encuentra ningún dispositivo, en su lugar funciona {used}',
    seen: '{reason}',
    means: 'El acelerador no se usa, o no lo hay: las respuestas tardan más.',
    remedy:
      'Vea si el controlador lo tiene (nvidia-smi, vulkaninfo --summary), o quite {provider} de detector.providers.',
  },
  'provider-driver-old': {
    what: 'El controlador es demasiado antiguo para {provider}, en su lugar funciona {used}',
    seen: '{reason}',
    means: 'El acelerador no se usa: las respuestas tardan más.',
    remedy: 'Instale un controlador más nuevo (docs/gpu.md) y reinicie el equipo.',
  },
  'provider-memory': {
    what: '{provider} tiene muy poca memoria, en su lugar funciona {used}',
    seen: '{reason}',
    means: 'El acelerador no se usa: las respuestas tardan más.',
    remedy: 'Vea quién ocupa su memoria (nvidia-smi) y deténgalo, o use una model.variant más pequeña.',
  },
  'provider-refused': {
    what: '{provider} no se usa, en su lugar funciona {used}: {reason}',
    seen: 'el detector que se arrancó',
    means: 'El acelerador no se usa: las respuestas tardan más.',
    remedy: 'Lea lo que docs/gpu.md dice de {provider}, o quítelo de detector.providers.',
  },
};

const models = {
  'model-files-fine': {
    what: 'Modelo {model}, {variant}: cada archivo es el que indica su manifiesto',
    seen: 'sha256',
  },
  'model-missing': {
    what: 'No se puede usar el modelo: {reason}',
    seen: 'model.name y model.variant de la configuración, {dir}',
    means: 'No puede arrancar ningún detector: no se responde ninguna imagen.',
    remedy: 'Vea qué está instalado y ponga model.name y model.variant en uno de ellos: edge-optimizer models list',
  },
  'model-file-wrong': {
    what: 'El archivo de {model}, variante {variant}, no es el que indica su manifiesto: {reason}',
    seen: 'su tamaño y su sha256',
    means: 'El detector lo rechaza: no se responde ninguna imagen.',
    remedy:
      'Copie de nuevo la carpeta de {model} desde la versión publicada o un respaldo; edge-optimizer models verify {model} dice cuándo está bien.',
  },
  'model-spare-wrong': {
    what: 'El archivo de {model}, variante {variant}, que ahora no se usa, no es el que indica su manifiesto: {reason}',
    seen: 'su tamaño y su sha256',
    means: 'Se responden las imágenes; el equipo no puede cambiar a esa variante cuando hay mucha carga.',
    remedy:
      'Copie de nuevo la carpeta de {model} desde la versión publicada o un respaldo; edge-optimizer models verify {model} dice cuándo está bien.',
  },
  'model-manifest-broken': {
    what: 'El manifiesto de {model} no se puede usar: {reason}',
    seen: 'model.json en su carpeta',
    means: 'Ese modelo no se puede elegir; los demás sí.',
    remedy: 'Corrija su model.json (docs/models.md tiene todas las claves) o quite su carpeta.',
  },
  'variant-fine': {
    what: '{model}, {variant} ({size}) conviene a este equipo y conserva el {percent} % de la exactitud de fp32',
    seen: 'su manifiesto, el procesador',
  },
  'variant-fits': { what: '{model}, {variant} ({size}) conviene a este equipo', seen: 'su manifiesto, el procesador' },
  'variant-lacks': {
    what: 'Este procesador no tiene {needs}, que la variante {variant} de {model} necesita',
    seen: 'las capacidades en /proc/cpuinfo, needs en el manifiesto',
    means: 'Aquí es más lenta que fp32, o sus cajas son erróneas.',
    remedy: 'Ponga model.variant: auto, que toma una variante adecuada a este procesador.',
  },
  'variant-other-provider': {
    what: 'La variante {variant} de {model} se hizo para {made} y ha de ejecutarse en {provider}',
    seen: 'providers en el manifiesto, detector.providers',
    means: 'Puede ser más lenta que otra variante, o ser rechazada.',
    remedy: 'Ponga model.variant: auto, o genere variantes para este equipo: edge-optimizer models optimize {model}',
  },
  'variant-unmeasured': {
    what: 'Nadie ha medido la exactitud de la variante {variant} de {model}',
    seen: 'accuracy en el manifiesto',
    means: 'Puede pasar por alto vehículos que el modelo fp32 encuentra.',
    remedy: 'Genere y mida variantes en este equipo: edge-optimizer models optimize {model}',
  },
  'variant-inaccurate': {
    what: 'La variante {variant} de {model} conserva el {percent} % de la exactitud de fp32, menos del {least} %',
    seen: 'accuracy en el manifiesto',
    means: 'Pasa por alto vehículos que el modelo fp32 encuentra.',
    remedy: 'Elija otra variante para model.variant: edge-optimizer models list',
  },
};

const detector = {
  'detector-fine': {
    what: '{model}, {variant} en {provider} encontró {found} de {wanted} vehículos de la imagen de prueba en {ms} ms',
    seen: 'un detector arrancado como lo hace run',
  },
  'detector-fine-small': {
    what: '{model}, {variant} (una pequeña, hay poca memoria) en {provider} encontró {found} de {wanted} vehículos de la imagen de prueba',
    seen: 'un detector arrancado junto al programa en marcha, {ms} ms',
  },
  'detector-answers': {
    what: '{model}, {variant} en {provider} respondió en {ms} ms; es para otras cosas que vehículos',
    seen: 'un detector arrancado como lo hace run',
  },
  'detector-blind': {
    what: '{model}, {variant} en {provider} no encontró ninguno de los {wanted} vehículos de la imagen de prueba',
    seen: 'un detector arrancado como lo hace run',
    means: 'Funciona y no ve nada: las respuestas están vacías.',
    remedy:
      'Ponga model.name: roadside-n y model.variant: auto; un modelo propio se vuelve a leer con edge-optimizer models add ARCHIVO.',
  },
  'detector-misses': {
    what: '{model}, {variant} en {provider} encontró solo {found} de {wanted} vehículos de la imagen de prueba',
    seen: 'un detector arrancado como lo hace run',
    means: 'También en la vía pasa por alto vehículos.',
    remedy: 'Ponga model.variant: auto, o compare con el modelo que trae el programa: edge-optimizer models list',
  },
  'detector-fails': {
    what: 'El detector no funciona: {reason}',
    seen: '{worker}, arrancado como lo hace run',
    means: 'No se responde ninguna imagen.',
    remedy: 'Vea cada paso de su protocolo: edge-optimizer detector check{config}',
  },
  'detector-held': {
    what: 'No se probó el detector: su acelerador es del programa en marcha',
    seen: 'detector.providers no tiene cpu',
    means: 'No se sabe si encuentra lo que debe.',
    remedy:
      'Detenga el programa y mire de nuevo: systemctl stop edge-optimizer; edge-optimizer diagnose --only detector',
  },
  'detector-without-model': {
    what: 'No se probó el detector: su modelo no se puede usar, como se dice de los modelos',
    seen: 'los archivos del modelo',
  },
  'detector-without-runtime': {
    what: 'No se probó el detector: no se puede cargar ONNX Runtime, como se dice del acelerador',
    seen: 'un proceso que lo carga',
  },
  'detector-without-provider': {
    what: 'El detector no arranca: {provider} lo derriba, como se dice del acelerador',
    seen: 'un detector arrancado como lo hace run',
  },
  'detector-socket-busy': {
    what: 'El detector en {socket} atiende al programa en marcha y no se le preguntó',
    seen: 'detector.socket',
    means: 'No se sabe si encuentra lo que debe.',
    remedy:
      'Detenga el programa y mire de nuevo: systemctl stop edge-optimizer; edge-optimizer diagnose --only detector',
  },
};

const cameras = {
  'cameras-none': {
    what: 'No hay ninguna cámara configurada',
    seen: 'cameras de la configuración',
    means: 'No hay nada que mirar y, por tanto, no hay respuestas.',
    remedy: 'Escriba una cámara en el archivo del sitio: cameras: [{ id: north, url: rtsp://… }] (docs/cameras.md)',
  },
  'cameras-unread': { what: 'No se conocen las cámaras: no se puede leer la configuración', seen: 'la configuración' },
  'cameras-without-ffmpeg': {
    what: '{cameras}: no hay ningún ffmpeg con que leerlas',
    seen: '{reason}',
    means: 'Ningún vehículo ante estas cámaras se cuenta: ffmpeg decodifica lo que envían.',
    remedy: 'Instálelo: apt-get update && apt-get install --yes ffmpeg; después: systemctl restart edge-optimizer',
  },
  'camera-address': {
    what: 'La cámara {camera} no se puede leer tal como está escrita: {reason}',
    seen: 'su url y lo que hay ahí',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Corrija cameras[].url de {camera} según lo indicado y después: edge-optimizer diagnose --only cameras',
  },
  'camera-name-unresolved': {
    what: 'El nombre {host} de la cámara {camera} no tiene dirección',
    seen: 'servidores de nombres {servers}: {why}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy:
      'Escriba la dirección IP de la cámara en su url, o añada el nombre a /etc/hosts o al servidor de nombres; si fallan todos los nombres: resolvectl status',
  },
  'camera-refused': {
    what: '{host} está ahí, pero nada escucha en el puerto {port} para la cámara {camera}',
    seen: 'conexión TCP: {why}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy:
      'Corrija el puerto en su url, o active el flujo en los ajustes de la propia cámara (RTSP suele estar en el 554)',
  },
  'camera-silent-host': {
    what: '{host} puerto {port} de la cámara {camera} no contesta',
    seen: 'conexión TCP: {why}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy:
      'Revise la alimentación de la cámara (PoE), su cable y su dirección: ping {host}; un cortafuegos intermedio puede bloquear el puerto {port}',
  },
  'camera-no-route': {
    what: 'No hay camino desde aquí hasta {host} de la cámara {camera}',
    seen: 'conexión TCP al puerto {port}: {why}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Ponga este equipo y la cámara en una misma red, o añada la ruta: ip route get {host}',
  },
  'camera-mute': {
    what: 'La cámara {camera} acepta la conexión y no dice nada',
    seen: 'sin respuesta en {seconds} s',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy:
      'Reinicie la cámara (quítele y devuélvale la alimentación); compruebe que el puerto de su url es el del flujo',
  },
  'camera-hangs-up': {
    what: 'La cámara {camera} cuelga antes de contestar',
    seen: '{reason}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy:
      'Compruebe el puerto y el esquema de su url (rtsp o rtsps, http o https) y reinicie la cámara; puede tener demasiados espectadores',
  },
  'camera-tls': {
    what: 'No hay conexión TLS de confianza con la cámara {camera}',
    seen: '{reason}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy:
      'Ponga tlsFingerprint o tlsCaFile de {camera} después de mirar el certificado de la cámara, o escriba su url sin TLS',
  },
  'camera-no-rtsp': {
    what: 'Lo que contesta en la dirección de la cámara {camera} no habla RTSP',
    seen: 'respuesta: {answer}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Escriba http:// en su url, o el puerto de su servidor RTSP (suele ser el 554)',
  },
  'camera-login-missing': {
    what: 'La cámara {camera} pide usuario y contraseña, y su url no los tiene',
    seen: 'estado 401, autenticación: {schemes}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy:
      'Escriba usuario y contraseña en la url de {camera}, mejor en un archivo aparte: urlFile (docs/deployment.md)',
  },
  'camera-login-wrong': {
    what: 'La cámara {camera} rechaza este usuario o esta contraseña',
    seen: 'estado 401, autenticación: {schemes}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy:
      'Corrija usuario y contraseña de {camera}: pruébelos en la página web de la propia cámara; espere antes unos minutos, puede haber bloqueado al usuario',
  },
  'camera-forbidden': {
    what: 'El usuario de la cámara {camera} no puede ver su flujo',
    seen: 'estado 403',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Dé al usuario permiso de visión en directo en los ajustes de la cámara, o use otro usuario en su url',
  },
  'camera-path-unknown': {
    what: 'La cámara {camera} no tiene ningún flujo en esta ruta',
    seen: 'estado 404',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Corrija la ruta en la url de {camera}: la correcta está en su manual o en su página ONVIF',
  },
  'camera-overloaded': {
    what: 'La cámara {camera} está ocupada y no atiende a nadie más',
    seen: 'estado {status}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Cierre otros espectadores de la cámara (grabadores, teléfonos), o use su segundo flujo',
  },
  'camera-status': {
    what: 'La cámara {camera} contesta con el estado {status}',
    seen: 'su respuesta a la petición de la imagen',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Busque este estado en el manual de la cámara y corrija su url; después reinicie la cámara',
  },
  'camera-no-video': {
    what: 'La cámara {camera} no ofrece imagen en esta dirección',
    seen: 'su descripción tiene: {kinds}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Escriba la ruta de su flujo de video en la url de {camera}, o active el video en sus ajustes',
  },
  'camera-codec': {
    what: 'La cámara {camera} envía {codec}, que no se puede decodificar',
    seen: 'su descripción (SDP)',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Configure el flujo de la cámara en H.264 o H.265',
  },
  'camera-decoder-missing': {
    what: 'La cámara {camera} envía {codec}, y este ffmpeg no tiene decodificador para ello',
    seen: '{ffmpeg} -decoders',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy:
      'Ponga el flujo de {camera} en H.264, o instale un ffmpeg completo: sudo apt install ffmpeg (y quite EDGE_FFMPEG)',
  },
  'camera-content': {
    what: 'Lo que envía la cámara {camera} no es una imagen',
    seen: '{reason}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Corrija la url de {camera}: su ruta debe ser la de un JPEG, de MJPEG o de un video, no la de una página',
  },
  'camera-device-missing': {
    what: 'El dispositivo {device} de la cámara {camera} no existe',
    seen: '/dev; hay: {there}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy:
      'Conecte la cámara y búsquela con: v4l2-ctl --list-devices; después corrija su url (en un contenedor: --device {device})',
  },
  'camera-device-forbidden': {
    what: 'Este usuario no puede abrir {device} de la cámara {camera}: pertenece al grupo {group}',
    seen: 'permisos de {device}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'sudo usermod -aG {group} edge-optimizer y después: systemctl restart edge-optimizer',
  },
  'camera-device-busy': {
    what: '{device} de la cámara {camera} está en uso por {program} (proceso {pid})',
    seen: 'archivos abiertos de los procesos',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Cierre {program}: kill {pid}',
  },
  'camera-clock': {
    what: 'El reloj de la cámara {camera} difiere {seconds} s del nuestro',
    seen: 'Date de su respuesta',
    means:
      'Las horas dibujadas en su imagen o escritas por su grabador no coinciden con las respuestas; pueden fallar certificados.',
    remedy: 'Ponga un servidor de hora (NTP) en los ajustes de la cámara; si el nuestro es el incorrecto: timedatectl',
  },
  'camera-no-frames': {
    what: 'No llega ninguna imagen de la cámara {camera} en {seconds} s',
    seen: '{reason}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy:
      'Reinicie la cámara (quítele y devuélvale la alimentación); su flujo debe ser H.264 o H.265 con un fotograma clave cada 1 a 2 s',
  },
  'camera-slow': {
    what: 'La cámara {camera} entrega {fps} de las {announced} imágenes/s anunciadas',
    seen: 'sus imágenes, contadas durante {seconds} s',
    means: 'Se pierden vehículos. Primero los que pasan rápido.',
    remedy:
      'Revise el cable o la Wi-Fi hasta la cámara y la carga de este equipo; ponga una cadencia de imágenes o una tasa de bits menor en los ajustes de la cámara',
  },
  'camera-gaps': {
    what: 'Las imágenes de la cámara {camera} se detienen hasta {seconds} s',
    seen: 'los momentos en que llegaron sus imágenes',
    means: 'Se pierden los vehículos que pasan mientras tanto.',
    remedy: 'Revise la red hasta la cámara: cable en vez de Wi-Fi, TCP (rtspTransport: tcp), una tasa de bits menor',
  },
  'camera-jitter': {
    what: 'Las imágenes de la cámara {camera} llegan de forma irregular: hasta {ms} ms tarde',
    seen: 'los tiempos de sus imágenes frente a los de su llegada',
    means: 'Las respuestas llegan igual de tarde, y velocidades y recuentos se vuelven inseguros.',
    remedy: 'Revise la red hasta la cámara: cable en lugar de Wi-Fi, menos espectadores, menos tasa de bits',
  },
  'camera-damage': {
    what: 'El {percent} % de las imágenes de la cámara {camera} llega dañado',
    seen: 'quejas del decodificador',
    means: 'Se pierden vehículos. Las imágenes emborronadas muestran vehículos que no están.',
    remedy: 'Ponga rtspTransport: tcp para {camera}, use un cable, o baje la tasa de bits en los ajustes de la cámara',
  },
  'camera-late': {
    what: 'La primera imagen de la cámara {camera} tarda {seconds} s',
    seen: 'desde la apertura hasta la primera imagen',
    means: 'Después de cada corte no se cuenta nada durante ese tiempo.',
    remedy:
      'Ponga un intervalo entre fotogramas clave de 1 a 2 s (GOP, intervalo de fotogramas I) en los ajustes de la cámara',
  },
  'camera-key-frames': {
    what: 'La cámara {camera} envía un fotograma clave solo cada {seconds} s, o aún menos',
    seen: 'los tiempos de sus fotogramas clave',
    means: 'Tras un paquete perdido la imagen queda estropeada durante ese tiempo: se escapan vehículos.',
    remedy:
      'Ponga un intervalo entre fotogramas clave de 1 a 2 s (GOP, intervalo de fotogramas I; desactive el GOP dinámico o «smart») en los ajustes de {camera}',
  },
  'camera-frozen': {
    what: 'La cámara {camera} envía la misma imagen una y otra vez',
    seen: '{pictures} imágenes, iguales bit a bit, durante {seconds} s',
    means: 'Lo que pasa no se ve, y lo que está en la imagen se queda para siempre.',
    remedy: 'Quite y devuelva la alimentación de la cámara; revise el grabador o repetidor entre ella y este equipo',
  },
  'camera-dark': {
    what: 'Apenas se ve nada en la imagen de la cámara {camera}: está oscura',
    seen: 'niveles {darkest} a {brightest} de 255, blanco {white} %, nitidez {sharpness}',
    means: 'Se pierden vehículos.',
    remedy:
      'De día: quite la tapa del objetivo, ponga la exposición en automático. De noche: encienda el infrarrojo o una lámpara',
  },
  'camera-overexposed': {
    what: 'La imagen de la cámara {camera} es casi toda blanca',
    seen: 'niveles {darkest} a {brightest} de 255, blanco {white} %, nitidez {sharpness}',
    means: 'Se pierden vehículos.',
    remedy: 'Ponga la exposición en automático (WDR activado) y aparte la cámara del sol o de la lámpara',
  },
  'camera-covered': {
    what: 'No hay nada en la imagen de la cámara {camera}: tiene un solo color',
    seen: 'niveles {darkest} a {brightest} de 255, blanco {white} %, nitidez {sharpness}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Mire la propia cámara: algo tapa el objetivo, o su sensor está muerto',
  },
  'camera-fog': {
    what: 'La imagen de la cámara {camera} casi no tiene contraste',
    seen: 'niveles {darkest} a {brightest} de 255, blanco {white} %, nitidez {sharpness}',
    means: 'Se pierden vehículos.',
    remedy: 'Limpie el objetivo y el cristal (rocío, suciedad, telarañas); si es niebla, espere',
  },
  'camera-blurred': {
    what: 'La imagen de la cámara {camera} está borrosa',
    seen: 'niveles {darkest} a {brightest} de 255, blanco {white} %, nitidez {sharpness}',
    means: 'Se pierden los vehículos pequeños.',
    remedy: 'Limpie el objetivo y gire el enfoque mientras mira: edge-optimizer aim {camera}',
  },
  'camera-moved': {
    what: 'La cámara {camera} mira a otro lugar que hace {hours} horas: su vista se movió un {percent} % de la imagen',
    seen: 'pequeñas imágenes grises de entonces y de ahora, comparadas',
    means: 'Líneas, zonas y máscaras no están donde se dibujaron: lo que se cuenta es erróneo.',
    remedy:
      'Oriéntela como estaba: edge-optimizer aim {camera}; o dibuje de nuevo sus líneas, zonas y máscaras (docs/cameras.md)',
  },
  'camera-other-view': {
    what: 'La cámara {camera} muestra otra vista que hace {hours} horas',
    seen: 'pequeñas imágenes grises de entonces y de ahora: {percent} % de parecido',
    means: 'Líneas, zonas y máscaras no están donde se dibujaron: lo que se cuenta es erróneo.',
    remedy:
      'Mire qué muestra, gírela de vuelta o conecte la correcta: edge-optimizer aim {camera}; si no, dibuje de nuevo sus líneas, zonas y máscaras (docs/cameras.md)',
  },
  'camera-turned': {
    what: 'La imagen de la cámara {camera} está girada: queda derecha {degrees}° más en sentido horario',
    seen: '{turned} vehículos encontrados al girarla, {seen} tal como está',
    means: 'La mayoría de los vehículos no se encuentran, y líneas y zonas no quedan donde se quería.',
    remedy:
      'Monte {camera} al derecho, o gire su imagen en los ajustes de la propia cámara (rotación, volteo y espejo); después dibuje de nuevo sus líneas y zonas',
  },
  'camera-view-unjudged': {
    what: 'No se sabe si la cámara {camera} se movió desde ayer: {pictures} imágenes de hace un día no lo dicen',
    seen: 'de noche, con niebla o con otra luz no se compara nada',
  },
  'camera-fine': {
    what: 'Cámara {camera}: {fps} imágenes/s, {size}, la primera a los {first} s',
    seen: 'sus imágenes, miradas durante {seconds} s; anunciado: {announced}',
  },
  'camera-not-watched': {
    what: 'No se miró la imagen de la cámara {camera}: se decodifican {watched} cámaras a la vez, y se acabó el tiempo',
    seen: 'solo su conexión, que está en orden',
  },
  'camera-lost': {
    what: 'El programa en marcha no recibe imagen utilizable de la cámara {camera}',
    seen: '{seen}',
    means: 'Ningún vehículo ante la cámara {camera} se cuenta hasta que se arregle.',
    remedy: 'Revise la cámara, su alimentación y su red y después: edge-optimizer diagnose --only cameras',
  },
  'camera-poor': {
    what: 'La cámara {camera} entrega mal: {quality}',
    seen: 'el programa en marcha',
    means: 'Se pueden perder vehículos o contarse dos veces.',
    remedy: 'Use TCP (rtspTransport: tcp), un cable, o una tasa de bits menor en los ajustes de la cámara',
  },
  'camera-implausible': {
    what: 'Lo que muestra la cámara {camera} no puede ser cierto: {state}',
    seen: 'el programa en marcha: camera_plausibility',
    means: 'No se puede confiar en sus respuestas mientras dure.',
    remedy: 'Vea qué significa {state} en docs/plausibility.md y mire la imagen: edge-optimizer aim {camera}',
  },
  'camera-paused': {
    what: 'La cámara {camera} está en pausa por una orden',
    seen: 'el programa en marcha',
    means: 'Ningún vehículo ante ella se cuenta hasta que se reanude.',
    remedy: 'Envíe la orden resume para {camera} (docs/commands.md)',
  },
  'camera-held': {
    what: 'El programa en marcha tiene la cámara {camera} y no dice cómo está',
    seen: 'su servidor HTTP',
  },
  'camera-runs': {
    what: 'La cámara {camera} entrega {fps} imágenes/s',
    seen: 'el programa en marcha',
  },
};

const broker = {
  'broker-none': {
    what: 'No hay ningún bróker configurado',
    seen: 'mqtt.broker: off',
    means: 'Lo que ven las cámaras no se comunica a nadie fuera de esta máquina.',
    remedy: 'Si debe comunicarse, indique el bróker: mqtt.broker: mqtts://HOST:8883 (docs/mqtt.md).',
  },
  'broker-embedded-asleep': {
    what: 'El bróker es parte del programa, que no está en marcha',
    seen: 'mqtt.broker: embedded',
    means: 'No hay nada que probar, y nadie puede escuchar hasta que el programa funcione.',
    remedy: 'Inícielo: systemctl start edge-optimizer',
  },
  'broker-embedded-somewhere': {
    what: 'El bróker integrado escucha en un puerto libre que aquí no se conoce',
    seen: 'mqtt.embeddedPort: 0',
    means: 'No se prueba; quien quiera escuchar tampoco conoce el puerto.',
    remedy: 'Asígnele un puerto: mqtt.embeddedPort: 1883',
  },
  'broker-connection-fine': {
    what: '{place} admite este equipo: MQTT {protocol}, tras {ms} ms',
    seen: 'una conexión con las credenciales del equipo',
  },
  'broker-name-unknown': {
    what: 'No se encuentra el nombre del bróker, {host}',
    seen: 'getaddrinfo: {code}',
    means: 'No se comunica nada; lo que debe llegar espera en la cola de salida.',
    remedy: 'Corrija mqtt.broker o registre el nombre en el servidor DNS. Para probar: getent hosts {host}',
  },
  'broker-name-local': {
    what: 'No se encuentra el nombre del bróker, {host}',
    seen: 'getaddrinfo: {code}',
    means:
      'No se comunica nada; lo que debe llegar espera en la cola de salida. Los nombres .local solo se encuentran por mDNS.',
    remedy: 'Escriba la dirección IP en mqtt.broker, o: sudo apt install avahi-daemon libnss-mdns',
  },
  'broker-no-dns': {
    what: 'Ningún servidor DNS responde, así que no se puede buscar el nombre del bróker, {host}',
    seen: 'getaddrinfo: EAI_AGAIN',
    means: 'No se comunica nada; lo que debe llegar espera en la cola de salida.',
    remedy:
      'Revise el enlace y el servidor de nombres en /etc/resolv.conf (resolvectl status), o escriba la dirección IP en mqtt.broker.',
  },
  'broker-name-late': {
    what: 'El nombre del bróker, {host}, no se encontró en {seconds} s',
    seen: 'getaddrinfo',
    means: 'Cada conexión espera al nombre; mientras no llegue, no se comunica nada.',
    remedy:
      'Revise el enlace y el servidor de nombres en /etc/resolv.conf (resolvectl status), o escriba la dirección IP en mqtt.broker.',
  },
  'broker-port-closed': {
    what: 'Nadie escucha en {place}',
    seen: 'connect: ECONNREFUSED',
    means: 'No se comunica nada; lo que debe llegar espera en la cola de salida.',
    remedy:
      'Revise host y puerto en mqtt.broker, y que el bróker funcione y escuche no solo en su propia máquina (en Mosquitto, una línea listener).',
  },
  'broker-no-route': {
    what: 'No hay camino desde aquí hasta {place}',
    seen: 'connect: {code}',
    means: 'No se comunica nada; lo que debe llegar espera en la cola de salida.',
    remedy: 'Revise el enlace: ip route, el módem y su SIM, la dirección en mqtt.broker.',
  },
  'broker-no-answer': {
    what: '{place} no responde: sin conexión en {seconds} s',
    seen: 'connect',
    means:
      'No se comunica nada; lo que debe llegar espera en la cola de salida. Así se ven un cortafuegos que descarta paquetes o una máquina apagada.',
    remedy: 'Revise host y puerto en mqtt.broker, y permita ese puerto en los cortafuegos intermedios.',
  },
  'broker-unreachable': {
    what: 'No se puede llegar a {place}',
    seen: 'connect: {code}',
    means: 'No se comunica nada; lo que debe llegar espera en la cola de salida.',
    remedy: 'Revise la red y la dirección en mqtt.broker.',
  },
  'broker-silent': {
    what: '{place} acepta la conexión y no dice nada durante {seconds} s',
    seen: 'CONNECT sin respuesta',
    means:
      'No se comunica nada. Allí escucha otro programa, el bróker está bloqueado o algo intermedio responde por él.',
    remedy: 'Revise el puerto en mqtt.broker y después reinicie el bróker.',
  },
  'broker-is-web-server': {
    what: '{place} es un servidor web, no un bróker MQTT como está configurado',
    seen: 'responde HTTP',
    means: 'No se comunica nada.',
    remedy:
      'Corrija el puerto en mqtt.broker (mqtt:// 1883, mqtts:// 8883); para WebSockets escriba ws:// o wss:// con la ruta, a menudo /mqtt.',
  },
  'broker-wants-tls': {
    what: '{place} exige TLS y se le habla sin él',
    seen: 'cierra la conexión y responde a un saludo TLS',
    means: 'No se comunica nada.',
    remedy: 'Ponga mqtt.broker: {url}, y mqtt.caFile si su autoridad es privada.',
  },
  'broker-without-tls': {
    what: '{place} no habla TLS',
    seen: 'al saludo TLS se responde otra cosa, o se cuelga',
    means: 'No se comunica nada.',
    remedy: 'Ponga el puerto TLS en mqtt.broker (normalmente 8883), o mqtt:// si el bróker de verdad no tiene TLS.',
  },
  'broker-closes': {
    what: '{place} cierra la conexión sin responder',
    seen: 'CONNECT, con cada versión de MQTT',
    means: 'No se comunica nada. No es un bróker MQTT, o expulsa sin decir nada a quien no conoce.',
    remedy: 'Revise el puerto en mqtt.broker y después lea el registro del bróker a la hora de este diagnóstico.',
  },
  'broker-closes-tls': {
    what: '{place} acepta la conexión TLS y después la cierra sin responder',
    seen: 'saludo TLS completo, después CONNECT; certificado de este equipo: {certificate}',
    means:
      'No se comunica nada. Exige un certificado de este equipo o no conoce este (con TLS 1.3 un bróker puede decirlo solo cerrando), o no es un bróker MQTT.',
    remedy:
      'Ponga en mqtt.certFile y mqtt.keyFile el certificado por el que el bróker conoce este equipo; si no, revise el puerto en mqtt.broker y lea el registro del bróker a la hora de este diagnóstico.',
  },
  'broker-websocket-path': {
    what: '{place} es un servidor web que no tiene ningún bróker en {path}',
    seen: 'CONNECT por WebSockets, después GET /',
    means: 'No se comunica nada.',
    remedy:
      'Corrija la ruta en mqtt.broker, que suele ser /mqtt: {url}; o use el puerto propio del bróker con mqtt:// o mqtts://',
  },
  'broker-version-refused': {
    what: '{place} no habla MQTT {protocol}',
    seen: 'CONNACK',
    means: 'No se comunica nada.',
    remedy: 'Ponga mqtt.protocol: auto',
  },
  'broker-busy': {
    what: '{place} no tiene sitio ahora',
    seen: 'CONNACK, código {code}',
    means: 'No se comunica nada hasta que vuelva a aceptar conexiones; se intenta una y otra vez.',
    remedy: 'Revise la carga del bróker y su límite de conexiones.',
  },
  'broker-moved': {
    what: '{place} envía a sus clientes a otro servidor',
    seen: 'CONNACK, código {code}',
    means: 'No se comunica nada: el programa no lo sigue por sí mismo.',
    remedy: 'Pida la nueva dirección a quien administra el bróker y póngala en mqtt.broker.',
  },
  'broker-refuses': {
    what: '{place} rechaza la conexión',
    seen: 'CONNACK, código {code}',
    means: 'No se comunica nada.',
    remedy: 'Lea el registro del bróker a la hora de este diagnóstico: un bloqueo, una cuota o una regla.',
  },
  'broker-login-wanted': {
    what: 'El bróker no admite a nadie sin nombre de usuario',
    seen: 'CONNACK, código {code}',
    means: 'No se comunica nada.',
    remedy: 'Ponga mqtt.username, y mqtt.passwordFile o EDGE_MQTT_PASSWORD.',
  },
  'broker-password-wrong': {
    what: 'El bróker rechaza al usuario {user}: nombre o contraseña incorrectos',
    seen: 'CONNACK, código {code}',
    means: 'No se comunica nada.',
    remedy:
      'Corrija mqtt.username y la contraseña (mqtt.passwordFile o EDGE_MQTT_PASSWORD), o cámbiela en el bróker: mosquitto_passwd ARCHIVO {user}',
  },
  'broker-not-authorised': {
    what: 'El bróker no admite al usuario {user}: no autorizado',
    seen: 'CONNACK, código {code}',
    means: 'No se comunica nada. Muchos brókeres dicen lo mismo de una contraseña incorrecta.',
    remedy:
      'Revise mqtt.username y la contraseña (mqtt.passwordFile o EDGE_MQTT_PASSWORD), y después los permisos de {user} en el bróker.',
  },
  'broker-client-id-refused': {
    what: 'El bróker no acepta el identificador de cliente {id}',
    seen: 'CONNACK, código {code}',
    means: 'No se comunica nada.',
    remedy:
      'Ponga en mqtt.clientId uno que el bróker acepte: el registrado en las nubes, como mucho 23 letras y cifras en brókeres antiguos.',
  },
  'broker-only-own-client-id': {
    what: 'El bróker no acepta otro identificador de cliente que {id}, que usa el programa en marcha',
    seen: 'CONNACK, código {code}',
    means: 'El acceso y los permisos no se pueden probar junto al programa; vale lo que este dice de su conexión.',
    remedy:
      'Para probarlos, detenga el programa un momento: systemctl stop edge-optimizer; edge-optimizer diagnose --only broker; systemctl start edge-optimizer',
  },
  'broker-certificate-expired': {
    what: 'El certificado {subject} del bróker caducó el {to}; el reloj de aquí dice {now}',
    seen: 'saludo TLS: CERT_HAS_EXPIRED',
    means: 'No se comunica nada: no se puede confiar en la conexión.',
    remedy: 'Renueve el certificado en el bróker, salvo que el reloj de aquí esté mal: timedatectl set-ntp true',
  },
  'broker-certificate-not-yet': {
    what: 'El certificado {subject} del bróker vale desde el {from}; el reloj de aquí dice {now}',
    seen: 'saludo TLS: CERT_NOT_YET_VALID',
    means: 'No se comunica nada. Casi siempre es el reloj de aquí, que va atrasado.',
    remedy: 'Ponga el reloj en hora: timedatectl set-ntp true',
  },
  'broker-certificate-name': {
    what: 'El certificado {subject} del bróker no es para el nombre {host}',
    seen: 'saludo TLS: ERR_TLS_CERT_ALTNAME_INVALID',
    means: 'No se comunica nada: puede ser otra máquina.',
    remedy:
      'Escriba en mqtt.broker un nombre que figure en el certificado, o emita uno con {host} en su subjectAltName.',
  },
  'broker-certificate-self-signed': {
    what: 'El certificado de {place} está firmado por sí mismo',
    seen: 'saludo TLS: DEPTH_ZERO_SELF_SIGNED_CERT',
    means: 'No se comunica nada: nadie responde por él.',
    remedy: 'Copie ese certificado (PEM) del bróker a este equipo y póngalo en mqtt.caFile.',
  },
  'broker-certificate-authority': {
    what: 'El certificado de {place} es de una autoridad que aquí no se conoce',
    seen: 'saludo TLS: {code}',
    means: 'No se comunica nada: nadie responde por él.',
    remedy: 'Ponga en mqtt.caFile el PEM de la autoridad que lo firmó, y haga que el bróker envíe toda su cadena.',
  },
  'broker-wants-certificate': {
    what: '{place} exige un certificado de este equipo',
    seen: 'saludo TLS: {code}',
    means: 'No se comunica nada.',
    remedy: 'Ponga en mqtt.certFile y mqtt.keyFile el certificado por el que el bróker conoce este equipo.',
  },
  'broker-tls-failed': {
    what: 'No hay conexión TLS con {place}',
    seen: 'saludo TLS: {code}',
    means: 'No se comunica nada.',
    remedy:
      'Revise el puerto en mqtt.broker, y mqtt.caFile, mqtt.certFile y mqtt.keyFile (docs/mqtt.md explica cada error).',
  },
  'broker-files-unreadable': {
    what: 'No se pueden leer la contraseña o los certificados: {reason}',
    seen: 'los archivos que nombra mqtt',
    means: 'No se comunica nada.',
    remedy:
      'Corrija la ruta, o permita que el usuario del servicio lea el archivo: sudo chgrp edge-optimizer ARCHIVO && sudo chmod 640 ARCHIVO',
  },
  'broker-rights-fine': {
    what: 'Lo que publica este equipo vuelve tras {ms} ms',
    seen: 'un mensaje a {topic}, publicado y escuchado',
  },
  'broker-rights-untried': {
    what: 'No se pudieron probar los permisos en el bróker',
    seen: 'no hay conexión',
    means: 'No se sabe si este equipo puede publicar y oír órdenes.',
    remedy: 'Arregle primero la conexión y después: edge-optimizer diagnose --only broker',
  },
  'broker-write-refused': {
    what: 'El bróker rechaza lo que publica este equipo',
    seen: 'PUBACK de {topic}: código {code}',
    means: 'Eventos, conteos y alertas no llegan.',
    remedy:
      'Dé al usuario de este equipo permiso de escritura en sus temas (las líneas están en scripts/mosquitto/acl) y recargue el bróker.',
  },
  'broker-write-ended': {
    what: 'El bróker corta la conexión, o enmudece, ante lo que publica este equipo',
    seen: 'un mensaje a {topic}',
    means: 'Eventos, conteos y alertas no llegan, y la conexión va y viene.',
    remedy:
      'Dé al usuario de este equipo permiso de escritura en sus temas (las líneas están en scripts/mosquitto/acl) y recargue el bróker.',
  },
  'broker-read-refused': {
    what: 'El bróker no deja que este equipo oiga {filter}',
    seen: 'SUBACK: código {code}',
    means:
      'Las órdenes no llegan, o el programa no puede averiguar lo que el bróker descarta; las respuestas se comunican igual.',
    remedy:
      'Dé al usuario de este equipo permiso de lectura en {filter} (las líneas están en scripts/mosquitto/acl) y recargue el bróker.',
  },
  'broker-ping-lost': {
    what: 'Lo que publica este equipo no volvió en {seconds} s',
    seen: 'un mensaje a {topic}, confirmado y no escuchado',
    means:
      'El bróker descarta lo que este equipo escribe, o no le deja oír nada: puede que no lleguen respuestas u órdenes.',
    remedy:
      'Dé al usuario de este equipo los permisos de scripts/mosquitto/acl, entre ellos el de leer {topic}, y recargue el bróker.',
  },
  'broker-ping-unread': {
    what: 'El bróker acepta lo que publica este equipo; no se probó el camino de vuelta',
    seen: 'PUBACK de {topic}, que no se puede leer',
    means: 'Las respuestas están bien; solo esta comprobación pudo ver menos.',
    remedy: 'Permita que el equipo lea {topic} (la línea está en scripts/mosquitto/acl).',
  },
  'program-connected': { what: 'El programa en marcha está conectado y nada se le rechaza', seen: '/api/status' },
  'program-not-connected': {
    what: 'El programa en marcha no tiene conexión con el bróker: {problem}',
    seen: '/api/status',
    means: 'Ahora no se comunica nada; lo que debe llegar espera en la cola de salida.',
    remedy:
      'Arregle lo que se dice arriba del bróker; si está bien, el programa se conecta solo en mqtt.reconnectMaxMs.',
  },
  'program-refused': {
    what: 'El bróker no acepta todo lo que dice el programa en marcha: {message}',
    seen: 'alerta broker-refuses',
    means: 'Lo rechazado falta en todos los receptores.',
    remedy: 'Dé a este equipo en el bróker los permisos y el tamaño de paquete que nombra el mensaje.',
  },
  'client-id-twin': {
    what: 'Otro cliente tiene el identificador o el nombre de este equipo: {message}',
    seen: 'alerta client-id-shared',
    means: 'Los dos se expulsan una y otra vez; los mensajes llegan tarde y los estados se sobrescriben.',
    remedy: 'Dé a uno de los dos un nombre propio (device) o un mqtt.clientId, y reinícielo.',
  },
  'outbox-fine': { what: '{messages} mensajes esperan al bróker', seen: 'outbox.db' },
  'outbox-late': {
    what: '{messages} mensajes esperan al bróker, el más antiguo desde hace {minutes} min; la cola de salida está al {percent} %',
    seen: 'outbox.db, del tiempo que funcionó el programa',
    means: 'Lo comunicado llega tarde; cuando la cola se llena, se abandona lo más antiguo.',
    remedy: 'Arregle la conexión con el bróker y el enlace; la cola se vacía entonces sola. Más espacio: outbox.maxMiB',
  },
  'outbox-gave-up': {
    what: 'Se abandonaron {count} mensajes que debían llegar',
    seen: 'outbox.db',
    means: 'Faltan en todos los receptores; cuáles, lo dice report/delivery.',
    remedy: 'Aumente outbox.maxMiB y outbox.maxAgeHours para que superen el corte más largo.',
  },
  'broker-certificates-fine': { what: 'Los certificados valen {days} días más', seen: 'saludo TLS' },
  'broker-certificate-expires': {
    what: 'El certificado {subject} del bróker caduca el {to}, en {days} días',
    seen: 'saludo TLS',
    means: 'Desde entonces no se comunica nada.',
    remedy: 'Renueve el certificado en el bróker y recargue el bróker.',
  },
  'our-certificate-expires': {
    what: 'El certificado de este equipo, {file}, caduca el {to}, en {days} días',
    seen: 'mqtt.certFile',
    means: 'Desde entonces el bróker rechaza este equipo.',
    remedy: 'Haga que lo emitan de nuevo y escríbalo en {file}: se lee en la próxima conexión.',
  },
  'our-certificate-expired': {
    what: 'El certificado de este equipo, {file}, caducó el {to}',
    seen: 'mqtt.certFile',
    means: 'El bróker rechaza este equipo: no se comunica nada.',
    remedy: 'Haga que lo emitan de nuevo y escríbalo en {file}: se lee en la próxima conexión.',
  },
  'our-certificate-refused': {
    what: 'El bróker rechaza el certificado de este equipo, {file}',
    seen: 'alerta TLS: {code}',
    means: 'No se comunica nada.',
    remedy:
      'Haga emitir un certificado por la autoridad en que confía el bróker (cafile de Mosquitto) y póngalo en mqtt.certFile y mqtt.keyFile.',
  },
  'our-key-unfit': {
    what: 'La clave {file} no es la del certificado en mqtt.certFile',
    seen: 'saludo TLS: ERR_OSSL_X509_KEY_VALUES_MISMATCH',
    means: 'No se comunica nada.',
    remedy: 'Ponga en mqtt.keyFile la clave para la que se emitió el certificado.',
  },
};

const network = {
  'links-fine': { what: 'Los enlaces de {names} están bien', seen: '/sys/class/net' },
  'links-down': {
    what: 'Ninguna interfaz de red tiene enlace: {names}',
    seen: '/sys/class/net/*/operstate',
    means: 'No se llega ni a las cámaras de la red ni al bróker.',
    remedy: 'Conecte el cable, o revise el switch y su alimentación: ip link',
  },
  'link-errors': {
    what: '{errors} de {packets} paquetes de {name} estaban dañados',
    seen: '/sys/class/net/{name}/statistics',
    means: 'Las imágenes llegan rotas o tarde, y los mensajes se reenvían.',
    remedy: 'Cambie el cable de {name} y después su puerto en el switch; para ver si sirvió: ip -s link show {name}',
  },
  'link-half-duplex': {
    what: 'El enlace de {name} es semidúplex',
    seen: '/sys/class/net/{name}/duplex',
    means: 'Solo un lado puede enviar a la vez: las imágenes llegan tarde o se pierden.',
    remedy: 'Deje que ambos lados negocien: ethtool -s {name} autoneg on, y automático en el puerto del switch.',
  },
  'link-slow': {
    what: 'El enlace de {name} solo tiene 10 Mbit/s',
    seen: '/sys/class/net/{name}/speed',
    means: 'Una o dos cámaras lo llenan.',
    remedy: 'Cambie el cable (hacen falta los cuatro pares) y después: ethtool -s {name} autoneg on',
  },
  'link-comes-and-goes': {
    what: 'El enlace de {name} apareció o desapareció {changes} veces desde el arranque de la máquina',
    seen: '/sys/class/net/{name}/carrier_changes',
    means: 'Cada vez se pierden las cámaras y el bróker durante unos segundos.',
    remedy: 'Apriete los conectores de {name} o cambie el cable, y revise la alimentación del switch.',
  },
  'link-mtu': {
    what: 'Los paquetes de {name} solo pueden tener {mtu} bytes',
    seen: '/sys/class/net/{name}/mtu',
    means: 'Los saludos TLS y las imágenes pueden atascarse, e IPv6 no funciona.',
    remedy: 'Póngalo como lo quiere la red, normalmente: sudo ip link set {name} mtu 1500',
  },
  'uplink-fine': {
    what: 'La línea hasta {place} lleva de {least} a {most} kbit/s; se comunican {needed} kbit/s de media',
    seen: 'un mensaje de 32 KiB frente a tres cortos, confirmados por el bróker',
  },
  'uplink-slow': {
    what: 'La línea hasta {place} lleva solo de {least} a {most} kbit/s, y se comunican {needed} kbit/s de media',
    seen: 'un mensaje de 32 KiB frente a tres cortos, confirmados por el bróker',
    means: 'Los mensajes esperan, y tras un corte lo que esperaba apenas se recupera.',
    remedy:
      'Comunique menos: un publish.maxEventsPerSecond menor, un publish.metricsIntervalMs mayor o un publish.dailyBytes; o use una línea más rápida (antena, módem, contrato).',
  },
  'uplink-stuck': {
    what: 'Los mensajes cortos llegan a {place}, y uno de {kib} KiB no llega en {seconds} s',
    seen: 'las confirmaciones del bróker: menos de {most} kbit/s, o los paquetes grandes se pierden en el camino (MTU)',
    means: 'Los resúmenes y las listas de eventos se atascan, y todo lo que se envía después espera.',
    remedy:
      'Pruebe qué tamaño pasa: ping -M do -s 1472 HOST, luego menos; ponga como MTU lo que pasó más 28: sudo ip link set IFACE mtu 1400. Si pasan todos los tamaños, la línea es demasiado lenta.',
  },
  'uplink-unknown': {
    what: 'No se sabe cuánto lleva la línea hasta {place}',
    seen: 'no hay conexión, o el bróker no acepta un mensaje de 32 KiB',
  },
  'way-out-fine': { what: 'Hay servidor de nombres y ruta por defecto', seen: '/etc/resolv.conf, /proc/net/route' },
  'no-name-server': {
    what: 'No hay servidor de nombres, y el bróker {host} tiene nombre',
    seen: '/etc/resolv.conf',
    means: 'El bróker solo se encuentra si figura en /etc/hosts.',
    remedy: 'Ponga uno: resolvectl dns INTERFAZ DIRECCIÓN, o deje que lo dé DHCP.',
  },
  'no-default-route': {
    what: 'No hay ruta por defecto, y el bróker es {host}',
    seen: '/proc/net/route',
    means: 'No se llega a nada fuera de la propia red.',
    remedy: 'Active el enlace, o ponga su puerta de enlace: sudo ip route add default via DIRECCIÓN',
  },
  'proxy-before-camera': {
    what: 'La cámara {camera} se pide a través de un proxy',
    seen: 'http_proxy está puesta, y no_proxy no nombra {host}',
    means: 'El proxy casi nunca llega a las cámaras: no hay imágenes.',
    remedy: 'Añada {host} a no_proxy en el entorno del servicio (systemctl edit edge-optimizer) y reinícielo.',
  },
};

const service = {
  'configuration-fine': { what: 'La configuración {file} sirve', seen: 'su esquema y sus reglas' },
  'configuration-unnamed': {
    what: 'No se indicó ninguna configuración: se miraron los valores por defecto',
    seen: 'falta --config',
    means: 'No se miran ni las cámaras ni el bróker de este sitio.',
    remedy: 'edge-optimizer diagnose --config /etc/edge-optimizer/site.yaml',
  },
  'configuration-forbidden': {
    what: '{user} no puede leer la configuración {file}',
    seen: 'al abrirla',
    means: 'No se miraron las cámaras, el bróker ni los datos guardados de este sitio.',
    remedy: 'Diagnostique como root: sudo edge-optimizer diagnose (o su -c "edge-optimizer diagnose")',
  },
  'configuration-unusable': {
    what: 'La configuración no sirve: {problems}',
    seen: '{file}, su esquema y sus reglas',
    means: 'El servicio no arranca con ella; uno en marcha sigue con lo que leyó al arrancar.',
    remedy: 'edge-optimizer config check {file} y corrija lo que indique',
  },
  'unit-fine': {
    what: '{unit} está instalado, arranca con el equipo y está en marcha',
    seen: 'systemctl show',
  },
  'unit-no-systemd': {
    what: 'Aquí no funciona systemd: no se sabe quién vuelve a arrancar el programa',
    seen: '/run/systemd/system',
  },
  'unit-no-answer': {
    what: 'systemctl no dice nada de {unit}',
    seen: 'systemctl show',
  },
  'unit-not-installed': {
    what: '{unit} no está instalado',
    seen: 'LoadState=not-found',
    means: 'Tras un corte de luz nadie arranca el programa.',
    remedy: 'sh scripts/install.sh en la carpeta del programa (docs/deployment.md)',
  },
  'unit-masked': {
    what: '{unit} está enmascarado (masked)',
    seen: 'UnitFileState=masked',
    means: 'No se puede arrancar: no se responde ninguna imagen.',
    remedy: 'systemctl unmask {unit} && systemctl enable --now {unit}',
  },
  'unit-disabled': {
    what: '{unit} no arranca con el equipo',
    seen: 'UnitFileState=disabled',
    means: 'Tras un corte de luz nadie arranca el programa.',
    remedy: 'systemctl enable {unit}',
  },
  'unit-stopped': {
    what: '{unit} está detenido',
    seen: 'ActiveState=inactive',
    means: 'No se responde ninguna imagen.',
    remedy: 'systemctl start {unit}',
  },
  'unit-restarting': {
    what: '{unit} termina una y otra vez: {restarts} reinicios, resultado {result}, código de salida {status}',
    seen: 'SubState=auto-restart',
    means: 'No se responde ninguna imagen, o solo entre dos finales.',
    remedy: 'Lea por qué termina: journalctl -u {unit} -n 50',
  },
  'unit-restarted': {
    what: '{unit} está en marcha, tras {restarts} reinicios',
    seen: 'NRestarts={restarts}',
    means: 'Cada uno cuesta segundos de respuestas, y algo lo causó.',
    remedy: 'Lea por qué terminó: journalctl -u {unit} -p warning -n 100',
  },
  'unit-failed': {
    what: '{unit} ha fallado: resultado {result}, código de salida {status}',
    seen: 'ActiveState=failed',
    means: 'No se responde ninguna imagen.',
    remedy: 'Lea por qué: journalctl -u {unit} -n 50; después systemctl restart {unit}',
  },
  'unit-configuration': {
    what: '{unit} terminó porque su configuración no se puede usar',
    seen: 'ExecMainStatus=2',
    means: 'No se responde ninguna imagen hasta que se corrija.',
    remedy:
      'edge-optimizer config check /etc/edge-optimizer/site.yaml nombra cada problema; después systemctl restart {unit}',
  },
  'unit-out-of-memory': {
    what: 'El núcleo terminó {unit} por falta de memoria',
    seen: 'Result=oom-kill',
    means: 'No se responde ninguna imagen.',
    remedy:
      'Use una model.variant más pequeña, menos detector.workers o una cache.memoryBytes menor; después systemctl restart {unit}',
  },
  'unit-hung': {
    what: '{unit} se colgó y su vigilante (watchdog) lo terminó',
    seen: 'Result=watchdog',
    means: 'No se responde ninguna imagen.',
    remedy: 'Lea qué ocurrió antes: journalctl -u {unit} -n 100; después systemctl restart {unit}',
  },
  'groups-fine': {
    what: 'El servicio se ejecuta como {user}, que puede abrir {devices}',
    seen: 'propietario, grupo y permisos de los dispositivos',
  },
  'groups-no-user': {
    what: '{unit} se ejecuta como {user}, que no tiene cuenta aquí',
    seen: '/etc/passwd',
    means: 'systemd no puede arrancarlo: no se responde ninguna imagen.',
    remedy: 'sh scripts/install.sh en la carpeta del programa crea la cuenta; después systemctl restart {unit}',
  },
  'groups-missing': {
    what: 'El servicio se ejecuta como {user}, que no está en el grupo {group} y no puede abrir {device}',
    seen: 'propietario, grupo y permisos de {device}; /etc/group',
    means: 'Esta cámara no da imagen.',
    remedy: 'usermod --append --groups {group} {user} && systemctl restart {unit}',
  },
  'groups-not-yet': {
    what: '{user} puede abrir {device}, pero el servicio arrancó antes de que fuera así',
    seen: '/proc/PID/status; /etc/group',
    means: 'Esta cámara no da imagen.',
    remedy: 'systemctl restart {unit}',
  },
  'groups-device-closed': {
    what: '{device} es solo para root: {user}, con quien se ejecuta el servicio, no puede abrirlo',
    seen: 'propietario, grupo y permisos de {device}',
    means: 'Esta cámara no da imagen.',
    remedy: 'Instale udev (apt-get install udev), cuyas reglas dan las cámaras al grupo video, y reinicie la máquina',
  },
  'program-not-running': {
    what: 'Ningún programa está en marcha con este almacén, {dir}',
    seen: 'su bloqueo',
    means: 'Ahora no se responde ninguna imagen.',
    remedy: 'systemctl start edge-optimizer, o edge-optimizer run',
  },
  'program-not-asked': {
    what: 'El programa está en marcha (proceso {pid}, desde {since}) sin servidor HTTP al que preguntar',
    seen: 'http.enabled, http.port',
  },
  'program-starts': {
    what: 'El programa (proceso {pid}, desde {since}) está arrancando y aún no responde en el puerto {port}',
    seen: 'GET /healthz',
  },
  'program-silent': {
    what: 'El programa (proceso {pid}, desde {since}) no responde en el puerto {port}',
    seen: 'GET /healthz',
    means: 'Está colgado, o su puerto lo tiene otro programa.',
    remedy:
      "Vea quién tiene el puerto: ss -ltnp 'sport = :{port}'; si es el programa mismo: systemctl restart edge-optimizer",
  },
  'program-lives': {
    what: 'El programa está en marcha (proceso {pid}, desde {since})',
    seen: 'GET /healthz',
  },
  'program-fine': {
    what: 'El programa está en marcha (proceso {pid}, desde {since}) y mira {cameras} cámaras',
    seen: 'GET /api/status',
  },
  'program-no-detector': {
    what: 'Ningún detector del programa en marcha atiende: {reason}',
    seen: 'GET /api/status',
    means: 'El modelo no responde ninguna imagen.',
    remedy:
      'edge-optimizer diagnose --only detector,models muestra qué le pasa; el registro dice por qué terminó: journalctl -u edge-optimizer -n 50',
  },
  'program-few-detectors': {
    what: '{idle} de {workers} detectores del programa en marcha no atienden: {reason}',
    seen: 'GET /api/status',
    means: 'Se infieren menos imágenes.',
    remedy: 'Lea por qué terminaron: journalctl -u edge-optimizer -n 50; si falta memoria, baje detector.workers',
  },
  'program-no-camera': {
    what: 'Ninguna cámara del programa en marcha transmite',
    seen: 'GET /api/status',
    means: 'No hay nada que responder.',
    remedy: 'edge-optimizer diagnose --only cameras muestra por qué',
  },
  'program-part-left-out': {
    what: 'La parte {part} del programa en marcha no pudo arrancar y se vuelve a intentar',
    seen: 'GET /api/status',
    means: 'Falta lo que esa parte hace.',
    remedy: 'Lea por qué: journalctl -u edge-optimizer | grep {part}',
  },
  'program-override': {
    what: '{key} es {value} por orden; la configuración dice {configured}',
    seen: 'GET /api/status',
  },
  'port-free': {
    what: 'El puerto {port} de {host} está libre para el servidor HTTP',
    seen: 'listen()',
  },
  'port-taken': {
    what: 'Otro programa tiene el puerto {port} de {host}',
    seen: 'listen(): EADDRINUSE',
    means: 'No se pueden servir métricas, alertas ni las respuestas a este diagnóstico.',
    remedy: "Vea cuál: ss -ltnp 'sport = :{port}'; deténgalo o ponga otro http.port",
  },
  'port-refused': {
    what: 'Este usuario no puede escuchar en el puerto {port} de {host}',
    seen: 'listen(): EACCES',
    means: 'No se pueden servir métricas ni alertas.',
    remedy: 'Ponga en http.port uno superior a 1023.',
  },
  'port-no-address': {
    what: 'Este equipo no tiene la dirección {host} en la que servir el puerto {port}',
    seen: 'listen(): EADDRNOTAVAIL',
    means: 'No se pueden servir métricas ni alertas.',
    remedy: 'Ponga http.host: 127.0.0.1, o una dirección de este equipo (ip address).',
  },
  'port-unknown': {
    what: 'No se sabe si se puede usar el puerto {port} de {host}: {code}',
    seen: 'listen()',
  },
  'alerts-none': {
    what: 'No hay alertas activas en el programa en marcha',
    seen: 'GET /api/alerts',
  },
  'alert-told': {
    what: '{alert} desde {since}: {message} ({action})',
    seen: 'GET /api/alerts',
  },
  'alert-holds': {
    what: '{alert} desde {since}: {message}',
    seen: 'GET /api/alerts',
    means: 'El programa en marcha dio esta alerta por sí mismo (docs/alerts.md).',
    remedy: '{action}',
  },
};

const accuracy = {
  'accuracy-fine': {
    what: 'Las respuestas de la cámara {camera} coinciden con el modelo: F1 {f1}, se pide al menos {least}',
    seen: 'la auditoría del programa en marcha',
  },
  'accuracy-unknown': {
    what: 'No se sabe cuán correctas son las respuestas de la cámara {camera}: aún se han comparado muy pocos vehículos',
    seen: 'la auditoría del programa en marcha',
  },
  'accuracy-below': {
    what: 'Las respuestas de la cámara {camera} coinciden con el modelo menos de lo pedido: F1 {f1}, mínimo {least}',
    seen: 'la auditoría del programa en marcha',
    means: 'Entre dos inferencias se pierden vehículos o se muestran donde no los hay.',
    remedy:
      'Dé al equipo menos cámaras o imágenes, o una model.variant más pequeña, para que se infieran más imágenes; o baje answer.accuracyFloor.',
  },
  'trials-fine': {
    what: 'El ajuste probó {trials} cambios en el último día y deshizo {back}',
    seen: 'history.db',
  },
  'trials-rolled-back': {
    what: 'El ajuste deshizo {back} de {trials} cambios del último día, la mayoría de {strategy}',
    seen: 'history.db',
    means: 'No llega a un estado estable: cada prueba cuesta latencia o exactitud durante minutos.',
    remedy:
      'Vea por qué: edge-optimizer trials --since 24h --verdict rolled-back; si continúa, ponga optimization.{strategy}: false',
  },
  'reuse-fine': {
    what: 'Cámara {camera}: el {percent} % de las imágenes se responde sin inferencia',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
  },
  'reuse-traffic': {
    what: 'Cámara {camera}: el {percent} % de las imágenes se responde sin inferencia; las demás las piden los vehículos que van y vienen',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
  },
  'reuse-unprofitable': {
    what: 'Cámara {camera}: solo el {percent} % de las imágenes se responde sin inferencia; en el {share} % de las inferencias no se miró antes, porque los vehículos avanzan demasiado de una imagen a otra',
    seen: '/metrics: edge_inferences_due_total, edge_reuse_pays',
    means:
      'Se infiere cada imagen, lo que no cuesta más que sin este programa; con más imágenes por segundo costaría menos.',
    remedy:
      'Haga que la cámara envíe 10 imágenes por segundo o más y deje cameras.*.maxFps en 0 o igual de alto (docs/answering.md); véala: edge-optimizer aim {camera}',
  },
  'reuse-unsteady': {
    what: 'Cámara {camera}: solo el {percent} % de las imágenes se responde sin inferencia; en el {share} % de las inferencias había cambiado toda la imagen',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
    means: 'Se infiere más de lo que la vía necesita: las otras cámaras esperan y el equipo se calienta más.',
    remedy:
      'Fije la cámara y su poste y dele exposición fija (antiparpadeo 50 o 60 Hz, sin ganancia automática ni estabilización por software); véala: edge-optimizer aim {camera}',
  },
  'reuse-gaps': {
    what: 'Cámara {camera}: solo el {percent} % de las imágenes se responde sin inferencia; en el {share} % de las inferencias la cámara había faltado',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
    means: 'Se infiere más de lo que la vía necesita: las otras cámaras esperan y el equipo se calienta más.',
    remedy:
      'Vea por qué sus imágenes llegan con huecos: edge-optimizer diagnose --only cameras; de una cámara que da menos de una imagen por segundo se infieren todas.',
  },
  'reuse-movement': {
    what: 'Cámara {camera}: solo el {percent} % de las imágenes se responde sin inferencia; en el {share} % de las inferencias se movía algo que no era un vehículo conocido',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
    means: 'Se infiere más de lo que la vía necesita: las otras cámaras esperan y el equipo se calienta más.',
    remedy:
      'Tape con cameras.*.masks lo que se mueve junto a la vía (árboles, banderas, agua, el reloj en la imagen; docs/cameras.md); véala: edge-optimizer aim {camera}',
  },
  'reuse-strict': {
    what: 'Cámara {camera}: solo el {percent} % de las imágenes se responde sin inferencia: las demás no mantendrían answer.accuracyFloor {floor}',
    seen: '/metrics: edge_strictness, edge_inferences_due_total',
    means: 'Se infiere más de lo que la vía necesita: las otras cámaras esperan y el equipo se calienta más.',
    remedy:
      'Baje answer.accuracyFloor (a 0.95, por ejemplo) o use un modelo mejor, cuyas cajas no vayan y vengan: edge-optimizer models list',
  },
  'reuse-age': {
    what: 'Cámara {camera}: solo el {percent} % de las imágenes se responde sin inferencia; el {share} % de las inferencias llega porque la última fue hace {moving} ms, o {idle} ms con la vía vacía',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
    means: 'Se infiere más de lo que la vía necesita: las otras cámaras esperan y el equipo se calienta más.',
    remedy: 'Suba answer.maxAgeMs y answer.maxIdleAgeMs (2000 y 30000 si no se dice otra cosa).',
  },
  'cache-fine': {
    what: 'La caché responde el {percent} % de sus consultas',
    seen: '/metrics',
  },
  'cache-seldom': {
    what: 'La caché responde el {percent} % de sus consultas: lo que se ve rara vez se repite',
    seen: '/metrics',
  },
  'cache-small': {
    what: 'La caché responde solo el {percent} % de sus consultas: sus {mib} MiB son pocos',
    seen: '/metrics',
    means: 'Se infieren más imágenes de las necesarias.',
    remedy: 'Ponga cache.memoryBytes: {wanted}, si hay memoria.',
  },
  'cache-entries-large': {
    what: 'La caché responde solo el {percent} % de sus consultas: hay entradas demasiado grandes para sus {mib} MiB',
    seen: '/metrics',
    means: 'Se infieren más imágenes de las necesarias.',
    remedy: 'Ponga cache.memoryBytes: {wanted}, si hay memoria.',
  },
};

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
    remedy: 'Envíe informe.tar.gz a quien mantiene el programa: sudo edge-optimizer diagnose --bundle informe.tar.gz',
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
