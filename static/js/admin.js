// The administration: the boxes that search among many records take the name of the field that they stand for.
"use strict";

(() => {
  const nameBox = (field) => {
    const name = field.labels[0]?.textContent.trim() || field.getAttribute("aria-label");
    for (const part of field.nextElementSibling?.querySelectorAll("[role=combobox], [role=textbox]") ?? []) {
      part.setAttribute("aria-label", name);
    }
  };

  // They are drawn some time after the page, and with each row that is added.
  const watch = new MutationObserver((changes) => {
    if (changes.some(({ addedNodes }) => [...addedNodes].some((node) => node.matches?.(".select2")))) {
      document.querySelectorAll("select.select2-hidden-accessible").forEach(nameBox);
    }
  });

  document.addEventListener("DOMContentLoaded", () => watch.observe(document.body, { childList: true, subtree: true }));
})();
