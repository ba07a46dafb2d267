// The page of the office at AdvancedMD: how the two stand, what people have to decide, what was told, and the settings.

import { AppointmentsPart } from "./amd-appointments.js";
import { Card } from "./amd-card.js";
import { ConflictsPart } from "./amd-conflicts.js";
import { LogPart } from "./amd-log.js";
import { Names } from "./amd-names.js";
import { OverviewPart } from "./amd-overview.js";
import { PatientsPart } from "./amd-patients.js";
import { SettingsPart } from "./amd-settings.js";
import { ADMINS, FINDING, SEEING, SYNCING } from "./amd-words.js";
import { asking } from "./ask.js";
import { Deeds } from "./deeds.js";
import { byId, h, show } from "./dom.js";
import { endSession, openSession } from "./session.js";
import { askForToken } from "./signin.js";

const FORM = { title: "AdvancedMD", hint: "Paste your token. It is kept in this tab only, until it is closed." };
const EVERY = 30_000;
const PARTS = [
  ["overview", "Overview", SYNCING, OverviewPart],
  ["conflicts", "To decide", SYNCING, ConflictsPart],
  ["appointments", "Appointments", SEEING, AppointmentsPart],
  ["patients", "Patients", FINDING, PatientsPart],
  ["log", "Log", ADMINS, LogPart],
  ["settings", "Settings", ADMINS, SettingsPart],
];

const session = openSession();
const { ask: asked, insist } = asking(session.token);
const parts = PARTS.filter(([, , roles]) => roles.has(session.role));
let open = null;

/** Every request of the page: whoever is signed in no longer is asked for a token, once. */
async function ask(method, path, more) {
  try {
    return await asked(method, path, more);
  } catch (refusal) {
    if (refusal.status === 401 && !byId("screen").hidden) askForToken({ ...FORM, complaint: "You are not signed in any more." });
    throw refusal;
  }
}

const deeds = new Deeds({ list: byId("log"), insist, done: () => open?.refresh() });
const names = new Names(ask);
const page = { ask, deeds, names, session, standing, count };
page.card = new Card({ ask, insist, names, role: session.role, changed: () => open?.refresh() });

/** What the bar says of the whole, once it is known. */
function standing(state, text) {
  const said = byId("standing");
  said.hidden = !text;
  said.dataset.state = state;
  if (said.textContent !== text) said.textContent = text;
}

/** How many things wait behind a tab. */
function count(id, number) {
  const mark = byId("tabs").querySelector(`[href="#${id}"] .count`);
  if (mark) mark.textContent = number ? String(number) : "";
}

function goTo(id) {
  const wanted = parts.find(([name]) => name === id) ?? parts[0];
  for (const link of byId("tabs").children) {
    if (link.hash === `#${wanted[0]}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `AdvancedMD · ${wanted[1]}`;
  const element = h("div", { class: "part", data: { part: wanted[0] } });
  byId("part").replaceChildren(element);
  open = new wanted[3]({ ...page, element });
  open.refresh();
}

function begin() {
  byId("screen").hidden = false;
  byId("leave").onclick = endSession;
  if (!parts.length) {
    const text = "This page is for the clinic’s desks and doctors; with this token there is nothing to see.";
    show(byId("part"), "nothing", () => h("p", { class: "empty" }, text));
    return;
  }
  byId("tabs").append(...parts.map(([id, name]) => h("a", { class: "tab", href: `#${id}` }, name, " ", h("span", { class: "count" }))));
  addEventListener("hashchange", () => goTo(location.hash.slice(1)));
  goTo(location.hash.slice(1));
  setInterval(() => document.hidden || open?.again?.(), EVERY);
}

if (session.token) begin();
else askForToken(FORM);
