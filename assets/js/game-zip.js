/* A folder that somebody picked, as a zip: stored, not compressed, since pictures are already. */
"use strict";

Explorer.gameZip = (() => {
  const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });

  function crc32(bytes) {
    let c = 0xffffffff;
    for (const byte of bytes) c = TABLE[(c ^ byte) & 255] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  }

  /** What a zip says of a file in both of its places. */
  function common(view, at, { crc, size, name }) {
    view.setUint16(at, 20, true); // version needed
    view.setUint16(at + 2, 0x0800, true); // names are UTF-8
    view.setUint16(at + 8, 0x21, true); // 1 January 1980, the earliest day of the format
    view.setUint32(at + 10, crc, true);
    view.setUint32(at + 14, size, true);
    view.setUint32(at + 18, size, true);
    view.setUint16(at + 22, name.length, true);
  }

  /** A zip of files, as a Blob. Names are the paths within the folder that was picked. */
  async function zip(files) {
    const parts = [];
    const directory = [];
    let offset = 0;
    for (const file of files) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const path = (file.webkitRelativePath || file.name).split("/").slice(file.webkitRelativePath ? 1 : 0);
      const entry = { name: new TextEncoder().encode(path.join("/")), crc: crc32(bytes), size: bytes.length };
      const local = new DataView(new ArrayBuffer(30));
      local.setUint32(0, 0x04034b50, true);
      common(local, 4, entry);
      const central = new DataView(new ArrayBuffer(46));
      central.setUint32(0, 0x02014b50, true);
      central.setUint16(4, 20, true);
      common(central, 6, entry);
      central.setUint32(42, offset, true);
      parts.push(local, entry.name, bytes);
      directory.push(central, entry.name);
      offset += 30 + entry.name.length + bytes.length;
    }
    const length = directory.reduce((sum, part) => sum + part.byteLength, 0);
    const end = new DataView(new ArrayBuffer(22));
    end.setUint32(0, 0x06054b50, true);
    end.setUint16(8, files.length, true);
    end.setUint16(10, files.length, true);
    end.setUint32(12, length, true);
    end.setUint32(16, offset, true);
    return new Blob([...parts, ...directory, end], { type: "application/zip" });
  }

  return { zip };
})();
