"use strict";
// The page asks for what it does not know yet, once a second, and sends what the runner adds or states.
const byId = (id) => document.getElementById(id);
const known = { turn: -1, rows: 0, report: -1, typed: false };
const NUMBERS = ["heart_rate_max", "heart_rate_rest", "easy_ceiling", "threshold_heart_rate", "threshold_speed",
  "cadence_at_3", "birth_year", "mass", "height"];
const GROUNDS = ["", "trail", "road", "unknown"];
const INTENTS = ["", "easy", "hard", "race"];

function cell(row, text) {
  const made = document.createElement("td");
  made.textContent = text;
  row.append(made);
  return made;
}

function choice(row, about, values, chosen, { address, key, words }) {
  const place = cell(row, "");
  if (about.failed) return;
  const made = document.createElement("select");
  made.setAttribute("aria-label", `${words} ${about.file}, as you know it`);
  Object.assign(made.dataset, { file: about.file, address, key });
  for (const value of values) made.add(new Option(value || "–", value, false, value === chosen));
  place.append(made);
}

function rowOf(about) {
  const row = document.createElement("tr");
  cell(row, about.date);
  const name = cell(row, about.name || about.file);
  if (about.name || about.note) {
    const small = document.createElement("small");
    small.textContent = [about.name ? about.file : "", about.note].filter(Boolean).join(" – ");
    name.append(small);
  }
  cell(row, about.sport);
  cell(row, about.failed ? "can't be used" : about.ground);
  choice(row, about, GROUNDS, about.label, { address: "label", key: "surface", words: "Ground of" });
  choice(row, about, INTENTS, about.meant, { address: "intent", key: "intent", words: "Intent of" });
  for (const key of ["distance", "time", "ascent"]) cell(row, about.failed ? "" : about[key]);
  return row;
}

function show(state) {
  if (state.turn !== known.turn || state.first === 0) byId("rows").replaceChildren();
  byId("rows").append(...state.rows.map(rowOf));
  known.rows = state.first + state.rows.length;
  const reading = state.busy && state.total > 0;
  byId("progress").hidden = !reading;
  byId("progress").max = Math.max(state.total, 1);
  byId("progress").value = state.done;
  const words = state.busy
    ? (reading ? `Reading: ${state.done} of ${state.total}` : "Looking …")
    : (known.rows ? `${known.rows} recordings, up to date` : "No recordings yet");
  if (byId("status").textContent !== words) byId("status").textContent = words;
  say(state.problem);
  byId("export").hidden = !state.report;
  byId("empty").hidden = state.report;
  byId("page").hidden = !state.report;
  if (state.report && known.report !== state.turn) {
    known.report = state.turn;
    renew(state.turn);
  }
  known.turn = state.turn;
}

function renew(turn) {
  // Replaced, so that going back leaves the page and not one report after the other.
  const inside = byId("page").contentWindow;
  const at = inside.scrollY;
  byId("page").addEventListener("load", () => inside.scrollTo(0, at), { once: true });
  inside.location.replace(new URL(`report?turn=${turn}${inside.location.hash}`, document.baseURI));
}

function say(problem) {
  const place = byId("problem");
  if (place.textContent !== problem) place.textContent = problem;
  place.hidden = !problem;
}

async function ask(address, options) {
  const answer = await fetch(address, options);
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.problem || "it did not work");
  return content;
}

const tell = (address, content) => ask(address, { method: "POST", body: JSON.stringify(content) });

async function follow() {
  try {
    show(await ask(`state?turn=${known.turn}&rows=${known.rows}`));
  } catch (problem) {
    byId("status").textContent = "trailstats was ended: start it again and open its new address";
  }
  setTimeout(follow, 1000);
}

async function add(files) {
  const problems = [];
  for (const file of files) {
    byId("status").textContent = `Adding ${file.name}`;
    try {
      await ask(`files?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    } catch (problem) {
      problems.push(problem.message);
    }
  }
  say(problems.join("; "));
}

function choose(name) {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !chosen;
    if (chosen && document.activeElement.getAttribute("role") === "tab") tab.focus();
  }
  if (name === "profile") ask("profile").then(fill, (problem) => say(problem.message));
}

function fill(stated) {
  // What is being typed stays.
  if (known.typed) return;
  for (const field of byId("stated").elements) {
    if (!field.name) continue;
    const value = stated[field.name];
    field.value = value === null || value === undefined ? "" : Array.isArray(value) ? value.join(", ") : value;
  }
}

function stated() {
  const found = {};
  for (const field of byId("stated").elements) {
    if (!field.name) continue;
    const text = field.value.trim();
    if (field.name === "races") found.races = text.split(/[\s,;]+/).filter(Boolean);
    else if (NUMBERS.includes(field.name)) {
      const number = Number(text.replace(",", "."));
      found[field.name] = text === "" ? null : Number.isNaN(number) ? text : number;
    } else found[field.name] = text;
  }
  return found;
}

document.addEventListener("DOMContentLoaded", () => {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  for (const tab of tabs) {
    tab.addEventListener("click", () => choose(tab.id.slice(4)));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      choose(tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length].id.slice(4));
    });
  }
  byId("files").addEventListener("change", (event) => {
    add([...event.target.files]).finally(() => { event.target.value = ""; });
  });
  byId("rows").addEventListener("change", (event) => {
    const { file, address, key } = event.target.dataset;
    tell(address, { file, [key]: event.target.value }).catch((problem) => say(problem.message));
  });
  byId("stated").addEventListener("input", () => { known.typed = true; });
  byId("stated").addEventListener("submit", (event) => {
    event.preventDefault();
    tell("profile", stated()).then(
      () => {
        known.typed = false;
        byId("told").textContent = "Kept; the report follows.";
      },
      (problem) => { byId("told").textContent = problem.message; },
    );
  });
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      byId("drop").hidden = false;
    });
  }
  byId("drop").addEventListener("dragleave", () => { byId("drop").hidden = true; });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    byId("drop").hidden = true;
    add([...event.dataTransfer.files]);
  });
  follow();
});
