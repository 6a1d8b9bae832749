// Someone without a browser: pages and API by plain HTTP, with a cookie or a token.
import http from "node:http";
import { DEMO_PASSWORD } from "./server.mjs";

export class Client {
  constructor(base, { token } = {}) {
    this.base = base;
    this.token = token;
    this.cookie = "";
  }

  async send(method, address, { headers = {}, body, form, json, signal } = {}) {
    const url = new URL(address, this.base);
    const sent = { ...headers };
    if (this.cookie) sent.cookie = this.cookie;
    if (this.token) sent.authorization = `Bearer ${this.token}`;
    else if (method !== "GET") sent.origin = new URL(this.base).origin;
    if (form) { sent["content-type"] = "application/x-www-form-urlencoded"; body = new URLSearchParams(form).toString(); }
    if (json !== undefined) { sent["content-type"] = "application/json"; body = JSON.stringify(json); }
    const answer = await fetch(url, { method, headers: sent, body, redirect: "manual", signal, ...(body?.getReader ? { duplex: "half" } : {}) });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(";");
      const [name, value] = pair.split("=");
      if (name !== "countersign") continue;
      this.cookie = value ? pair : "";
    }
    return answer;
  }

  get(address, more) { return this.send("GET", address, more); }
  post(address, more) { return this.send("POST", address, more); }

  async json(method, address, more) {
    const answer = await this.send(method, address, more);
    const text = await answer.text();
    let value = null;
    if (text) { try { value = JSON.parse(text); } catch { throw new Error(`${method} ${address} answered ${answer.status} with no JSON: ${text.slice(0, 300)}`); } }
    return { status: answer.status, headers: answer.headers, value };
  }

  async signIn(email, password = DEMO_PASSWORD) {
    const answer = await this.post("/sign-in", { form: { email, password } });
    if (answer.status !== 303 || !this.cookie) throw new Error(`${email} could not sign in: ${answer.status} ${await answer.text()}`);
    return this;
  }

  /** A token for the API, made as the person makes it: on the account page. */
  async makeToken(name, access = "write") {
    const day = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
    const answer = await this.post("/account/tokens", { form: { token_name: name, access, expires_on: day } });
    const found = /value="(cs_[^"]+)"/.exec(await answer.text());
    if (!found) throw new Error(`no token was made: ${answer.status}`);
    return found[1];
  }
}

/** Signs in by the demonstration's password. */
export const signedIn = (base, email) => new Client(base).signIn(email);

/** What a contract's form or API body needs at least. */
export const FACTS = {
  title: "Hosting", us: "Meridian Health Systems GmbH", counterparty: "Nimbus Inc.", direction: "vendor", kind: "saas", our_role: "customer",
  paper: "theirs", data_classes: ["personal"], initiated_on: "2026-01-15",
};

/** Registers a contract through the API. */
export async function register(client, facts = {}) {
  const made = await client.json("POST", "/api/v1/contracts", { json: { ...FACTS, ...facts } });
  if (made.status !== 201) throw new Error(`not registered: ${made.status} ${JSON.stringify(made.value)}`);
  return made.value;
}

/** Uploads a document as the page's form does. */
export function uploadPage(client, id, name, bytes, more = {}) {
  const form = new FormData();
  form.set("note", "");
  form.set("file", bytes instanceof Blob ? bytes : new Blob([bytes]), name);
  return client.post(`/contracts/${id}/versions`, { body: form, ...more });
}

/** Uploads a document through the API, as the bytes of the file. */
export function upload(client, id, name, bytes, more = {}) {
  return client.json("POST", `/api/v1/contracts/${id}/versions?file_name=${encodeURIComponent(name)}`, { body: bytes, headers: { "content-type": "application/octet-stream" }, ...more });
}

/**
 * Sends `size` bytes of text to the API without holding them, and hears an answer that comes before all is sent, as curl
 * does and `fetch` does not. `chunked` says no length beforehand.
 */
export function stream(client, id, name, size, { chunked = false } = {}) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${client.token}`, "content-type": "application/octet-stream", ...(chunked ? {} : { "content-length": size }) };
    const request = http.request(new URL(`/api/v1/contracts/${id}/versions?file_name=${encodeURIComponent(name)}`, client.base), { method: "POST", headers });
    let heard = false;
    request.on("error", (error) => { if (!heard) reject(error); });
    request.on("response", (answer) => {
      heard = true;
      let text = "";
      answer.setEncoding("utf8").on("data", (part) => { text += part; }).on("error", reject).on("end", () => {
        request.destroy();
        resolve({ status: answer.statusCode, type: answer.headers["content-type"], value: JSON.parse(text) });
      });
    });
    const block = Buffer.alloc(1 << 20, "All work and no play. ");
    let left = size;
    const more = () => {
      while (left > 0 && !request.destroyed) {
        left -= block.length;
        if (!request.write(block)) { request.once("drain", more); return; }
      }
      if (!request.destroyed) request.end();
    };
    more();
  });
}
