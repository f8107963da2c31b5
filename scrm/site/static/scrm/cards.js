"use strict";

/* On a phone the rows of a list are cards (scrm.css): the first cell is the title, the others say what they are. */
document.addEventListener("DOMContentLoaded", () => {
    const list = document.getElementById("result_list");
    if (!list) {
        return;
    }
    const names = [...list.querySelectorAll("thead th")].map((head) => {
        const text = head.querySelector(".text");
        return head.classList.contains("action-checkbox-column") || !text ? "" : text.textContent.trim();
    });
    for (const row of list.querySelectorAll("tr.data-row")) {
        let titled = false;
        [...row.children].forEach((cell, at) => {
            if (cell.classList.contains("action-checkbox")) {
                return;
            }
            if (!titled) {
                cell.classList.add("card-title");
                titled = true;
            } else if (["-", "–"].includes(cell.textContent.trim())) {
                cell.classList.add("card-blank");
            } else if (names[at]) {
                cell.dataset.label = names[at];
            }
        });
    }
});
