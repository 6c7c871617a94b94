// Sorts the table of an answer by the column whose heading is chosen: words from A on, numbers from the largest. Chosen once
// more, it turns round. What is not known stays last.
"use strict";
for (const table of document.querySelectorAll(".answer table")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const { compare } = new Intl.Collator();
  heads.forEach((head, column) => {
    const ofNumbers = head.classList.contains("number");
    const cell = (row) => row.cells[column];
    const isKnown = (row) => cell(row).dataset.unknown === undefined;
    const order = ofNumbers
      ? (a, b) => Number(cell(a).dataset.value) - Number(cell(b).dataset.value)
      : (a, b) => compare(cell(a).textContent, cell(b).textContent);
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const down = before ? before === "ascending" : ofNumbers;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows];
      const known = rows.filter(isKnown).sort((a, b) => (down ? order(b, a) : order(a, b)));
      body.append(...known, ...rows.filter((row) => !isKnown(row)));
    });
  });
}
