"use strict";

/* The name of a chosen picture. Caught on the way down: unfold's own listener expects a field of its widget beside every
   file input. */
document.addEventListener("change", (event) => {
    if (event.target.type === "file" && event.target.closest("[data-chosen-form]")) {
        event.stopPropagation();
        event.target.closest("[data-chosen-form]").querySelector("[data-chosen]").textContent = event.target.files[0]?.name ?? "";
    }
}, true);
