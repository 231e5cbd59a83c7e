// 10. The page: files in, report out. Everything shown is set as text, never as markup.

const LARGEST_FILE = 64 * 1024 * 1024;

/** The files so far, by name, and names that were chosen and are none of the draw's. */
let chosen = new Map();
let ignored = [];
/** The run whose report is shown; an older one that still computes stops. */
let run = 0;

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children.flat());
  return made;
}

/** A text in both languages; the style sheet shows one. */
function both(zh, en) {
  return [element("span", { lang: "zh-CN" }, zh), element("span", { lang: "en" }, en)];
}

function byId(id) {
  return document.getElementById(id);
}

/** A hash in groups of eight, as it is read aloud; copied, it is one word. */
function hashOf(hash) {
  const groups = hash.match(/.{8}/g) ?? [];
  return element("code", { class: "hash", "data-hash": hash }, groups.map((group) => element("span", {}, group)));
}

// Choosing files.

async function take(files, isFolder) {
  const found = new Map();
  const others = [];
  for (const file of files) {
    if (!FILES.includes(file.name)) {
      others.push(file.name);
    } else if (found.has(file.name)) {
      return complain(
        `选中的文件里有两个 ${file.name}。请只选一次抽取的文件夹。`,
        `Two files named ${file.name} were chosen. Choose the folder of one draw only.`,
      );
    } else if (file.size > LARGEST_FILE) {
      return complain(`${file.name} 太大，不会是抽取的文件。`, `${file.name} is too large for a file of a draw.`);
    } else {
      found.set(file.name, new Uint8Array(await file.arrayBuffer()));
    }
  }
  // A whole draw takes the place of what was there, so that files of two draws do not mix.
  const isWhole = isFolder || NEEDED.every((name) => found.has(name));
  chosen = new Map([...(isWhole ? [] : chosen), ...found]);
  ignored = others;
  await check();
}

function complain(zh, en) {
  run += 1;
  byId("working").hidden = true;
  showPerson(null);
  byId("report").replaceChildren(element("div", { class: "alert problem", role: "alert" }, element("p", {}, both(zh, en))));
}

function showFiles() {
  const rows = [...chosen].map(([name, bytes]) =>
    element("li", {}, element("code", {}, name), ` · ${bytes.length.toLocaleString("en")} `, both("字节", "bytes")));
  if (ignored.length > 0) {
    const count = String(ignored.length);
    rows.push(element("li", { class: "muted small" }, both(`另有 ${count} 个文件与抽取无关，未读取。`, `${count} more files are not the draw’s and were not read.`)));
  }
  byId("list").replaceChildren(...rows);
  byId("clear").hidden = chosen.size === 0;
}

/** All files of dropped items, also inside folders. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry);
  if (entries.length === 0) {
    return { files: [...transfer.files], isFolder: false };
  }
  const files = (await Promise.all(entries.map(filesIn))).flat();
  return { files, isFolder: entries.some((entry) => entry.isDirectory) };
}

async function filesIn(entry) {
  if (entry.isFile) {
    return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  }
  const reader = entry.createReader();
  const inside = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) {
      return (await Promise.all(inside.map(filesIn))).flat();
    }
    inside.push(...some);
  }
}

// Checking.

async function check() {
  run += 1;
  const mine = run;
  showFiles();
  showPerson(null);
  byId("report").replaceChildren();
  byId("working").hidden = true;
  if (chosen.size === 0) {
    return;
  }
  const progress = async (done, all) => {
    if (mine !== run) {
      throw new Abandoned();
    }
    if (byId("working").hidden) {
      byId("working").hidden = false;
      byId("working").scrollIntoView({ block: "center" });
    }
    byId("done").textContent = `${done} / ${all}`;
    byId("progress").value = done / all;
  };
  try {
    const report = await verifyFolder(chosen, progress);
    if (mine === run) {
      showReport(report);
    }
  } catch (error) {
    if (mine === run) {
      complain(`出现意外错误：${error.message}`, `An unexpected error: ${error.message}`);
    }
  }
  // A newer run shows its own progress.
  if (mine === run) {
    byId("working").hidden = true;
  }
}

/** Thrown to end a search whose files are not the chosen ones any more. */
class Abandoned extends Error {}

// The report.

function showReport({ findings, facts }) {
  const isGood = findings.length === 0;
  byId("report").replaceChildren(
    verdict(isGood, findings.length, facts),
    ...(isGood ? [] : [listOf(findings)]),
    steps(findings, facts),
    ...(facts.rankings === undefined ? [] : HALVES.map((half) => people(facts, half))),
  );
  showPerson(facts.rankings === undefined ? null : facts);
  byId("report").scrollIntoView();
}

function verdict(isGood, count, facts) {
  const headline = isGood
    ? both("核验通过：重新计算的结果一字不差", "Verified: computed again, nothing differs")
    : both(`核验不通过：发现 ${count} 处问题`, `Refused: ${count} ${count === 1 ? "thing is" : "things are"} wrong`);
  const drawId = facts.announcement?.drawId;
  return element(
    "div",
    { class: `alert verdict ${isGood ? "done" : "problem"}`, id: "verdict", "data-verdict": isGood ? "ok" : "refused" },
    element("span", { class: "sign", "aria-hidden": "true" }, isGood ? "✓" : "✕"),
    element("div", {}, element("strong", {}, headline), element("p", {}, drawId === undefined ? "" : [...both("抽取编号 ", "Draw "), element("code", {}, drawId)])),
  );
}

function listOf(findings) {
  const rows = findings.map(({ file, zh, en }) =>
    element("li", { "data-file": file }, element("code", {}, file), " ", both(`：${zh}`, `: ${en}`)));
  return element("section", {}, element("h2", {}, both("问题", "What is wrong")), element("ol", { class: "findings", id: "findings" }, rows));
}

/** What was done, each step with its hash and whether its file is as it must be. */
function steps(findings, facts) {
  const isBad = (file) => findings.some((finding) => finding.file === file);
  const rows = [
    step(isBad("pool.tsv"), facts.pool, both("名单 pool.tsv 的哈希（公告里的 pool_sha256）", "Hash of the pool, pool.tsv (pool_sha256)"), hashLineOf(facts, "pool.tsv"), sizes(facts)),
    step(isBad("announce.tsv"), facts.announcement, both("公告 announce.tsv 的哈希（announce_sha256）", "Hash of the announcement, announce.tsv (announce_sha256)"), hashLineOf(facts, "announce.tsv"), terms(facts)),
    step(isBad("seed.tsv"), facts.openingHash, both("掷骰之前宣读的哈希：seed.tsv 的前几行（公告和各方承诺）", "Hash read out before the dice: the first lines of seed.tsv (announcement and commitments)"), facts.openingHash === undefined ? [] : [hashOf(facts.openingHash)]),
    ...parties(facts),
    step(isBad("seed.tsv"), facts.seed, both("种子：seed.tsv 的哈希", "The seed: hash of seed.tsv"), facts.seed === undefined ? [] : [hashOf(facts.seed)], entered(facts)),
    ...retryStep(facts),
    step(isBad("result.tsv"), facts.rankings, both("结果 result.tsv 的哈希", "Hash of the result, result.tsv"), hashLineOf(facts, "result.tsv")),
    ...replacementStep(isBad("absences.tsv") || isBad("replacements.tsv"), facts),
  ];
  return element("section", {}, element("h2", {}, both("二、逐步核对", "2. Step by step")), element("ol", { class: "checks", id: "steps" }, rows));
}

/** A step is good, bad, or open if it could not be reached. */
function step(isBad, reached, title, ...details) {
  const isOpen = reached === undefined || reached === null;
  const [state, sign] = isBad ? ["bad", "✕"] : isOpen ? ["open", "–"] : ["good", "✓"];
  return element("li", { class: state }, element("span", { class: "sign" }, sign), element("strong", {}, title), ...details);
}

function hashLineOf(facts, name) {
  return facts.hashes[name] === undefined ? [] : [hashOf(facts.hashes[name])];
}

function sizes({ pool }) {
  if (!pool) {
    return [];
  }
  const [a, b] = HALVES.map((half) => membersOf(pool, half).length);
  return [element("p", { class: "muted" }, both(`A 组 ${a} 人，B 组 ${b} 人`, `${a} people in half A, ${b} in half B`))];
}

function terms({ announcement }) {
  if (!announcement) {
    return [];
  }
  const { take, minReveals, parties, publicSource } = announcement;
  return [
    element("p", { class: "muted" }, both(
      `A 组抽 ${take.A} 人，B 组抽 ${take.B} 人；至少 ${minReveals} 方（共 ${parties.length} 方）开示`,
      `${take.A} drawn from half A, ${take.B} from half B; at least ${minReveals} of ${parties.length} parties reveal`,
    )),
    ...(publicSource === null ? [] : [element("p", { class: "muted" }, both("公开来源：", "Public source: "), publicSource)]),
  ];
}

function parties({ announcement, commitments, opened }) {
  if (opened === undefined) {
    return [];
  }
  return opened.map((one, index) => {
    const says = one === null
      ? both("没有开示（MISSING）", "not revealed (MISSING)")
      : one ? both("密数与承诺相符", "the secret opens the commitment") : both("密数与承诺不符", "the secret does not open the commitment");
    const title = [both(`第 ${index + 1} 方`, `Party ${index + 1}`), ` ${announcement.parties[index]} · `, says].flat();
    return step(one === false, one ?? undefined, title, hashOf(commitments[index]));
  });
}

function entered({ transcript }) {
  if (!transcript) {
    return [];
  }
  const { dice, publicValue } = transcript;
  return [
    ...(dice === "" ? [] : [element("p", {}, both("骰子：", "Dice: "), element("code", {}, dice.replace(/(.{4})(?=.)/g, "$1 ")))]),
    ...(publicValue === null ? [] : [element("p", {}, both("公开值：", "Public value: "), element("code", {}, publicValue))]),
  ];
}

function retryStep({ announcement, retry }) {
  if (announcement?.tag !== WITH_FEATURES) {
    return [];
  }
  const isFound = retry !== undefined && retry !== null;
  const details = isFound ? [hashOf(retry.seed), element("p", { class: "muted" }, both(
    `第 0 次到第 ${retry.t} 次逐次重算：第一个符合全部要求的就是第 ${retry.t} 次。`,
    `Every try from 0 to ${retry.t} was computed: ${retry.t} is the first that meets every feature.`,
  ))] : [];
  return [step(!isFound, retry, both("符合全部要求的第一次（seed_t）", "The first try that meets every feature (seed_t)"), ...details)];
}

function replacementStep(isBad, { hashes, replacements }) {
  if (hashes["absences.tsv"] === undefined && hashes["replacements.tsv"] === undefined) {
    return [];
  }
  const rows = (replacements ?? []).map(({ absent, called }) =>
    element("li", {}, element("code", {}, absent.id), " → ", called === null ? both("无人可递补", "nobody to call") : element("code", {}, called.id)));
  return [step(isBad, replacements, both("缺席与递补", "Absences and replacements"), element("ol", {}, rows))];
}

// People.

function people(facts, half) {
  const drawn = facts.rankings[half].filter(({ status }) => status === "SELECTED");
  const current = facts.seating?.representatives(half);
  const isChanged = (facts.replacements ?? []).some((one) => one.half === half);
  return element(
    "section",
    { id: `half-${half}` },
    element("h2", {}, both(`${half} 组`, `Half ${half}`)),
    table(facts, drawn, both(`抽中 ${drawn.length} 人，按号签从小到大`, `${drawn.length} drawn, by ticket`)),
    ...(isChanged && current ? [table(facts, current, both(`递补之后的现任代表 ${current.length} 人`, `${current.length} representatives after the replacements`), "current")] : []),
  );
}

/** The masked name, if the pool has one. */
function nameOf(facts, person) {
  return person.cells[facts.pool.columns.indexOf("name")] ?? "";
}

function table(facts, rows, caption, kind = "drawn") {
  const hasNames = facts.pool.columns.includes("name");
  const heads = [["number", "名次", "Rank"], ["", "编号", "Id"], ...(hasNames ? [["", "姓名", "Name"]] : []), ["", "类别", "Category"], ["ticket", "号签（前 12 位）", "Ticket (first 12)"]];
  const body = rows.map((person) => element(
    "tr",
    {},
    element("td", { class: "number" }, String(person.rank)),
    element("th", { scope: "row" }, element("code", {}, person.id)),
    ...(hasNames ? [element("td", {}, nameOf(facts, person))] : []),
    element("td", {}, person.category),
    element("td", { class: "ticket" }, element("code", {}, person.ticket.slice(0, 12))),
  ));
  return element(
    "table",
    { class: kind },
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, heads.map(([kind, zh, en]) => element("th", { scope: "col", class: kind }, both(zh, en))))),
    element("tbody", {}, body),
  );
}

// One person.

let lookedIn = null;

function showPerson(facts) {
  lookedIn = facts;
  byId("person").hidden = facts === null;
  lookUp();
}

function lookUp() {
  const id = byId("id").value.trim();
  byId("person").classList.toggle("filled", id !== "");
  if (lookedIn === null || id === "") {
    byId("found").replaceChildren();
    return;
  }
  const everybody = HALVES.flatMap((half) => lookedIn.rankings[half]);
  const person = everybody.find((one) => one.id.toLowerCase() === id.toLowerCase());
  byId("found").replaceChildren(...(person === undefined
    ? [element("p", { class: "muted" }, both(`名单里没有编号 ${id}。`, `There is no ${id} in the pool.`))]
    : aboutPerson(person)));
}

function aboutPerson(person) {
  const seed = lookedIn.retry?.seed ?? lookedIn.seed;
  const row = (zh, en, ...value) => [element("dt", {}, both(zh, en)), element("dd", {}, ...value)];
  const line = `public-draw/1\\tticket\\t${seed}\\t${person.id}\\n`;
  const windows = `$b=[Text.Encoding]::UTF8.GetBytes("public-draw/1\`tticket\`t${seed}\`t${person.id}\`n");` +
    "-join([Security.Cryptography.SHA256]::Create().ComputeHash($b)|%{$_.ToString('x2')})";
  const command = (zh, en, text, id) => [element("p", {}, both(zh, en)), element("pre", {}, element("code", { id }, text))];
  return [
    element("dl", { class: "facts" },
      row("编号", "Id", element("code", { id: "found-id" }, person.id), ` ${nameOf(lookedIn, person)}`),
      row("半区", "Half", person.half),
      row("名次", "Rank", element("span", { id: "found-rank" }, String(person.rank))),
      row("状态", "Status", element("span", { id: "found-status", "data-status": person.status }, statusOf(person))),
      row("号签", "Ticket", hashOf(person.ticket))),
    ...command("Linux 终端：", "Linux terminal:", `printf '${line}' | sha256sum`, "linux"),
    ...command("macOS 终端：", "macOS terminal:", `printf '${line}' | shasum -a 256`, "macos"),
    ...command("Windows PowerShell：", "Windows PowerShell:", windows, "windows"),
    element("p", { class: "muted" }, both("命令输出的 64 位就是上面的号签。", "The command prints the 64 digits of the ticket above.")),
  ];
}

function statusOf(person) {
  const gone = lookedIn.replacements?.find(({ absent }) => absent.id === person.id);
  const isCalled = lookedIn.replacements?.some(({ called }) => called?.id === person.id);
  const drawn = person.status === "SELECTED"
    ? both("抽中", "drawn")
    : both(`候补第 ${person.status.slice(3)} 位`, `alternate ${person.status.slice(3)}`);
  const since = gone ? both("；已缺席", "; absent since") : isCalled ? both("；已递补", "; called since") : [];
  return [...drawn, ...since];
}

// Start.

function toggleLanguage() {
  const root = document.documentElement;
  const isEnglish = root.dataset.language === "zh";
  root.dataset.language = isEnglish ? "en" : "zh";
  root.lang = isEnglish ? "en" : "zh-CN";
}

/** The field is emptied, so that the same files can be chosen again after a change. */
async function takeFrom(field, isFolder) {
  const files = [...field.files];
  field.value = "";
  await take(files, isFolder);
}

function listen() {
  const drop = document.documentElement;
  const mark = (isOver) => byId("choose").classList.toggle("over", isOver);
  byId("files").addEventListener("change", (event) => takeFrom(event.target, false));
  byId("folder").addEventListener("change", (event) => takeFrom(event.target, true));
  byId("id").addEventListener("input", lookUp);
  byId("clear").addEventListener("click", () => {
    [chosen, ignored] = [new Map(), []];
    check();
  });
  for (const [name, isOver] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      mark(isOver);
    });
  }
  drop.addEventListener("drop", async (event) => {
    const { files, isFolder } = await filesOf(event.dataTransfer);
    await take(files, isFolder);
  });
}

byId("language").addEventListener("click", toggleLanguage);
if (globalThis.crypto?.subtle === undefined) {
  byId("insecure").hidden = false;
  byId("choose").hidden = true;
} else {
  listen();
}
