// The grid of business cards: a block of cells from a spreadsheet fills rows and columns from where it is pasted, and
// Enter goes on to the next card. Without it the box below the grid takes the same block.
"use strict";

(() => {
  const MOST = 300; // as many as the page may hold

  const boxesOf = (row) => [...row.querySelectorAll("input")];
  const rowsOf = (grid) => [...grid.tBodies[0].rows];
  const plain = (text) => text.trim().toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

  // Cells between tabs, rows between line breaks; within quotation marks both belong to the cell.
  const cellsOf = (text) => {
    const rows = [[""]];
    let quoted = false;
    const last = () => rows[rows.length - 1];
    const add = (letter) => {
      last()[last().length - 1] += letter;
    };
    const clean = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    for (let at = 0; at < clean.length; at += 1) {
      const letter = clean[at];
      if (quoted) {
        if (letter !== '"') {
          add(letter === "\n" ? " " : letter);
        } else if (clean[at + 1] === '"') {
          add(letter);
          at += 1;
        } else {
          quoted = false;
        }
      } else if (letter === '"' && last()[last().length - 1] === "") {
        quoted = true;
      } else if (letter === "\t") {
        last().push("");
      } else if (letter === "\n") {
        rows.push([""]);
      } else {
        add(letter);
      }
    }
    return rows;
  };

  const anotherRow = (grid) => {
    const rows = rowsOf(grid);
    const row = rows[rows.length - 1].cloneNode(true);
    const number = rows.length + 1;
    row.dataset.card = row.dataset.card.replace(/\d+/, number);
    for (const box of boxesOf(row)) {
      box.value = "";
      box.setAttribute("aria-label", box.getAttribute("aria-label").replace(/\d+$/, number));
    }
    grid.tBodies[0].append(row);
    return row;
  };

  const headed = (grid, cells) => {
    const known = boxesOf(rowsOf(grid)[0]).map((box, place) => [
      plain(box.name.replace(/^card-/, "")),
      plain(grid.tHead.rows[0].cells[place].textContent),
    ]);
    const places = cells.map((cell) => known.findIndex((names) => names.includes(plain(cell))));
    return places.filter((place) => place >= 0).length > 1 ? places : null;
  };

  const fill = (box, grid, block) => {
    const first = rowsOf(grid).indexOf(box.closest("tr"));
    const column = boxesOf(box.closest("tr")).indexOf(box);
    const places = headed(grid, block[0]);
    for (const [down, cells] of (places ? block.slice(1) : block).entries()) {
      const boxes = boxesOf(rowsOf(grid)[first + down] ?? anotherRow(grid));
      for (const [across, text] of cells.entries()) {
        const target = boxes[places ? places[across] : column + across];
        if (target) {
          target.value = text.trim();
        }
      }
    }
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("paste", (event) => {
    const box = event.target.closest?.(".cards-grid input");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!box || !/[\t\n\r]/.test(text.trim())) {
      return;
    }
    event.preventDefault();
    const grid = box.closest("table");
    const block = cellsOf(text);
    const widest = Math.max(...block.map((cells) => cells.length));
    const room = boxesOf(box.closest("tr")).length - boxesOf(box.closest("tr")).indexOf(box);
    if (rowsOf(grid).indexOf(box.closest("tr")) + block.length > MOST || (widest > room && !headed(grid, block[0]))) {
      // What the grid has no place for is read by the server, which says so.
      box.form.elements.pasted.value = text;
      box.form.requestSubmit(box.form.elements.add);
      return;
    }
    fill(box, grid, block);
  });

  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.(".cards-grid input");
    if (box && event.key === "Enter" && !event.isComposing && !(event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      const grid = box.closest("table");
      const rows = rowsOf(grid);
      const next = rows[rows.indexOf(box.closest("tr")) + 1] ?? (rows.length < MOST ? anotherRow(grid) : null);
      boxesOf(next ?? rows[0])[0].focus();
    }
  });
})();
