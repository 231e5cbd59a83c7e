// 4. The announcement: announce.tsv, everything fixed before any randomness existed.

const KEYS_ONCE = ["draw_id", "pool_sha256", "take A", "take B", "dice_digits", "public_source", "min_reveals", "alternates"];
const KEYS_KNOWN = [
  "alternates", "dice_digits", "draw_id", "feature", "hash", "min_reveals", "party", "pool_sha256", "public_source",
  "quota", "retry_cap", "take",
];
const LARGEST_CAP = 10000000;

/** The terms: `{ tag, once: Map, quotas, features, parties }`; what stands once is in `once` by its key. */
function readAnnouncement(bytes) {
  const { tag, lines } = readLines(bytes, "announce", [PLAIN, WITH_FEATURES]);
  const terms = { tag, once: new Map(), quotas: [], features: [], parties: [], unknown: new Set() };
  for (const line of lines) {
    readTerm(terms, line);
  }
  for (const key of tag === WITH_FEATURES ? [...KEYS_ONCE, "feature", "retry_cap"] : KEYS_ONCE) {
    if (!(key === "feature" ? terms.features.length > 0 : terms.once.has(key))) {
      throw new Refusal(`缺少“${key}”一行。`, `the line "${key}" is missing`);
    }
  }
  checkTerms(terms);
  return {
    tag,
    drawId: terms.once.get("draw_id"),
    poolHash: terms.once.get("pool_sha256"),
    take: { A: terms.once.get("take A"), B: terms.once.get("take B") },
    diceDigits: terms.once.get("dice_digits"),
    publicSource: terms.once.get("public_source") === "-" ? null : terms.once.get("public_source"),
    minReveals: terms.once.get("min_reveals"),
    retryCap: terms.once.get("retry_cap"),
    quotas: terms.quotas,
    features: terms.features,
    parties: terms.parties,
  };
}

function readTerm(terms, line) {
  const [key, ...values] = line.cells;
  const reader = TERM_READERS.get(`${key}/${values.length}`);
  const isRetryKey = key === "feature" || key === "retry_cap";
  if (reader !== undefined && !(isRetryKey && terms.tag === PLAIN)) {
    reader(terms, line, values);
  } else if (values.length === 0 || key === "" || KEYS_KNOWN.includes(key)) {
    throw wrongTerm(line);
  } else if (terms.unknown.has(key)) {
    throw repeatedTerm(line);
  } else {
    terms.unknown.add(key);
  }
}

/** How the values of each key are read, by key and number of values. */
const TERM_READERS = new Map([
  ["draw_id/1", (terms, line, [text]) => once(terms, line, "draw_id", textOf(line, text))],
  ["pool_sha256/1", (terms, line, [hash]) => once(terms, line, "pool_sha256", isHash(hash) ? hash : refuse(line))],
  ["take/2", (terms, line, [half, number]) => once(terms, line, `take ${halfOf(line, half)}`, numberOf(line, number))],
  ["dice_digits/1", (terms, line, [number]) => once(terms, line, "dice_digits", numberOf(line, number))],
  ["public_source/1", (terms, line, [text]) => once(terms, line, "public_source", textOf(line, text))],
  ["min_reveals/1", (terms, line, [number]) => once(terms, line, "min_reveals", numberOf(line, number))],
  ["alternates/1", (terms, line, [order]) => once(terms, line, "alternates", order === "ordered" ? order : refuse(line))],
  ["retry_cap/1", (terms, line, [number]) => once(terms, line, "retry_cap", capOf(line, number))],
  ["quota/4", (terms, line, [half, category, min, max]) => {
    terms.quotas.push({
      line: line.number, half: halfOf(line, half), category: textOf(line, category),
      min: numberOf(line, min), max: numberOf(line, max),
    });
  }],
  ["feature/4", (terms, line, [column, value, min, max]) => {
    terms.features.push({
      line: line.number, column: cellOf(line, column), value: cellOf(line, value),
      min: numberOf(line, min), max: numberOf(line, max),
    });
  }],
  ["party/2", (terms, line, [number, name]) => {
    if (numberOf(line, number) !== terms.parties.length + 1) {
      throw refuseLine(line.number, "参与方应从 1 起依次编号。", "parties are numbered 1, 2, … in order");
    }
    terms.parties.push(textOf(line, name));
  }],
]);

function once(terms, line, key, value) {
  if (terms.once.has(key)) {
    throw repeatedTerm(line);
  }
  terms.once.set(key, value);
}

function wrongTerm(line) {
  const key = line.cells[0];
  return refuseLine(line.number, `“${key}”的格式不对。`, `"${key}" has not the right form`);
}

function repeatedTerm(line) {
  const key = line.cells[0];
  return refuseLine(line.number, `“${key}”重复出现。`, `"${key}" stands twice`);
}

function refuse(line) {
  throw wrongTerm(line);
}

function textOf(line, text) {
  return text === "" ? refuse(line) : text;
}

/** A text that can stand in a cell of the pool. */
function cellOf(line, text) {
  return isClean(text) ? textOf(line, text) : refuse(line);
}

function halfOf(line, text) {
  return isHalf(text) ? text : refuse(line);
}

function numberOf(line, text) {
  return parseNumber(text) ?? refuse(line);
}

function capOf(line, text) {
  const number = numberOf(line, text);
  return number >= 1 && number <= LARGEST_CAP ? number : refuse(line);
}

/** The checks that need no pool. */
function checkTerms({ once, quotas, features, parties }) {
  if (parties.length < 2) {
    throw new Refusal("至少要有两个参与方各自提交密数。", "at least two parties must each commit to a secret");
  }
  const needed = once.get("min_reveals");
  if (needed > parties.length) {
    throw new Refusal(
      `要求 ${needed} 个有效开示，但只有 ${parties.length} 个参与方。`,
      `${needed} valid reveals are asked for, but there are only ${parties.length} parties`,
    );
  }
  checkRanges(quotas, ({ half, category }) => `${half}\t${category}`);
  checkRanges(features, ({ column, value }) => `${column}\t${value}`);
}

/** Every floor is at most its ceiling, and no two lines are about the same. */
function checkRanges(ranges, nameOf) {
  const seen = new Set();
  for (const range of ranges) {
    if (range.min > range.max) {
      throw refuseLine(range.line, "下限高于上限。", "the floor is above the ceiling");
    }
    if (seen.has(nameOf(range))) {
      throw refuseLine(range.line, "同一项规定了两次。", "the same is ruled twice");
    }
    seen.add(nameOf(range));
  }
}

/** Each feature with the position of its column among the pool's other columns. */
function locateFeatures(announcement, pool) {
  return announcement.features.map((feature) => {
    const position = pool.columns.indexOf(feature.column);
    if (position < 0) {
      throw refuseLine(
        feature.line,
        `名单中没有可用的“${feature.column}”列。`,
        `the pool has no column "${feature.column}" that a feature may name`,
      );
    }
    if (pool.members.every(({ cells }) => cells[position] !== feature.value)) {
      throw refuseLine(
        feature.line,
        `名单中没有“${feature.column}”为“${feature.value}”的人。`,
        `nobody in the pool has "${feature.value}" in the column "${feature.column}"`,
      );
    }
    return { ...feature, position };
  });
}
