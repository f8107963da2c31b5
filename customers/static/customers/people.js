"use strict";

/* A browser under load now and then forgets `autofocus`. */
addEventListener("load", () => {
    const first = document.querySelector("[autofocus]");
    if (first && document.activeElement === document.body) {
        first.focus();
    }
});

/* Her numbers in full, asked for by a tap and recorded by the server; without this script the form posts. */
document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-reveal]")) {
        return;
    }
    event.preventDefault();
    const place = form.parentElement;
    const response = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
    });
    if (!response.ok && response.status !== 429) {
        form.submit();
        return;
    }
    const answer = await response.json();
    const shown = document.createElement(answer.phone ? "a" : "span");
    shown.textContent = answer.phone || answer.refused;
    if (answer.phone) {
        shown.href = `tel:${answer.phone}`;
    }
    place.replaceChildren(shown);
    for (const [pk, number] of Object.entries(answer.identities || {})) {
        const known = document.querySelector(`[data-identity="${pk}"]`);
        if (known) {
            known.textContent = number;
        }
    }
});

/* A new customer starts with the phone and answers at once: who has this number already. */
document.addEventListener("input", (event) => {
    const field = event.target;
    const url = field.dataset.knownUrl;
    if (!url) {
        return;
    }
    clearTimeout(field.waiting);
    field.waiting = setTimeout(() => answer(field, url), 250);
});

async function answer(field, url) {
    const asked = field.value;
    let found = { known: false };
    if (asked.replace(/\D/g, "").length >= 11) {
        const response = await fetch(`${url}?phone=${encodeURIComponent(asked)}`);
        if (!response.ok || field.value !== asked) {
            return;
        }
        found = await response.json();
    }
    let box = field.parentElement.querySelector("[data-known]");
    if (!box) {
        box = document.createElement("p");
        box.dataset.known = "";
        box.className = "scrm-known";
        box.setAttribute("role", "status");
        field.after(box);
    }
    box.replaceChildren();
    if (!found.known) {
        return;
    }
    box.append(found.sentence);
    if (found.url) {
        const link = document.createElement("a");
        link.href = found.url;
        link.className = "scrm-link";
        link.textContent = field.dataset.open;
        box.append(" ", link);
    }
}
