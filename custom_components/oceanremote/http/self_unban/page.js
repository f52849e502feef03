"use strict";

const CLIENT = `${location.origin}/`;
const PAGE = `${CLIENT}self-unban/`;
const API = "/api/oceanremote/self-unban";
const BEGUN = "oceanremote_login";
const AGAIN = "Please log in again.";

const byId = (id) => document.getElementById(id);

/* What came of it, and what a person can do next. */
function show(sentence, lifted) {
  const result = byId("result");
  result.textContent = sentence;
  result.className = lifted ? "good" : "bad";
  byId("explanation").hidden = lifted;
  byId("hint").hidden = !lifted;
  byId("home").hidden = !lifted;
  byId("login").hidden = lifted;
  result.focus();
}

function base64url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/* RFC 7636, where the browser can hash: on plain HTTP it does so on this machine only. */
async function challengeOf(verifier) {
  if (!crypto.subtle) {
    return {};
  }
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return { code_challenge: base64url(new Uint8Array(hash)),
    code_challenge_method: "S256" };
}

async function logIn() {
  const begun = { state: random(), verifier: random() };
  const query = new URLSearchParams({
    response_type: "code", client_id: CLIENT, redirect_uri: PAGE, state: begun.state,
    ...await challengeOf(begun.verifier) });
  sessionStorage.setItem(BEGUN, JSON.stringify(begun));
  location.assign(`/auth/authorize?${query}`);
}

function post(path, fields, headers = {}) {
  return fetch(path, {
    method: "POST", body: new URLSearchParams(fields), headers, keepalive: true });
}

async function sentenceOf(answer) {
  switch (answer.status) {
    case 200:
    case 403:
      return (await answer.json()).message;
    case 401:
      return `Home Assistant did not accept this login. ${AGAIN}`;
    case 429:
      return "That was too often. Wait " +
        `${Number(answer.headers.get("Retry-After")) || 60} seconds, then log in again.`;
    case 503:
      return "OceanRemote is not running. Try again in a minute.";
    default:
      return "Something went wrong in Home Assistant. Its log may say more.";
  }
}

/* Whether the login of this page has ended. */
async function giveBack(token) {
  try {
    return (await post("/auth/revoke", { token })).ok;
  } catch {
    return false;
  }
}

async function unban(code, verifier) {
  const login = await post("/auth/token", {
    grant_type: "authorization_code", code, code_verifier: verifier, client_id: CLIENT });
  if (!login.ok) {
    show(`The login did not work. ${AGAIN}`, false);
    return;
  }
  const tokens = await login.json();
  let returned = false;
  let sentence = "";
  let lifted = false;
  try {
    const answer = await post(API, {}, { Authorization: `Bearer ${tokens.access_token}` });
    lifted = answer.ok;
    sentence = await sentenceOf(answer);
  } finally {
    returned = await giveBack(tokens.refresh_token);
  }
  const left = "This login is still listed in your profile, under Security: end it there.";
  show(returned ? sentence : `${sentence} ${left}`, lifted);
}

async function goOn(query) {
  const begun = JSON.parse(sessionStorage.getItem(BEGUN));
  sessionStorage.removeItem(BEGUN);
  history.replaceState(null, "", PAGE);
  if (!begun || query.get("state") !== begun.state) {
    show(`That login was not started on this page, so it was not used. ${AGAIN}`, false);
    return;
  }
  byId("result").textContent = "One moment…";
  try {
    await unban(query.get("code"), begun.verifier);
  } catch {
    show("Home Assistant did not answer. Check your connection and log in again.", false);
  }
}

byId("asleep").hidden = true;
byId("login").addEventListener("click", logIn);
const query = new URLSearchParams(location.search);
if (query.has("code")) {
  goOn(query);
} else {
  byId("login").hidden = false;
}
