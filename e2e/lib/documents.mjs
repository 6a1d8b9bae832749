// Documents for the tests, made byte by byte: good ones, and the ones that nobody should send.
import { createHash, randomBytes } from "node:crypto";
import { deflateRawSync, createDeflateRaw, inflateRawSync } from "node:zlib";

// ---- ZIP ----
const TABLE = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1; return n >>> 0; });
function crcOf(bytes, crc = 0) {
  let value = ~crc >>> 0;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}

/** A ZIP of parts `{ name, bytes }`, or `{ name, packed, size, crc }` where it was compressed elsewhere. */
export function zip(parts) {
  const files = [];
  const directory = [];
  let at = 0;
  for (const part of parts) {
    const name = Buffer.from(part.name);
    const packed = part.packed ?? deflateRawSync(part.bytes);
    const size = part.size ?? part.bytes.length;
    const crc = part.crc ?? crcOf(part.bytes);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt16LE(0x5a21, 8);
    facts.writeUInt32LE(crc, 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(size, 18);
    facts.writeUInt16LE(name.length, 22);
    files.push(Buffer.from("PK\x03\x04", "latin1"), facts, name, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), facts, tail, name);
    at += 30 + name.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, listed, end]);
}

/** Reads a ZIP's parts, by its directory. */
export function unzip(bytes) {
  const end = bytes.lastIndexOf("PK\x05\x06", bytes.length, "latin1");
  if (end < 0) throw new Error("this is no ZIP");
  const parts = new Map();
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n -= 1) {
    const [method, packed, nameLength] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28)];
    const start = bytes.readUInt32LE(at + 42);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    const from = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    const body = bytes.subarray(from, from + packed);
    parts.set(name, method === 0 ? body : inflateRawSync(body));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return parts;
}

// ---- DOCX ----
const MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const CONTENT_TYPES = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`;
const RELATIONS = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`;
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** A Word file of Markdown: a heading or a paragraph for each line that is not empty. */
export function docx(markdown) {
  const body = markdown.split("\n").filter((line) => line.trim() !== "").map((line) => {
    const bold = /^#+ /.test(line) ? "<w:rPr><w:b/></w:rPr>" : "";
    return `<w:p><w:r>${bold}<w:t xml:space="preserve">${escape(line.replace(/^#+ /, ""))}</w:t></w:r></w:p>`;
  }).join("");
  const main = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="${MAIN}"><w:body>${body}<w:sectPr/></w:body></w:document>`;
  return zip([
    { name: "[Content_Types].xml", bytes: Buffer.from(CONTENT_TYPES) },
    { name: "_rels/.rels", bytes: Buffer.from(RELATIONS) },
    { name: "word/document.xml", bytes: Buffer.from(main) },
  ]);
}

/** A Word file of some megabytes whose text unfolds to two gigabytes. */
export async function docxBomb() {
  const block = Buffer.alloc(16 << 20, "0");
  const head = Buffer.from(`<?xml version="1.0"?><w:document xmlns:w="${MAIN}"><w:body><w:p><w:r><w:t>`);
  const tail = Buffer.from("</w:t></w:r></w:p></w:body></w:document>");
  const squeeze = createDeflateRaw({ level: 9 });
  const packed = [];
  squeeze.on("data", (bytes) => packed.push(bytes));
  const write = (bytes) => new Promise((resolve, reject) => squeeze.write(bytes, (error) => (error ? reject(error) : resolve())));
  const ended = new Promise((resolve, reject) => squeeze.on("end", resolve).on("error", reject));
  await write(head);
  for (let n = 0; n < 128; n += 1) await write(block);
  squeeze.end(tail);
  await ended;
  // The checksum stays wrong on purpose: whoever would notice has unfolded all of it already.
  const size = head.length + 128 * block.length + tail.length;
  return zip([
    { name: "[Content_Types].xml", bytes: Buffer.from(CONTENT_TYPES) },
    { name: "_rels/.rels", bytes: Buffer.from(RELATIONS) },
    { name: "word/document.xml", packed: Buffer.concat(packed), size, crc: 0 },
  ]);
}

// ---- PDF ----
function pdfOf(objects, trailer = "") {
  const parts = [Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  const places = [];
  let at = parts[0].length;
  objects.forEach((object, index) => {
    places.push(at);
    const bytes = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.isBuffer(object) ? object : Buffer.from(object, "latin1"), Buffer.from("\nendobj\n")]);
    parts.push(bytes);
    at += bytes.length;
  });
  const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  parts.push(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${at}\n%%EOF\n`));
  return Buffer.concat(parts);
}
const stream = (dictionary, bytes) => Buffer.concat([Buffer.from(`<< ${dictionary} /Length ${bytes.length} >>\nstream\n`), bytes, Buffer.from("\nendstream")]);

/** A PDF of one page with these lines of text. */
export function pdf(lines, protect = (bytes) => bytes, objects = [], trailer = "") {
  const text = lines.map((line, index) => `${index === 0 ? "50 780 Td" : "0 -16 Td"} (${line.replace(/[\\()]/g, "\\$&")}) Tj`).join("\n");
  return pdfOf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    stream("", protect(Buffer.from(`BT /F1 11 Tf\n${text}\nET`, "latin1"))),
    ...objects,
  ], trailer);
}

const PADDING = Buffer.from("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a", "hex");
function rc4(key, bytes) {
  const state = Uint8Array.from({ length: 256 }, (_, n) => n);
  for (let i = 0, j = 0; i < 256; i += 1) { j = (j + state[i] + key[i % key.length]) & 255; [state[i], state[j]] = [state[j], state[i]]; }
  const out = Buffer.alloc(bytes.length);
  for (let n = 0, i = 0, j = 0; n < bytes.length; n += 1) {
    i = (i + 1) & 255;
    j = (j + state[i]) & 255;
    [state[i], state[j]] = [state[j], state[i]];
    out[n] = bytes[n] ^ state[(state[i] + state[j]) & 255];
  }
  return out;
}

/** A PDF that opens only with a password (the standard handler, revision 2). */
export function encryptedPdf(lines, password = "open sesame") {
  const md5 = (...parts) => createHash("md5").update(Buffer.concat(parts)).digest();
  const padded = Buffer.concat([Buffer.from(password), PADDING]).subarray(0, 32);
  const id = randomBytes(16);
  const rights = Buffer.alloc(4);
  rights.writeInt32LE(-4);
  const owner = rc4(md5(padded).subarray(0, 5), padded);
  const key = md5(padded, owner, rights, id).subarray(0, 5);
  const user = rc4(key, PADDING);
  const protect = (bytes) => rc4(md5(key, Buffer.from([5, 0, 0, 0, 0])).subarray(0, 10), bytes);
  const handler = `<< /Filter /Standard /V 1 /R 2 /O <${owner.toString("hex")}> /U <${user.toString("hex")}> /P -4 >>`;
  return pdf(lines, protect, [handler], `/Encrypt 6 0 R /ID [<${id.toString("hex")}> <${id.toString("hex")}>]`);
}

/** A PDF whose only page is a picture, as a scanner makes it. */
export function scannedPdf() {
  const grey = Buffer.alloc(64 * 64, 200);
  for (let n = 0; n < grey.length; n += 7) grey[n] = 20;
  return pdfOf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /I 4 0 R >> >> /Contents 5 0 R >>",
    stream("/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 8", grey),
    stream("", Buffer.from("q 595 0 0 842 0 0 cm /I Do Q")),
  ]);
}
