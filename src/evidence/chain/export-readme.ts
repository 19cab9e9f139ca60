const SCRIPT = `
    # run in this folder; needs sh, OpenSSL 3 and sha256sum
    prev=$(printf '0%.0s' $(seq 64)); n=0
    check() { head -n 1 "$1" > /tmp/ev.signed; sed -n 2p "$1" | base64 -d > /tmp/ev.sig
      openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in /tmp/ev.signed -sigfile /tmp/ev.sig > /dev/null || echo "CHANGED $1"; }
    word() { sed -n "1s/.*\\"$2\\":\\"\\{0,1\\}\\([0-9a-f]*\\).*/\\1/p" "$1"; }
    [ -f anchor ] && { check anchor; prev=$(word anchor hash); n=$(word anchor n); }
    for r in records/*.record; do
      check "$r"; n=$((n + 1))
      [ "$(word "$r" prev)" = "$prev" ] || echo "NOT IN ITS PLACE $r"
      [ "$r" = "records/$(printf %010d $n).record" ] || { echo "MISSING before $r"; n=$((10#$(basename "$r" .record))); }
      prev=$(head -n 1 "$r" | sha256sum | cut -d ' ' -f 1)
      head -n 1 "$r" | grep -o '"name":"[^"]*","role":"[^"]*","sha256":"[^"]*"' | sed 's/"name":"\\([^"]*\\)".*"sha256":"\\([^"]*\\)"/\\2  pictures\\/\\1/' | sha256sum --quiet --ignore-missing -c
    done
    check head; check export; [ "$(word head hash)" = "$prev" ] || echo "THE END IS MISSING"
`;

const ENGLISH = `# Evidence

- \`records/\`: a file for each event. Its first line is the record, as JSON; its second line is the Ed25519 signature over the first
  line with its line feed, in base64. \`prev\` is the SHA-256 of the first line, with its line feed, of the record before it: nothing can be
  changed, removed, inserted or put into another order without breaking a signature or a hash.
- \`pictures/\`: \`context\` is the whole picture at the event, \`crop\` the best picture of the vehicle. Records name their SHA-256.
- \`head\` says which record is the last. \`anchor\`, where there is one, says up to which record the device removed the oldest ones, by age
  or for want of room. \`export\` says of which records the pictures were taken along. All three are signed in the same way.
- \`public-key.pem\`: the key of the device. **Compare it with what the operator of the device says of its key, by another way than this
  one**: whoever makes up evidence can add a key of their own.

With the program: \`edge-optimizer evidence verify FOLDER --key ed25519:…\`. Without it:
${SCRIPT}
It prints nothing where all is right. Where a record is signed and right, \`capturedAt\` is what the clock of the device said, in Unix ms.
`;

const SPANISH = `# Pruebas

- \`records/\`: un archivo por cada suceso. Su primera línea es el registro, en JSON; la segunda es la firma Ed25519, en base64, de la
  primera línea con su salto de línea. \`prev\` es el SHA-256 de la primera línea, con su salto de línea, del registro anterior: nada puede
  cambiarse, quitarse, añadirse ni ordenarse de otro modo sin romper una firma o un hash.
- \`pictures/\`: \`context\` es la imagen entera en el momento del suceso, \`crop\` la mejor imagen del vehículo. Los registros dicen su
  SHA-256.
- \`head\` dice cuál es el último registro. \`anchor\`, si existe, dice hasta qué registro borró el equipo los más antiguos, por edad o por
  falta de espacio. \`export\` dice de qué registros se incluyeron las imágenes. Los tres van firmados de la misma manera.
- \`public-key.pem\`: la clave del equipo. **Compárela con la que el responsable del equipo le comunique por otra vía**: quien inventa
  pruebas puede añadir una clave propia.

Con el programa: \`edge-optimizer evidence verify CARPETA --key ed25519:…\`. Sin él:
${SCRIPT}
No escribe nada si todo está bien. \`capturedAt\` es lo que decía el reloj del equipo, en ms de Unix.
`;

/** How to verify an export without this program: in every language that people here read. */
export const EXPORT_READMES: readonly (readonly [name: string, text: string])[] = [
  ['README.md', ENGLISH],
  ['LEEME.md', SPANISH],
];
