// Several offices on one screen: the row whose turn it is stays in sight, and keys grade the row that has the focus.
"use strict";

{
  const rows = [...document.querySelectorAll(".group-row")];
  const take = (row) => {
    for (const other of rows) {
      other.classList.toggle("current", other === row);
      for (const button of other.querySelectorAll(".grade")) {
        if (other === row) button.dataset.key = button.dataset.number;
        else delete button.dataset.key;
      }
    }
  };
  for (const row of rows) row.addEventListener("focusin", () => take(row));

  // The page is new after each grade; it stands where the eyes are.
  const keepInSight = () => {
    const current = document.querySelector(".group-row.current");
    if (current && (rows.indexOf(current) > 0 || location.hash)) current.scrollIntoView({ block: "nearest" });
  };
  keepInSight();
  addEventListener("resize", keepInSight);

  document.addEventListener("keydown", (event) => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = rows.findIndex((row) => row.classList.contains("current"));
    const row = rows[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (!row) return;
    event.preventDefault();
    (row.querySelector(".grade[aria-pressed=true]") ?? row.querySelector(".grade")).focus();
  });
}
