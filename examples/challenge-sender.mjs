// Sends one command to a challenge device (docs/challenge-protocol.md), with nothing but
// Node's standard library. Classic and strict mode.
//
//   CHALLENGE_SECRET=... node challenge-sender.mjs --host 192.0.2.7 --port 6064 \
//     --id garage --command 0x4f --response 0x01=opened --response 0x02=blocked
//   CHALLENGE_SECRET=... node challenge-sender.mjs --host 192.0.2.7 --port 6064 \
//     --mode classic --hash sha1 --wake 1 --challenge 8 --command 0x4f
//
// Prints one line. Exit status: 0 confirmed, or sent to a device that gives no response;
// 1 not executed; 2 outcome unknown: do not simply try again; 64 bad usage.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { connect } from "node:net";
import { parseArgs } from "node:util";

const { values: given } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string" },
    mode: { type: "string", default: "strict" },
    hash: { type: "string", default: "sha256" },
    id: { type: "string", default: "" },
    wake: { type: "string", default: "16" },
    challenge: { type: "string", default: "16" },
    command: { type: "string" },
    response: { type: "string", multiple: true, default: [] },
    timeout: { type: "string", default: "5000" },
  },
});

function usage(problem) {
  console.error(problem);
  process.exit(64);
}

function number(text, name, low, high) {
  // An empty text is no number, although Number("") is 0.
  const value = text?.trim() ? Number(text) : NaN;
  if (!Number.isInteger(value) || value < low || value > high) usage(`${name}: ${low} to ${high}`);
  return value;
}

const strict = given.mode === "strict";
if (!strict && given.mode !== "classic") usage("mode: strict or classic");
const size = { sha256: 32, sha1: 20, sha512: 64 }[given.hash] ?? usage("hash: sha256, sha1, sha512");
const secret = Buffer.from(process.env.CHALLENGE_SECRET ?? "");
const id = Buffer.from(given.id);
const wakeLength = strict ? 16 : number(given.wake, "wake", 0, 64);
const challengeLength = number(given.challenge, "challenge", strict ? 16 : 1, 64);
const command = number(given.command, "command", 0, 255);
const timeout = number(given.timeout, "timeout", 1, 600000);
const responses = given.response.map((row) => {
  const [byte, name] = row.split("=");
  return { byte: number(byte, "response", 0, 255), name: name ?? byte };
});
if (secret.length < (strict ? 16 : 1) || secret.length > 64) usage("CHALLENGE_SECRET: wrong length");
if (strict && (id.length < 1 || id.length > 32)) usage("id: 1 to 32 bytes");

const prefixed = (part) => Buffer.concat([Buffer.from([part.length]), part]);
const mac = (key, parts) => createHmac(given.hash, key).update(Buffer.concat(parts)).digest();
const key = strict
  ? mac(secret, [Buffer.from("oceanremote-challenge/1 strict"), prefixed(id)])
  : secret;

// `bytes` is [command] for the answer, [command, response] for a response.
function proof(nonce, challenge, bytes) {
  if (!strict) return mac(key, [challenge, Buffer.from([bytes.at(-1)])]);
  const direction = bytes.length === 1 ? "C" : "R";
  const parts = [Buffer.from("oc-challenge/1"), Buffer.from(direction), nonce, challenge];
  return mac(key, [...parts, ...bytes.map((byte) => Buffer.from([byte]))].map(prefixed));
}

const nonce = strict ? randomBytes(wakeLength) : Buffer.alloc(wakeLength);
let challenge = null;
let received = Buffer.alloc(0);
let over = false;

const socket = connect({ host: given.host, port: number(given.port, "port", 1, 65535) });
const timer = setTimeout(() => failed("no answer in time"), timeout);

function finish(status, text) {
  if (over) return;
  over = true;
  clearTimeout(timer);
  console.log(text);
  process.exitCode = status;
  socket.destroySoon();
}

function failed(reason) {
  if (challenge === null) finish(1, `not executed: ${reason}`);
  else finish(2, `unknown: ${reason}`);
}

function readChallenge() {
  if (received.length > challengeLength) return failed("longer challenge than configured");
  if (received.subarray(0, 22).equals(Buffer.from("oceanremote-challenge/")))
    return failed("forbidden challenge");
  challenge = received;
  received = Buffer.alloc(0);
  socket.write(proof(nonce, challenge, [command]), () => {
    if (responses.length === 0) finish(0, "sent");
  });
}

function readResponse() {
  if (received.length > size) return failed("longer response than the hash");
  const match = responses.filter(({ byte }) =>
    timingSafeEqual(proof(nonce, challenge, [command, byte]), received),
  );
  if (match.length === 0) return failed("response not in the table");
  finish(0, `confirmed: ${match[0].name}`);
}

socket.on("connect", () => socket.write(nonce));
socket.on("data", (data) => {
  if (over) return;
  received = Buffer.concat([received, data]);
  if (challenge === null && received.length >= challengeLength) readChallenge();
  else if (challenge !== null && responses.length > 0 && received.length >= size) readResponse();
});
socket.on("error", (error) => failed(error.code));
socket.on("close", () => failed("connection closed"));
