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
    const response = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json, text/html" },
    });
    if (response.status === 429) {
        refuse(form.parentElement, (await response.json()).refused);
        return;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const shown = page.getElementById("content-main");
    if (!response.ok || !shown) {
        form.submit();
        return;
    }
    document.getElementById("content-main").replaceWith(shown);
});

/* The masked number stays, the reason stands below it. */
function refuse(place, sentence) {
    let said = place.querySelector("[data-refused]");
    if (!said) {
        said = document.createElement("p");
        said.dataset.refused = "";
        said.className = "person-refused";
        said.setAttribute("role", "status");
        place.append(said);
    }
    said.textContent = sentence;
}

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
