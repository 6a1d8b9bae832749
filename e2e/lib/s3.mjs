// An S3-compatible store over HTTP. s3rver keeps the objects; it does not check signatures of version 4, so that is done
// in front of it: whoever signs with another secret, or changes what was signed, is refused.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import S3rver from "s3rver";
import { scratchFolder } from "./server.mjs";

export const KEY_ID = "S3RVER"; // The only account that s3rver knows from the start.
const REGION = "us-east-1";

const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Is the request signed by the secret (AWS Signature Version 4, in the header)? */
function isSigned(request, secret) {
  const said = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? "");
  if (!said) return false;
  const [, keyId, date, region, names, signature] = said;
  const hash = request.headers["x-amz-content-sha256"];
  if (keyId !== KEY_ID || region !== REGION || !hash || !names.split(";").includes("host")) return false;
  const url = new URL(request.url, "http://store");
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort().join("&");
  const headers = names.split(";").map((name) => `${name}:${String(request.headers[name] ?? "").trim().replace(/ +/g, " ")}\n`).join("");
  const canonical = [request.method, url.pathname, query, headers, names, hash].join("\n");
  const scope = `${date}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const key = ["s3", "aws4_request"].reduce(hmac, hmac(hmac(`AWS4${secret}`, date), region));
  return timingSafeEqual(hmac(key, text), Buffer.from(signature, "hex"));
}

/** Starts a store with an empty bucket. `asked` counts what was asked, and what was refused. */
export async function startStore(bucket, secret) {
  const folder = scratchFolder("s3");
  const store = new S3rver({ silent: true, directory: folder, configureBuckets: [{ name: bucket }] });
  await store.configureBuckets();
  const answer = store.callback();
  const asked = { signed: 0, refused: 0 };
  const server = createServer((request, response) => {
    if (isSigned(request, secret)) {
      asked.signed += 1;
      answer(request, response);
      return;
    }
    asked.refused += 1;
    request.resume();
    response.writeHead(403, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>SignatureDoesNotMatch</Code><Message>The signature does not fit.</Message></Error>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  return { endpoint: `http://127.0.0.1:${server.address().port}`, folder, asked, close };
}
