// The analysts' page. Data reaches the document as text nodes and attributes only, never as markup.
//
// What is shown is asked for again every few seconds; a dump's attribution and sightings, whose every view is audited,
// only when the dump itself has changed.
import { languages } from "/words.js";

const POLL_MS = 4000;
const SVG = "http://www.w3.org/2000/svg";

const state = {
  words: languages[localStorage.getItem("language")] || languages[navigator.language.startsWith("zh") ? "zh-CN" : "en"],
  loggedIn: undefined, // until the first answer
  list: null, // of /dumps
  detail: null, // {id, dump, attribution, sightings, weak}
  missing: null, // the id of a dump that is not there
  weak: false,
};

const byId = (id) => document.getElementById(id);

/* --- making elements --- */

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((c) => c != null && c !== false));
  return element;
}
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/* --- values as people read them --- */

const number = (v, digits = 0) =>
  v == null ? "–" : new Intl.NumberFormat(state.words.lang, { maximumFractionDigits: digits }).format(v).replace("-", "−");
// Only what is certain is 100 %.
const percent = (v) => {
  const shown = v < 1 ? Math.min(v, 0.9999) : v;
  return (shown < v ? "> " : "") +
    new Intl.NumberFormat(state.words.lang, { style: "percent", maximumFractionDigits: 2 }).format(shown);
};

function bytes(v) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; v >= 1024 && unit < units.length - 1; unit++) v /= 1024;
  return `${number(v, v < 10 && unit > 0 ? 1 : 0)} ${units[unit]}`;
}

function time(text) {
  return text ? el("time", { datetime: text }, text.replace("T", " ").replace(/:\d\dZ$/, " UTC")) : "–";
}

// 0.04, or 1.2 × 10⁻⁹ with a real superscript.
function small(v) {
  if (v == null) return "–";
  if (v === 0) return ["< 10", el("sup", {}, "−300")];
  if (v >= 0.001) return number(v, 3);
  const [mantissa, exponent] = v.toExponential(1).split("e-");
  return [`${mantissa.replace(/\.0$/, "")} × 10`, el("sup", {}, `−${exponent}`)];
}

// A posterior of 0.9999999 is no certainty.
const posterior = (v) => (v == null ? "–" : v > 0.9999 ? "> 0.9999" : v < 0.0001 ? "< 0.0001" : number(v, 4));

// A path breaks after its slashes.
const path = (text, tag = "span") => el(tag, { class: "path" }, text.split(/(?<=\/)/).map((part) => [part, el("wbr")]));

// "10^12.3" in a sentence becomes a superscript.
function sentence(pieces) {
  return pieces.map((piece) =>
    Array.isArray(piece)
      ? piece.map((p, i) => [i ? ", " : "", path(p, "strong")])
      : piece.split(/(10\^[-\d.]+)/).map((s) => (s.startsWith("10^") ? ["10", el("sup", {}, s.slice(3).replace("-", "−"))] : s)));
}

/* --- small drawings --- */

// low ├──●──┤ high, on a scale from 0 that all rows of the table share
function intervalPlot(leaked, most) {
  const w = state.words;
  const [e, l, h] = [leaked.estimate, leaked.low, leaked.high];
  const x = (v) => 4 + (152 * v) / (most || 1);
  return svg("svg", { class: "interval", viewBox: "0 0 160 18", width: 160, height: 18, role: "img",
    "aria-label": w.leakedSays(number(e), number(l), number(h)) },
  svg("line", { class: "axis", x1: 4, x2: 156, y1: 9, y2: 9 }),
  svg("line", { class: "range", x1: x(l), x2: x(h), y1: 9, y2: 9 }),
  svg("line", { class: "end", x1: x(l), x2: x(l), y1: 4, y2: 14 }),
  svg("line", { class: "end", x1: x(h), x2: x(h), y1: 4, y2: 14 }),
  svg("circle", { class: "estimate", cx: x(e), cy: 9, r: 4 }));
}

// Each field's bits begin where those before it ended; what speaks against it goes back to the left.
function waterfall(sighting, most, threshold) {
  const x = (v) => (200 * Math.max(v, 0)) / most;
  let sum = 0;
  const steps = (sighting.evidence || []).map((e, i) => {
    const from = sum;
    sum += e.bits;
    return svg("rect", { class: e.bits < 0 ? "against" : `step step${i % 4}`, x: x(Math.min(from, sum)), y: 2,
      width: Math.max(Math.abs(x(sum) - x(from)), 0.5), height: 12 });
  });
  return svg("svg", { class: "waterfall", viewBox: "0 0 200 16", width: 200, height: 16, role: "img",
    "aria-label": state.words.bitsSays(number(sighting.bits, 1), threshold && number(threshold, 1)) },
  steps, threshold ? svg("line", { class: "limit", x1: x(threshold), x2: x(threshold), y1: 0, y2: 16 }) : null);
}

/* --- pieces of the page --- */

function badge(verdict) {
  const known = Object.hasOwn(state.words.verdicts, verdict);
  return el("span", { class: `badge ${known ? verdict : "pending"}` }, known ? state.words.verdicts[verdict] : verdict);
}

// columns: [title, class, node of a row]; the first names its row
function table(caption, columns, rows) {
  return el("div", { class: "scroll", role: "region", "aria-label": caption, tabindex: 0 },
    el("table", {}, el("caption", { class: "hidden" }, caption),
      el("thead", {}, el("tr", {}, columns.map(([title, kind]) => el("th", { scope: "col", class: kind }, title)))),
      el("tbody", {}, rows.map((row) => el("tr", { class: row.in_set || undefined },
        columns.map(([, kind, cell], i) => el(i ? "td" : "th", { class: kind, scope: i ? null : "row" }, cell(row))))))));
}

function paths(list) {
  return list.length ? el("ul", { class: "paths" }, list.map((p) => path(p, "li"))) : "–";
}

const heading = (text, ...more) => el("h1", { tabindex: -1, id: "top" }, text, more);
const facts = (pairs) => el("dl", { class: "facts" }, pairs.filter(([, v]) => v != null && v !== "")
  .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));

function loginView() {
  const w = state.words;
  const complaint = el("p", { role: "alert", class: "complaint", id: "complaint" });
  const input = el("input", { id: "token", type: "password", autocomplete: "off", spellcheck: "false", required: true,
    "aria-describedby": "token-help complaint" });
  const submit = async (event) => {
    event.preventDefault();
    const answer = await fetch("/api/v1/login", { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: input.value.trim() }) }).catch(() => null);
    if (answer && answer.status === 204) {
      input.value = "";
      state.loggedIn = undefined;
      await refresh();
      byId("main").focus();
      return;
    }
    complaint.textContent = answer && answer.status === 401 ? w.wrongToken : answer && answer.status === 429 ? w.tooMany : w.away;
    input.focus();
    input.select();
  };
  return el("form", { class: "login", onsubmit: submit }, heading(w.login),
    el("label", { for: "token" }, w.token), input,
    el("p", { class: "help", id: "token-help" }, w.tokenHelp, " ", el("code", {}, "dyetrace token add")),
    complaint, el("button", { type: "submit", class: "primary" }, w.login));
}

function listView() {
  const w = state.words;
  const dumps = state.list.dumps;
  const columns = [
    [w.label, "name", (d) => el("a", { href: `#/dumps/${d.dump}`, id: `link-${d.dump}` }, d.label || d.dump)],
    [w.acquired, "", (d) => time(d.acquired_at)],
    [w.size, "num", (d) => bytes(d.bytes)],
    [w.records, "num", (d) => number(d.records)],
    [w.sightings, "num", (d) => number(d.sightings)],
    [w.verdict, "", (d) => (d.attribution ? badge(d.attribution) : el("span", { class: "quiet" }, w.open))],
    [w.set, "", (d) => paths(d.set)],
  ];
  return [heading(w.dumps), dumps.length ? table(w.dumps, columns, dumps) : el("p", { class: "empty" }, w.noDumps),
    state.list.more ? el("p", { class: "quiet" }, w.more(dumps.length)) : null];
}

function conclusion(a) {
  const w = state.words.conclusion;
  if (!a) return w.pending();
  if (a.verdict !== "attributed") return (w[a.verdict] || w.pending)();
  if (!a.set.length) return w.elsewhere();
  const named = a.sources.filter((s) => a.set.includes(s.source)).map((s) => s.log10_lr);
  return w.attributed(a.set, number(Math.max(...named), 1));
}

function sourcesSection(a) {
  const w = state.words;
  const most = Math.max(0, ...a.sources.map((s) => (s.leaked ? s.leaked.high : 0)));
  const triage = (title) => [title, " ", el("span", { class: "triage" }, w.triage)];
  const columns = [
    [w.source, "name", (s) => [path(s.source),
      a.set.includes(s.source) ? el("span", { class: "badge attributed" }, w.inSet) : null]],
    [el("abbr", { title: w.lrTitle }, w.lr), "num strong", (s) => number(s.log10_lr, 2)],
    [w.p, "num", (s) => small(s.p_value)],
    [w.seen, "num", (s) => `${number(s.seen)} / ${number(s.planted)}`],
    [w.leaked, "", (s) => (s.leaked ? [el("span", { class: "num" }, number(s.leaked.estimate)),
      intervalPlot(s.leaked, most),
      el("span", { class: "quiet" }, w.interval(number(s.leaked.low), number(s.leaked.high)))] : "–")],
    [w.taken, "", (s) => el("dl", { class: "taken" }, el("dt", {}, w.after), el("dd", {}, time(s.taken.after)),
      el("dt", {}, w.before), el("dd", {}, time(s.taken.before)))],
    [triage(w.posterior), "num quiet", (s) => posterior(s.posterior)],
    [triage(w.baseline), "num quiet", (s) => posterior(s.baseline)],
  ];
  return el("section", {}, el("h2", {}, w.sources), table(w.sources, columns, a.sources));
}

function evidenceSection(detail) {
  const w = state.words;
  const rows = detail.sightings.sightings;
  const threshold = detail.dump.threshold_bits;
  const high = (s) => Math.max(0, ...(s.evidence || []).reduce((sums, e) => [...sums, (sums.at(-1) || 0) + e.bits], []));
  const most = Math.max(threshold || 0, 1, ...rows.map(high));
  const word = (table_, key) => (Object.hasOwn(table_, key) ? table_[key] : key);
  const field = (e) => el("li", { class: e.bits < 0 ? "against" : null }, word(w.kinds, e.kind), " · ",
    word(w.forms, e.form), " ", el("b", {}, (e.bits < 0 ? "−" : "+") + number(Math.abs(e.bits), 1)));
  const columns = [
    [w.canary, "name", (s) => [el("code", {}, s.canary),
      s.variant !== "A" ? el("span", { class: "quiet" }, ` ${w.variant} ${s.variant}`) : null,
      s.weak ? el("span", { class: "badge insufficient" }, w.weakBadge) : null]],
    [w.source, "", (s) => paths(s.sources || (s.source ? [s.source] : []))],
    [w.part, "", (s) => path(s.part || w.plainFile)],
    [w.offset, "num", (s) => number(s.offset)],
    [w.fields, "", (s) => el("ul", { class: "fields" }, (s.evidence || []).map(field))],
    [w.bits, "", (s) => [el("b", {}, number(s.bits, 1)), waterfall(s, most, threshold)]],
    [w.probability, "num", (s) => posterior(s.probability)],
  ];
  const toggle = el("input", { type: "checkbox", id: "weak", checked: state.weak, onchange: (event) => {
    state.weak = event.target.checked;
    refresh();
  } });
  return el("section", {}, el("h2", {}, w.evidence),
    el("p", { class: "toggle" }, toggle, el("label", { for: "weak" }, w.weak)),
    rows.length ? table(w.evidence, columns, rows) : el("p", { class: "empty" }, w.noSightings),
    rows.length && threshold ? el("p", { class: "quiet" }, w.threshold(number(threshold, 1))) : null,
    detail.sightings.more ? el("p", { class: "quiet" }, w.more(rows.length)) : null);
}

function dumpSection(d) {
  const w = state.words;
  const reading = (v) => (v ? el("span", { class: `reading ${v}` }, w.reading[v]) : "–");
  return el("section", {}, el("h2", {}, w.file),
    facts([[w.id, el("code", {}, d.dump)], ["SHA-256", el("code", { class: "hash" }, d.sha256)],
      ["SM3", d.sm3 && el("code", { class: "hash" }, d.sm3)], [w.size, bytes(d.bytes)], [w.records, number(d.records)],
      [w.read, reading(d.verdict)]]),
    d.acquisitions.length ? [el("h3", {}, w.acquisitions), table(w.acquisitions, [
      [w.label, "name", (a) => a.label || a.acquisition],
      [w.acquired, "", (a) => time(a.acquired_at)],
      ...[["feed", w.feed], ["origin", w.origin], ["seller", w.seller], ["price", w.price], ["basis", w.basis]]
        .filter(([key]) => d.acquisitions.some((a) => a[key])).map(([key, title]) => [title, "", (a) => a[key] || "–"]),
    ], d.acquisitions)] : null,
    d.parts.length ? [el("h3", {}, w.partsTitle(number(d.parts_total))), table(w.partsTitle(number(d.parts_total)), [
      [w.part, "name", (p) => path(p.part || w.plainFile)],
      [w.size, "num", (p) => (p.bytes == null ? "–" : bytes(p.bytes))],
      [w.records, "num", (p) => number(p.records)],
      [w.read, "", (p) => reading(p.verdict)],
      [w.reason, "", (p) => p.reason || "–"],
    ], d.parts)] : null);
}

function detailView() {
  const w = state.words;
  const { dump, attribution } = state.detail;
  const verdict = attribution && attribution.verdict;
  return [el("nav", {}, el("a", { href: "#/", id: "back" }, "← ", w.back)),
    heading(dump.label || dump.dump, " ", verdict ? badge(verdict) : el("span", { class: "quiet" }, w.open)),
    el("section", { class: `conclusion ${verdict || "pending"}`, "aria-labelledby": "conclusion" },
      el("h2", { id: "conclusion" }, w.verdict),
      el("p", {}, sentence(conclusion(attribution))),
      attribution && attribution.power != null ? el("p", { class: "quiet" }, w.power(percent(attribution.power))) : null,
      attribution && (attribution.controls > 0 || attribution.unexplained > 0) ? facts([
        [w.controls, attribution.controls ? number(attribution.controls) : null],
        [w.unexplained, attribution.unexplained ? number(attribution.unexplained) : null]]) : null),
    attribution && attribution.sources.length ? sourcesSection(attribution) : null,
    attribution && attribution.undecided.length ? el("section", {}, el("h2", {}, w.undecided),
      el("p", { class: "quiet" }, w.undecidedMeans), attribution.undecided.map((group) => el("div", { class: "group" }, paths(group)))) : null,
    evidenceSection(state.detail), dumpSection(dump)];
}

/* --- showing it --- */

function view() {
  const w = state.words;
  if (state.loggedIn === false) return loginView();
  if (state.list === null) return el("p", { class: "empty" }, w.loading);
  const id = route();
  if (id === null) return listView();
  if (state.detail && state.detail.id === id) return detailView();
  return state.missing === id ? [el("nav", {}, el("a", { href: "#/", id: "back" }, "← ", w.back)), heading(w.notFound)]
    : el("p", { class: "empty" }, w.loading);
}

function render() {
  const w = state.words;
  const held = document.activeElement && document.activeElement.id;
  const typed = byId("token") && byId("token").value;
  document.documentElement.lang = w.lang;
  byId("skip").textContent = w.skip;
  byId("footer").textContent = w.footer;
  const language = byId("language");
  language.textContent = w.other;
  language.lang = w.otherLang;
  byId("logout").textContent = w.logout;
  byId("logout").hidden = !state.loggedIn;
  byId("viewer").textContent = (state.loggedIn && state.list && state.list.viewer) || "";
  byId("main").replaceChildren(...[view()].flat(Infinity).filter(Boolean));
  const top = byId("top");
  document.title = top ? `${top.firstChild.textContent} · dyetrace` : "dyetrace";
  if (typed && byId("token")) byId("token").value = typed;
  if (held && byId(held) && document.activeElement.id !== held) byId(held).focus({ preventScroll: true });
}

/* --- asking for it --- */

const route = () => (location.hash.match(/^#\/dumps\/([0-9a-z]+)$/) || [null, null])[1];

class LoggedOut extends Error {}

async function get(path) {
  const answer = await fetch(`/api/v1${path}`, { headers: { Accept: "application/json" } });
  if (answer.status === 401) throw new LoggedOut();
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

// The dump with its attribution and sightings; as it is known where nothing has changed; null where there is none.
async function detail(id, known) {
  const weak = state.weak;
  const dump = await get(`/dumps/${id}`);
  if (!dump) return null;
  if (known && known.id === id && known.weak === weak && JSON.stringify(known.dump) === JSON.stringify(dump)) return known;
  const [attribution, sightings] = await Promise.all([dump.attribution && get(`/dumps/${id}/attribution`),
    get(`/dumps/${id}/sightings${weak ? "?weak=1" : ""}`)]);
  return sightings && { id, dump, attribution, sightings, weak };
}

let shown = ""; // what the document was made of
let turn = 0; // of the latest refresh: an older one that answers late is not shown

async function refresh() {
  const mine = ++turn;
  const id = route();
  try {
    const list = id && state.list ? state.list : await get("/dumps");
    const next = id ? await detail(id, state.detail) : null;
    if (mine !== turn) return;
    Object.assign(state, { loggedIn: true, list, detail: next, missing: id && !next ? id : null });
    byId("notice").textContent = "";
  } catch (error) {
    if (mine !== turn) return;
    if (error instanceof LoggedOut) Object.assign(state, { loggedIn: false, list: null, detail: null, missing: null });
    else byId("notice").textContent = state.words.away;
  }
  const now = JSON.stringify([state, id]);
  if (now !== shown) {
    shown = now;
    render();
  }
}

byId("language").addEventListener("click", () => {
  state.words = languages[state.words.otherLang];
  localStorage.setItem("language", state.words.lang);
  render();
});
byId("logout").addEventListener("click", async () => {
  await fetch("/api/v1/logout", { method: "POST" }).catch(() => null);
  location.hash = "#/";
  await refresh();
});
byId("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the fragment is the route
  byId("main").focus();
});
window.addEventListener("hashchange", async () => {
  await refresh();
  window.scrollTo(0, 0);
  if (byId("top")) byId("top").focus({ preventScroll: true });
});
document.addEventListener("visibilitychange", () => document.hidden || refresh());
setInterval(() => document.hidden || state.loggedIn === false || refresh(), POLL_MS);

render();
refresh();
