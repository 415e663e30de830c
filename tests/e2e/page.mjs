// The portal's page in a real browser: node page.mjs BUILD_DIR [--shots DIR]. TAP on standard output.
//
// Makes a home with its own database, fills it with page.sql, starts dyetrace-portal on a free port, and uses the page as
// an analyst, as an owner and as a stranger would. Everything is removed at the end.
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { execFileSync, spawn } from "node:child_process";
import { chownSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const build = resolve(process.argv[2] || "build");
const shots = process.argv[3] === "--shots" ? resolve(process.argv[4]) : null;
const temporary = mkdtempSync(join(tmpdir(), "dye-page-"));
const home = join(temporary, "home");
const OUTPATIENT = "lake-hospital/his/outpatient";

/* --- TAP --- */

let checks = 0;
let failures = 0;
async function check(what, fact) {
  let wrong = "";
  try {
    if (!(await fact())) wrong = "it does not hold";
  } catch (error) {
    wrong = error.message.split("\n").slice(0, 6).join(" | ");
  }
  checks++;
  if (wrong) failures++;
  console.log(`${wrong ? "not ok" : "ok"} ${checks} - ${what}${wrong ? `\n# ${wrong}` : ""}`);
}

/* --- the home --- */

const dyetrace = (...args) => execFileSync(join(build, "bin/dyetrace"), [...args, "--home", home],
  { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

function psql(...args) {
  const { conninfo } = JSON.parse(dyetrace("status", "--json"));
  return execFileSync("psql", [conninfo, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", ...args], { encoding: "utf8" });
}

function makeHome() {
  execFileSync("chmod", ["711", temporary]); // init drops root's rights and must still reach the home
  dyetrace("init");
  psql("-f", join(here, "page.sql"));
  const config = join(home, "dyetrace.yaml");
  const { uid, gid } = statSync(config);
  copyFileSync(config, `${config}.portal`);
  writeFileSync(`${config}.portal`, readFileSync(config, "utf8").replace(/listen: .*/, "listen: '127.0.0.1:0'"));
  if (process.getuid() === 0) chownSync(`${config}.portal`, uid, gid);
}

const token = (label, ...more) => dyetrace("token", "add", "--label", label, ...more).trim();

let portal;
let portalLog = "";
function startPortal() {
  portal = spawn(join(build, "bin/dyetrace-portal"),
    ["--home", home, "--config", join(home, "dyetrace.yaml.portal"), "--foreground"], { stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((done, fail) => {
    portal.on("exit", (code) => fail(new Error(`the portal ended with ${code}: ${portalLog}`)));
    createInterface({ input: portal.stderr }).on("line", (line) => {
      portalLog += `${line}\n`;
      const port = / event=up .*port=(\d+)/.exec(line);
      if (port) done(`http://127.0.0.1:${port[1]}`);
    });
  });
}

function stop(process_, signal) {
  return new Promise((done) => {
    if (!process_ || process_.exitCode !== null) return done(process_ ? process_.exitCode : null);
    process_.removeAllListeners("exit");
    process_.on("exit", (code) => done(code));
    process_.kill(signal);
  });
}

/* --- the browser --- */

async function shot(page, name) {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

async function axe(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter((v) => ["serious", "critical"].includes(v.impact));
  if (grave.length) throw new Error(grave.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`).join("; "));
  return true;
}

async function login(page, base, secret) {
  await page.goto(base);
  await page.locator("#token").fill(secret);
  await page.locator("form button").click();
  await page.locator("table").first().waitFor();
}

const text = (page, selector) => page.locator(selector).first().innerText();
const sees = async (page, selector, words) => (await page.locator(selector).filter({ hasText: words }).first().waitFor(), true);

async function analyst(browser, base, secret) {
  const context = await browser.newContext({ locale: "zh-CN", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (e) => complaints.push(`${e}`));
  page.on("console", (m) => m.type() === "error" && !/status of 401/.test(m.text()) && complaints.push(m.text()));
  page.on("request", (r) => r.url().startsWith(base) || complaints.push(`foreign request ${r.url()}`));

  await page.goto(base);
  await check("a stranger gets the login form, in Chinese for a Chinese browser", async () =>
    await sees(page, "h1", "登录") && await page.locator("html").getAttribute("lang") === "zh-CN");
  await check("the login form has no serious accessibility violation", () => axe(page));
  await shot(page, "login");
  await page.locator("#token").fill("dt_" + "A".repeat(43));
  await page.keyboard.press("Enter");
  await check("a wrong token is refused in words", () => sees(page, "#complaint", "令牌无效"));

  await page.locator("#token").fill(secret);
  await page.keyboard.press("Enter");
  await check("a right token shows the list of all dumps, by the keyboard alone", async () =>
    await sees(page, "h1", "涉案数据 / 检材") && await page.locator("tbody tr").count() === 6);
  await check("the session's cookie is HttpOnly and SameSite=Strict, and no script can read the token", async () => {
    const [cookie] = await context.cookies();
    const kept = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }));
    return cookie.name === "dye_session" && cookie.httpOnly && cookie.sameSite === "Strict" && !kept.includes("dt_");
  });
  await check("each row has its verdict, and the implicated sources", async () =>
    /已溯源/.test(await text(page, "tbody tr:has-text('门诊 3 月')")) &&
    (await text(page, "tbody tr:has-text('门诊 3 月')")).includes(OUTPATIENT) &&
    /证据不足/.test(await text(page, "tbody tr:has-text('mixed list')")) &&
    /未覆盖/.test(await text(page, "tbody tr:has-text('sample post')")) &&
    /对照命中/.test(await text(page, "tbody tr:has-text('odd list')")) &&
    /比对中/.test(await text(page, "tbody tr:has-text('big archive')")));
  await check("markup in a label is shown as text", async () =>
    await page.locator("main img").count() === 0 && await sees(page, "tbody a", "<img src=x"));
  await check("the list has no serious accessibility violation", () => axe(page));
  await shot(page, "list");

  await page.locator("#link-d00000000000000a1").focus();
  await page.keyboard.press("Enter");
  await check("Enter on a dump opens it and moves the focus to its heading", async () =>
    await sees(page, "h1", "门诊 3 月 一手") && await page.evaluate(() => document.activeElement.id) === "top");
  await check("its verdict is a sentence that names the implicated source", async () =>
    await sees(page, ".conclusion", "涉及的信息源") && (await text(page, ".conclusion strong")) === OUTPATIENT);
  await check("the likelihood ratio comes before the posterior, which is marked as triage", async () => {
    const heads = await page.locator("section:has(h2:text-is('信息源')) thead th").allInnerTexts();
    return /似然比/.test(heads[1]) && /后验概率\s*研判用/.test(heads[6]);
  });
  await check("the sources table has the figures of the attribution", async () => {
    const row = await text(page, "section:has(h2:text-is('信息源')) tbody tr");
    return ["23.61", "3.2 × 10−27", "8 / 40", "20,000", "10,480 – 34,760", "2026-01-10 08:00 UTC"].every((s) =>
      row.replace(/\s+/g, " ").includes(s));
  });
  await check("the interval plot says its numbers to a screen reader", async () =>
    (await page.locator("svg.interval").first().getAttribute("aria-label")) === "20,000，区间 10,480 至 34,760");
  await check("each sighting has a row with canary, source, part, offset, fields, forms and bits", async () => {
    const rows = page.locator("section:has(h2:text-is('证据')) tbody tr");
    const first = (await rows.first().innerText()).replace(/\s+/g, " ");
    return await rows.count() === 8 && ["c00001eef", OUTPATIENT, "门诊/2026-02.csv", "1,013", "手机号 · md5 +48.7",
      "姓名 · 明文 +12.5", "61.2"].every((s) => first.includes(s));
  });
  await check("the waterfall has a step a field, and one that speaks against", async () =>
    await page.locator("section:has(h2:text-is('证据')) tbody tr:nth-child(3) rect.step").count() === 2 &&
    await page.locator("section:has(h2:text-is('证据')) tbody tr:nth-child(3) rect.against").count() === 1);
  await check("weak sightings show on demand", async () => {
    await page.locator("#weak").focus();
    await page.keyboard.press("Space");
    return await sees(page, "tbody .badge", "弱") && await page.evaluate(() => document.activeElement.id) === "weak";
  });
  await check("parts and their reasons are listed", () => sees(page, "td", "encrypted: no password"));
  await check("the dump's page has no serious accessibility violation", () => axe(page));
  await shot(page, "dump-zh");

  await page.locator("#language").click();
  await check("the toggle turns the page to English, its lang attribute too", async () =>
    await sees(page, ".conclusion", "Implicated source") && await page.locator("html").getAttribute("lang") === "en" &&
    await sees(page, ".fields li", "mobile · md5") && !/guilty|innocent/i.test(await text(page, "body")));
  await shot(page, "dump-en");
  await page.emulateMedia({ colorScheme: "dark" });
  await check("the dark scheme has no serious accessibility violation", () => axe(page));
  await shot(page, "dump-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 800 });
  await check("on a narrow screen nothing but tables scrolls sideways", () =>
    page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  await shot(page, "dump-narrow");
  await page.setViewportSize({ width: 1280, height: 900 });

  const sentences = [["a2", "evidence stays below the threshold"], ["a3", "No canary was found"],
    ["a4", "control was found, which was never planted"], ["a6", "no attribution yet"]];
  for (const [id, words] of sentences) {
    await page.goto(`${base}/#/dumps/d00000000000000${id}`);
    await check(`dump ${id} says: ${words}`, () => sees(page, ".conclusion", words));
  }
  await page.goto(`${base}/#/dumps/d00000000000000a2`);
  await check("sources that can't be told apart are listed as undecided", () => sees(page, "section:has(h2:text-is('Undecided'))", OUTPATIENT));
  await shot(page, "insufficient");

  await page.goto(`${base}/#/dumps/d00000000000000a6`);
  await sees(page, ".conclusion", "no attribution yet");
  psql("-c", "INSERT INTO dyetrace.attribution VALUES ('d00000000000000a6', 1, now(), 'not-covered', 0.5, 0, 0)");
  await check("a new verdict shows by itself", () => sees(page, ".conclusion", "No canary was found"));

  const before = Number(psql("-c", "SELECT count(*) FROM dyetrace.audit"));
  await page.waitForTimeout(5000);
  await check("polling adds nothing to the audit", () => Number(psql("-c", "SELECT count(*) FROM dyetrace.audit")) === before);
  await check("each view is in the audit by the token's label", () =>
    Number(psql("-c", "SELECT count(*) FROM dyetrace.audit WHERE event = 'view' AND object = 'd00000000000000a1' " +
      "AND detail->>'viewer' = 'page test analyst' AND detail->>'what' = 'sightings'")) >= 1);

  await page.locator("#logout").focus();
  await page.keyboard.press("Enter");
  await check("logging out shows the form again and ends the session", async () =>
    await sees(page, "h1", "Log in") && (await page.request.get(`${base}/api/v1/dumps`)).status() === 401);
  await check("the page logs no error and asks no other server", () => {
    if (complaints.length) throw new Error(complaints.join("; "));
    return true;
  });
  await context.close();
}

async function owner(browser, base, secret) {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await login(page, base, secret);
  await check("an owner's token lists that owner's dumps only", async () =>
    await page.locator("tbody tr").count() === 1 && await sees(page, "tbody", "swift-courier/waybills"));
  await page.goto(`${base}/#/dumps/d00000000000000a1`);
  await check("another owner's dump is not found", () => sees(page, "h1", "no such dump"));
  await check("the API says 404 for it, whichever way it is asked", async () => {
    for (const end of ["", "/attribution", "/sightings", "/sightings?weak=1"])
      if ((await page.request.get(`${base}/api/v1/dumps/d00000000000000a1${end}`)).status() !== 404) return false;
    return true;
  });
  await page.goto(`${base}/#/dumps/d00000000000000a5`);
  await check("its own dump shows, without seller, price and basis", async () =>
    await sees(page, ".conclusion", "swift-courier/waybills") && !/seller-8|CNY|case A-18/.test(await text(page, "main")));
  await context.close();
}

async function machine(base, secret) {
  const get = (path, more = {}) => fetch(base + path, { headers: { Authorization: `Bearer ${secret}` }, ...more });
  await check("a Bearer token reads the API without a session", async () => {
    const { viewer, dumps } = await (await get("/api/v1/dumps")).json();
    return viewer === "page test analyst" && dumps.length === 6;
  });
  await check("a path that does not exist is a JSON 404", async () => {
    const answer = await get("/api/v1/../etc/passwd%2f..%00");
    return [400, 404].includes(answer.status) && typeof (await answer.json()).error === "string";
  });
  await check("every answer has the security headers", async () => {
    for (const path of ["/", "/app.js", "/healthz", "/api/v1/dumps", "/nothing"]) {
      const { headers } = await get(path);
      if (!/default-src 'self'/.test(headers.get("content-security-policy")) || headers.get("x-content-type-options") !== "nosniff" ||
          headers.get("referrer-policy") !== "no-referrer") return false;
      if (path.startsWith("/api") && headers.get("cache-control") !== "no-store") return false;
    }
    return true;
  });
  await check("a revoked token reads nothing", async () => {
    const gone = token("page test gone");
    dyetrace("token", "revoke", "page test gone");
    return (await fetch(`${base}/api/v1/dumps`, { headers: { Authorization: `Bearer ${gone}` } })).status === 401;
  });
  await check("while the database is away /healthz says 503, and it comes back by itself", async () => {
    const pidfile = join(home, "cluster/postmaster.pid");
    process.kill(Number(readFileSync(pidfile, "utf8").split("\n")[0]), "SIGINT");
    let away;
    for (let i = 0; i < 1000 && (away !== 503 || existsSync(pidfile)); i++) {
      away = (await get("/healthz")).status;
      await new Promise((done) => setTimeout(done, 50));
    }
    dyetrace("token", "list"); // any verb starts the home's cluster
    for (let i = 0; i < 300; i++) {
      if ((await get("/healthz")).status === 200) return away === 503 && (await get("/api/v1/dumps")).status === 200;
      await new Promise((done) => setTimeout(done, 100));
    }
    return false;
  });
  await check("the eleventh login within a minute is refused", async () => {
    let status; // of 22 in a row, eleven are within one minute of the limiter's, whenever it began
    for (let i = 0; i < 22 && status !== 429; i++)
      status = (await fetch(`${base}/api/v1/login`, { method: "POST", headers: { "Content-Type": "application/json" },
        body: '{"token":"dt_nothing"}' })).status;
    return status === 429;
  });
}

let browser;
try {
  makeHome();
  const all = token("page test analyst");
  const courier = token("page test courier", "--owner", "courier");
  const base = await startPortal();
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu",
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
  await analyst(browser, base, all);
  await owner(browser, base, courier);
  await machine(base, all);
  await check("no token is in the portal's log", () => portalLog.length > 0 && !/dt_/.test(portalLog));
  await check("TERM ends the portal with 0", async () => (await stop(portal, "SIGTERM")) === 0);
} catch (error) {
  await check(`the test itself runs: ${error.message.split("\n")[0]}`, () => false);
  if (portalLog) console.log(portalLog.trimEnd().replace(/^/gm, "# "));
} finally {
  if (browser) await browser.close();
  await stop(portal, "SIGKILL");
  try {
    dyetrace("down");
  } catch (error) {
    console.log(`# down: ${error.message.split("\n")[0]}`);
  }
  rmSync(temporary, { recursive: true, force: true });
  console.log(`1..${checks}`);
}
process.exit(failures ? 1 : 0);
