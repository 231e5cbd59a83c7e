// 3. The pool: pool.tsv, only in its canonical form.

const POOL_KEYS = ["id", "half", "category"];

/** `{ columns, members: [{ id, half, category, cells }] }` in the order of the file. */
function readPool(bytes) {
  const [header, ...rows] = readLines(bytes, "pool", [PLAIN]).lines;
  const columns = readHeader(header);
  const members = [];
  const taken = new Set();
  for (const row of rows) {
    const member = readMember(row, columns);
    refuseDisorder(members.at(-1), member, taken, row.number);
    taken.add(member.id.toLowerCase());
    members.push(member);
  }
  return { columns, members };
}

/** The names of the columns after id, half and category. */
function readHeader(header) {
  const cells = header === undefined ? [] : header.cells;
  const others = cells.slice(POOL_KEYS.length);
  const isWellFormed =
    POOL_KEYS.every((key, index) => cells[index] === key) &&
    cells.every((cell) => cell !== "" && isClean(cell)) &&
    others.every((other, index) => index === 0 || compareBytes(others[index - 1], other) < 0) &&
    others.every((other) => !POOL_KEYS.includes(other));
  if (!isWellFormed) {
    throw refuseLine(
      2,
      "应为 id、half、category，其余各列按字节顺序排列，不得重复。",
      "must be id, half, category and the other columns in byte order, each once",
    );
  }
  return others;
}

function readMember({ number, cells }, columns) {
  const [id, half, category, ...others] = cells;
  if (cells.length !== POOL_KEYS.length + columns.length) {
    throw refuseLine(number, "格数与标题行不同。", "is not as wide as the headings");
  }
  if (!cells.every(isClean)) {
    throw refuseLine(
      number,
      "有一格含不可见字符，或首尾有空白。",
      "has a cell with an invisible character or white space at an end",
    );
  }
  if (!isId(id)) {
    throw refuseLine(number, "编号不合格式。", "does not start with an id");
  }
  if (!isHalf(half)) {
    throw refuseLine(number, "半区不是 A 或 B。", "has a half other than A or B");
  }
  if (category === "") {
    throw refuseLine(number, "类别是空的。", "has no category");
  }
  return { id, half, category, cells: others };
}

/** Ids rise, and none stands twice, upper or lower case. Ids are ASCII, so comparing texts compares bytes. */
function refuseDisorder(before, member, taken, line) {
  if (before !== undefined && before.id > member.id) {
    throw refuseLine(line, "编号没有按顺序排列。", "is not in the order of the ids");
  }
  if (taken.has(member.id.toLowerCase())) {
    throw refuseLine(
      line,
      `编号“${member.id}”重复（不分大小写）。`,
      `repeats the id "${member.id}" (case ignored)`,
    );
  }
}

function membersOf(pool, half) {
  return pool.members.filter((member) => member.half === half);
}
