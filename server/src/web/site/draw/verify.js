// 9. The whole folder: everything computed again, everything wrong listed.

const FILES = ["pool.tsv", "announce.tsv", "seed.tsv", "result.tsv", "absences.tsv", "replacements.tsv"];
const NEEDED = FILES.slice(0, 4);

/** Judges a draw folder. `files` is name → bytes; `progress(done, all)` is called during a long search, and ends it by
    throwing. Answers `{ findings: [{ file, zh, en }], facts }`; the facts are what could be computed. */
async function verifyFolder(files, progress) {
  const verifier = new Verifier(files, progress);
  await verifier.run();
  return { findings: verifier.findings, facts: verifier.facts };
}

class Verifier {
  constructor(files, progress) {
    this.files = files;
    this.progress = progress;
    this.findings = [];
    this.facts = { hashes: {} };
  }

  report(file, zh, en) {
    this.findings.push({ file, zh, en });
  }

  /** What `step` answers; `null` if it refuses, which is reported, or if the file is not there. */
  async attempt(file, step) {
    if (!this.files.has(file)) {
      return null;
    }
    try {
      return await step(this.files.get(file));
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
      this.report(file, error.zh, error.en);
      return null;
    }
  }

  async run() {
    const { facts } = this;
    for (const name of NEEDED.filter((name) => !this.files.has(name))) {
      this.report(name, "缺少这个文件。", "the file is missing");
    }
    for (const [name, bytes] of this.files) {
      facts.hashes[name] = await sha256(bytes);
    }
    facts.pool = await this.attempt("pool.tsv", readPool);
    facts.announcement = await this.attempt("announce.tsv", readAnnouncement);
    this.comparePoolHash();
    facts.transcript = await this.transcript();
    const drawn = await this.draw();
    const isAsComputed = await this.compareResult(drawn);
    await this.replacements(isAsComputed ? drawn : null);
  }

  /** The tags that files other than the pool may begin with. */
  tags() {
    const { announcement } = this.facts;
    return announcement === null ? [PLAIN, WITH_FEATURES] : [announcement.tag];
  }

  comparePoolHash() {
    const { announcement, hashes } = this.facts;
    if (announcement !== null && this.files.has("pool.tsv") && hashes["pool.tsv"] !== announcement.poolHash) {
      this.report(
        "pool.tsv",
        "名单的 SHA-256 与公告不符：名单或公告被改动过。",
        "the SHA-256 is not the one in the announcement: the pool or the announcement has been changed",
      );
    }
  }

  async transcript() {
    const { facts } = this;
    return this.attempt("seed.tsv", async (bytes) => {
      if (facts.announcement === null) {
        readLines(bytes, "seed", this.tags());
        return null;
      }
      const announceHash = facts.hashes["announce.tsv"];
      const transcript = readTranscript(bytes, facts.announcement, announceHash);
      facts.openingHash = await sha256(openingLines(bytes, transcript.commitments.length));
      facts.commitments = transcript.commitments;
      facts.opened = await openings(transcript, announceHash);
      checkOpenings(facts.opened, facts.announcement.minReveals);
      facts.seed = facts.hashes["seed.tsv"];
      return transcript;
    });
  }

  /** `{ bounds, features, retry, rankings }`, if pool, announcement and transcript can be used. */
  async draw() {
    const { pool, announcement, transcript, seed } = this.facts;
    if (pool === null || announcement === null || transcript === null) {
      return null;
    }
    const terms = await this.attempt("announce.tsv", () => ({
      bounds: { A: boundsOf(pool, announcement, "A"), B: boundsOf(pool, announcement, "B") },
      features: locateFeatures(announcement, pool),
    }));
    if (terms === null) {
      return null;
    }
    const retry = announcement.tag === PLAIN ? null : await this.retry(terms);
    if (retry === null && announcement.tag !== PLAIN) {
      return null;
    }
    const rankings = await draw(pool, announcement, terms.bounds, retry?.seed ?? seed);
    this.facts.retry = retry;
    return { ...terms, retry, rankings };
  }

  /** The try that counts: the published one if its people meet every feature, and no earlier one's do. */
  async retry({ bounds, features }) {
    const { pool, announcement, seed } = this.facts;
    return this.attempt("result.tsv", async (bytes) => {
      const claimed = await readRetry(bytes, announcement, seed);
      const rankings = await draw(pool, announcement, bounds, claimed.seed);
      const people = HALVES.flatMap((half) => rankings[half]).filter(({ status }) => status === "SELECTED");
      this.refuseUnmet(unmetFeatures(features, people), claimed.t);
      const { t: limit } = claimed;
      const earlier = await findEarlierTry(pool, announcement, features, bounds, seed, limit, this.progress);
      if (earlier !== null) {
        throw refuseLine(
          4,
          `第 ${earlier.t} 次就已符合全部要求，不应取第 ${limit} 次。`,
          `try ${earlier.t} meets every feature already, so try ${limit} does not count`,
        );
      }
      return claimed;
    });
  }

  refuseUnmet(unmet, t) {
    if (unmet.length === 0) {
      return;
    }
    const list = (say) => unmet.map(say);
    const zh = list(({ column, value, count, min, max }) => `“${column}”为“${value}”的有 ${count} 人，应为 ${min} 至 ${max} 人`);
    const en = list(({ column, value, count, min, max }) => `${count} with "${column}" "${value}" instead of ${min} to ${max}`);
    throw refuseLine(4, `第 ${t} 次抽出的人不符合要求：${zh.join("；")}。`, `the people of try ${t} do not fit: ${en.join("; ")}`);
  }

  async compareResult(drawn) {
    const { announcement, seed, opened, retry } = this.facts;
    if (drawn === null) {
      await this.checkForm("result.tsv");
      return false;
    }
    const text = writeResult(announcement, seed, opened, retry, drawn.rankings);
    this.facts.rankings = drawn.rankings;
    return this.compare("result.tsv", text);
  }

  /** A file whose content cannot be computed again still has to be a text file of its kind. */
  async checkForm(name) {
    const isReported = this.findings.some(({ file }) => file === name);
    if (!isReported) {
      await this.attempt(name, (bytes) => readLines(bytes, name.replace(".tsv", ""), this.tags()));
    }
  }

  /** The replacements, computed again if there are absences. */
  async replacements(drawn) {
    const [absences, published] = ["absences.tsv", "replacements.tsv"].map((name) => this.files.has(name));
    if (absences !== published) {
      const [missing, other] = absences ? ["replacements.tsv", "absences.tsv"] : ["absences.tsv", "replacements.tsv"];
      this.report(missing, `有 ${other}，却缺少这个文件。`, `the file is missing, though there is a file ${other}`);
    }
    await this.attempt("replacements.tsv", (bytes) => checkReplacements(bytes, this.tags()));
    const list = await this.attempt("absences.tsv", (bytes) => readAbsences(bytes, this.tags()));
    if (drawn === null || absences !== published || (absences && list === null)) {
      return;
    }
    const seating = new Seating(drawn.rankings, drawn.bounds, drawn.features);
    const replacements = await this.replaceAll(seating, list ?? []);
    if (replacements === null) {
      return;
    }
    this.facts.replacements = replacements;
    this.facts.seating = seating;
    if (absences) {
      this.compare("replacements.tsv", writeReplacements(this.facts.announcement.tag, replacements));
    }
  }

  async replaceAll(seating, list) {
    return list.length === 0 ? [] : this.attempt("absences.tsv", () => list.map((absence) => seating.replace(absence)));
  }

  /** Whether the published bytes are the computed ones; if not, the first line that differs is named. */
  compare(name, text) {
    const bytes = this.files.get(name);
    const line = bytes === undefined ? null : firstDifference(bytes, text);
    if (line !== null && line > 0) {
      this.report(
        name,
        `第 ${line} 行起与重新计算的结果不符。`,
        `from line ${line} on it differs from what was computed again`,
      );
    }
    return line === 0;
  }
}
