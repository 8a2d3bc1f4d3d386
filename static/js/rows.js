// Rows of a list: ticking them, a look at one beside the list, and one cell edited in place. The list works without it:
// boxes, bar and forms are plain. Runs before keys.js, which leaves alone what was handled here.
"use strict";

(() => {
  const list = () => document.getElementById("list");
  const form = () => document.getElementById("bulk");
  const boxes = () => [...document.querySelectorAll("#list .pick > input[name=pick]")];
  const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
  const rowAt = (target) => target.closest?.("#list :is(tbody tr:not(.is-group), .board-card)");
  const boxOf = (row) => row?.querySelector(".pick > input");
  const linkOf = (row) => row?.querySelector(".is-name a") ?? row?.querySelector("a");

  // Ticks: the box of the head, the words of the bar ------------------------------------------------------
  const tell = () => {
    const place = document.querySelector(".bulk-count");
    const page = document.querySelector("[data-pick-page]");
    const all = document.querySelector(".bulk-all > input")?.checked;
    const ticked = boxes().filter((box) => box.checked).length;
    if (page) {
      page.checked = ticked > 0 && ticked === boxes().length;
      page.indeterminate = ticked > 0 && !page.checked;
    }
    if (place) {
      const words = ticked === 1 ? place.dataset.one : place.dataset.many.replace("{n}", String(ticked));
      place.textContent = all ? place.dataset.all : ticked ? words : "";
    }
  };

  let last = null; // the box that was ticked last, for a range with Shift

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("#list .pick > input[name=pick]");
    if (box) {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
      if (event.shiftKey && from >= 0) {
        all.slice(from, to + 1).forEach((between) => { between.checked = box.checked; });
      }
      last = box;
    }
    if (event.target.closest?.("[data-peek-close]")) {
      closePeek();
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-pick-page]")) {
      boxes().forEach((box) => { box.checked = event.target.checked; });
    }
    tell();
  });

  // A look at one row ---------------------------------------------------------------------------------------
  let lookedFrom = null;

  const address = (row, rest) => {
    const base = form()?.getAttribute("action")?.replace(/bulk\/$/, "") ?? location.pathname;
    const key = boxOf(row)?.value ?? linkOf(row)?.pathname.match(/\/(\d+)\/$/)?.[1];
    return key ? `${base}${key}/${rest}` : "";
  };

  const peek = (row) => {
    const panel = document.getElementById("peek");
    const url = address(row, "peek/");
    if (!panel || !url) {
      return false;
    }
    lookedFrom = linkOf(row);
    htmx.ajax("GET", url, { target: panel, swap: "innerHTML" }).then(() => {
      if (panel.firstElementChild) {
        panel.hidden = false;
        panel.querySelector("#peek-title")?.focus();
      }
    });
    return true;
  };

  const closePeek = () => {
    const panel = document.getElementById("peek");
    if (panel && !panel.hidden) {
      panel.hidden = true;
      panel.replaceChildren();
      lookedFrom?.focus();
      return true;
    }
    return false;
  };

  // One cell ------------------------------------------------------------------------------------------------
  const heads = () => [...document.querySelectorAll("#list thead th")];
  const fieldOf = (cell) => heads()[cell.cellIndex]?.dataset.field ?? "";
  const cellsOf = (row) => [...row.cells ?? []].filter((cell) => !cell.classList.contains("pick"));
  const kept = new WeakMap();

  const edit = (cell) => {
    const url = cell && fieldOf(cell) ? address(cell.parentElement, `field/${fieldOf(cell)}/`) : "";
    if (!url || kept.has(cell)) {
      return false;
    }
    const before = [...cell.childNodes];
    htmx.ajax("GET", `${url}${location.search}`, { target: cell, swap: "innerHTML" }).then(() => {
      const control = cell.querySelector("form[data-cell] :is(input:not([type=hidden]), select, textarea)");
      if (control) {
        kept.set(cell, before);
        cell.classList.add("is-edited");
        control.focus();
      }
    });
    return true;
  };

  const leave = (cell) => {
    cell.replaceChildren(...kept.get(cell));
    kept.delete(cell);
    cell.classList.remove("is-edited");
    focusCell(cell);
  };

  const focusCell = (cell) => {
    cell.tabIndex = -1;
    cell.focus();
  };

  // The card at the same height of the next column that has any.
  const besideCard = (card, step) => {
    const columns = [...document.querySelectorAll("#list .board-cards")];
    const next = columns[columns.indexOf(card.parentElement) + step];
    const at = [...card.parentElement.children].indexOf(card);
    linkOf(next?.children[Math.min(at, next.children.length - 1)])?.focus();
    return Boolean(next);
  };

  const beside = (target, step) => {
    const row = rowAt(target);
    if (row?.matches(".board-card")) {
      return besideCard(row, document.dir === "rtl" ? -step : step);
    }
    const cells = row ? cellsOf(row) : [];
    const at = cells.indexOf(target.closest("td"));
    const next = cells[at + step];
    if (next) {
      focusCell(next);
    }
    return Boolean(next);
  };

  const editAt = (target) => {
    const row = rowAt(target);
    const cell = target.closest("td");
    return Boolean(row) && edit(target === cell ? cell : cellsOf(row).find(fieldOf));
  };

  document.addEventListener("dblclick", (event) => {
    const cell = event.target.closest?.("#list tbody td:not(.pick)");
    if (cell && !event.target.closest("a, form")) {
      edit(cell);
    }
  });

  // The row comes back as it is now: the focus goes to it again.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = event.detail.target?.closest?.("#list tbody tr");
    if (row && event.detail.requestConfig?.verb === "post") {
      const place = [...document.querySelectorAll("#list tbody tr")].indexOf(row);
      setTimeout(() => linkOf(document.querySelectorAll("#list tbody tr")[place])?.focus(), 60);
    }
  });

  // Keys ------------------------------------------------------------------------------------------------------
  const keys = {
    x: (target) => {
      const box = boxOf(rowAt(target));
      box?.click();
      return Boolean(box);
    },
    e: editAt,
    " ": (target) => Boolean(rowAt(target)) && !target.matches("input, button, summary") && peek(rowAt(target)),
    "/": () => {
      const search = list()?.querySelector("input[type=search], [data-list-search]");
      search?.focus();
      return Boolean(search);
    },
    ArrowRight: (target) => beside(target, 1),
    ArrowLeft: (target) => beside(target, -1),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
      return;
    }
    if (event.key === "Escape") {
      const cell = event.target.closest?.("td.is-edited");
      if (cell ? (leave(cell), true) : closePeek()) {
        event.preventDefault();
      }
    } else if (list() && !typing(event.target) && keys[event.key]?.(event.target)) {
      event.preventDefault();
    }
  });

  document.addEventListener("htmx:afterSettle", tell);
  addEventListener("pageshow", tell);
})();
