"use strict";

/* An order by hand: more lines, products suggested while typing, what is due. Without it one line is entered. */
document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("[data-enter]");
    if (!form) {
        return;
    }
    form.querySelectorAll("[data-rows]").forEach(makeGrow);
    form.addEventListener("input", (event) => {
        if (event.target.matches("[data-suggest]")) {
            chosen(event.target);
            clearTimeout(event.target.waiting);
            event.target.waiting = setTimeout(() => suggest(form, event.target), 200);
        }
        reckon(form);
    });
    form.addEventListener("focusin", (event) => {
        if (event.target.matches("[data-suggest]") && !event.target.list) {
            suggest(form, event.target);
        }
    });
    form.addEventListener("submit", () => {
        form.querySelectorAll("button[type=submit]").forEach((button) => setTimeout(() => (button.disabled = true)));
    });
    // Caught on the way down: unfold's own listener expects a field of its widget beside every file input.
    form.addEventListener("change", (event) => {
        if (event.target.type === "file") {
            event.stopPropagation();
            form.querySelector("[data-chosen]").textContent = event.target.files[0]?.name ?? "";
        }
    }, true);
    addEventListener("pageshow", () => form.querySelectorAll("button").forEach((button) => (button.disabled = false)));
    reckon(form);
});

function makeGrow(part) {
    const button = part.querySelector("[data-add]");
    const total = part.querySelector("[name$=-TOTAL_FORMS]");
    const most = Number(part.querySelector("[name$=-MAX_NUM_FORMS]").value);
    button.hidden = false;
    button.addEventListener("click", () => {
        const at = Number(total.value);
        if (at >= most) {
            return;
        }
        const blank = part.querySelector("[data-blank]").innerHTML.replaceAll("__prefix__", at);
        part.querySelector("[data-list]").insertAdjacentHTML("beforeend", blank);
        total.value = at + 1;
        const rows = part.querySelectorAll("[data-row]");
        rows[rows.length - 1].querySelector("input:not([type=hidden]), select").focus();
    });
}

async function suggest(form, input) {
    const asked = input.value;
    const response = await fetch(`${form.dataset.suggestUrl}?q=${encodeURIComponent(asked)}`);
    if (!response.ok || input.value !== asked) {
        return;
    }
    let list = input.list;
    if (!list) {
        list = document.createElement("datalist");
        list.id = `${input.id}-offered`;
        input.after(list);
        input.setAttribute("list", list.id);
    }
    list.replaceChildren();
    for (const product of (await response.json()).products) {
        const option = document.createElement("option");
        option.value = product.name;
        option.label = [product.code, product.price && `¥${product.price}`].filter(Boolean).join(" · ");
        option.dataset.id = product.id;
        option.dataset.price = product.price;
        list.append(option);
    }
    chosen(input);
}

/* What stands in the line is one of those offered, or a name of its own. */
function chosen(input) {
    const row = input.closest("[data-row]");
    const option = input.list && [...input.list.options].find((one) => one.value === input.value);
    const id = row.querySelector("[data-product]");
    if (option && id.value !== option.dataset.id) {
        id.value = option.dataset.id;
        const price = row.querySelector("[name$=-price]");
        if (option.dataset.price && (!price.value || price.dataset.offered === price.value)) {
            price.value = option.dataset.price;
            price.dataset.offered = price.value;
        }
        reckon(input.form);
    } else if (!option) {
        id.value = "";
    }
}

/* Only a help to the eye: the server reckons. */
function reckon(form) {
    const number = (input) => Number((input?.value || "0").replace(/[,，¥￥元\s]/g, ""));
    let fen = 0;
    for (const row of form.querySelectorAll("#lines [data-row]")) {
        fen += Math.round(number(row.querySelector("[name$=-price]")) * number(row.querySelector("[name$=-quantity]")) * 100);
    }
    fen += Math.round((number(form.elements.freight) - number(form.elements.discount)) * 100);
    const due = document.getElementById("due");
    due.hidden = !Number.isFinite(fen) || fen <= 0;
    due.textContent = `${due.dataset.due} ¥${(fen / 100).toLocaleString("en", { minimumFractionDigits: 2 })}`;
    form.elements.paid.placeholder = due.hidden ? "0.00" : (fen / 100).toFixed(2);
}
