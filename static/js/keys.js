// Keys, the help that lists them, and the way from one record of a list to the next. The pages work without all this.
"use strict";

(() => {
  const ROWS = "throughline.rows";
  const PLACES = {
    t: "/", l: "/leads/", o: "/opportunities/", q: "/quotes/", r: "/orders/", i: "/invoices/",
    a: "/accounts/", c: "/contacts/", p: "/products/", s: "/search/",
  };
  const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
  const help = document.getElementById("help");

  // Rows of a list --------------------------------------------------------------------------------
  const rowLinks = () => [...document.querySelectorAll("#list :is(tbody tr, .board-card)")]
    .map((row) => row.querySelector(".is-name a") ?? row.querySelector("a"))
    .filter(Boolean);

  const moveRow = (step) => {
    const links = rowLinks();
    const at = links.findIndex((link) => link.closest("tr, .board-card").contains(document.activeElement));
    links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
    return links.length > 0;
  };

  // The addresses of a list's page stay with the browser tab, for "5 of 50" on the records.
  const keepRows = () => {
    const links = rowLinks().map((link) => link.pathname);
    if (links.length) {
      try {
        sessionStorage.setItem(ROWS, JSON.stringify(links));
      } catch {
        return; // storage is switched off: records then have no neighbours
      }
    }
  };

  const keptRows = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(ROWS));
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  };

  const showNeighbours = () => {
    const place = document.querySelector("[data-neighbours]");
    const rows = keptRows();
    const at = rows.indexOf(location.pathname);
    if (!place || at < 0 || rows.length < 2) {
      return;
    }
    const words = { position: at + 1, count: rows.length };
    place.querySelector("[data-position]").textContent =
      place.dataset.words.replace(/\{(position|count)\}/g, (_, word) => words[word]);
    for (const [name, neighbour] of [["previous", rows[at - 1]], ["next", rows[at + 1]]]) {
      const link = place.querySelector(`[data-${name}]`);
      if (neighbour?.startsWith("/")) {
        link.href = neighbour;
        link.removeAttribute("aria-disabled");
      }
    }
    place.hidden = false;
  };

  // Keys ------------------------------------------------------------------------------------------
  let going = 0; // when "g" was pressed

  const go = (key) => {
    const link = document.querySelector(`.frame-nav a[href="${PLACES[key]}"], .topbar a[href="${PLACES[key]}"]`);
    link?.click();
    return Boolean(link);
  };

  const act = (key) => {
    const keyed = document.querySelectorAll(`[data-key="${CSS.escape(key)}"]:not([aria-disabled=true], :disabled)`);
    const target = [...keyed].find((one) => one.checkVisibility()); // what is folded away has no key
    target?.click();
    return Boolean(target);
  };

  const single = {
    "?": () => { help?.showModal(); return Boolean(help); },
    "/": () => { const search = document.querySelector("[data-search]"); search?.focus(); return Boolean(search); },
    j: () => moveRow(1),
    k: () => moveRow(-1),
    g: () => { going = Date.now(); return true; },
  };

  const pressed = (key) => {
    const goes = Date.now() - going < 1500;
    going = 0;
    if (goes && key in PLACES) {
      return go(key);
    }
    return (key in single && single[key]()) || act(key);
  };

  document.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (event.defaultPrevented || modified || event.key.length !== 1 || typing(event.target) || document.querySelector("dialog[open]")) {
      return;
    }
    if (pressed(event.key)) {
      event.preventDefault();
    }
  });

  // What a key has unfolded goes on from the keyboard.
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches("details[data-unfold]")) {
      event.target.querySelector("select, textarea, button")?.focus();
    }
  }, true);

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-help]")) {
      help?.showModal();
    }
    if (event.target === help) {
      help.close(); // a click beside the dialog
    }
  });

  document.addEventListener("htmx:afterSettle", keepRows);
  keepRows();
  showNeighbours();
})();
