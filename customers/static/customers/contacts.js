"use strict";

/* Words to say: copied at once, or selected where a browser refuses. */
document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-words]");
    if (!button) {
        return;
    }
    const words = button.parentElement.querySelector("[data-words]");
    const range = document.createRange();
    range.selectNodeContents(words);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    const copied = document.execCommand("copy");
    if (copied) {
        selection.removeAllRanges();
    }
    button.textContent = copied ? button.dataset.copied : button.dataset.select;
});

/* Days in one tap: the time that stands there is kept, ten in the morning where none does. */
document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-days]");
    if (!button) {
        return;
    }
    const field = document.querySelector(`[name=${button.parentElement.dataset.moments}]`);
    const time = field.value.includes("T") ? field.value.split("T")[1] : "10:00";
    const day = new Date();
    day.setDate(day.getDate() + Number(button.dataset.days));
    const two = (number) => String(number).padStart(2, "0");
    field.value = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T${time}`;
});

document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) {
        event.target.form.requestSubmit();
    }
});

document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-once]")) {
        event.target.querySelectorAll("button[type=submit]").forEach((button) => setTimeout(() => (button.disabled = true)));
    }
});

addEventListener("pageshow", () => {
    document.querySelectorAll("[data-once] button[type=submit]").forEach((button) => (button.disabled = false));
});

/* Tabs: one part at a time; without this script all of them stand below each other. */
document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-moments]").forEach((row) => (row.hidden = false));
    const bar = document.querySelector("[data-tabs]");
    if (!bar) {
        return;
    }
    const parts = () => [...document.querySelectorAll("[data-tab]")];
    const show = (name) => {
        const known = parts().some((part) => part.dataset.tab === name);
        const chosen = known ? name : parts()[0].dataset.tab;
        parts().forEach((part) => (part.hidden = part.dataset.tab !== chosen));
        document.querySelectorAll("[data-tabs] a").forEach((link) => {
            link.toggleAttribute("aria-current", link.hash === `#${chosen}`);
        });
    };
    const asked = () => {
        const name = location.hash.slice(1);
        const inside = name && document.getElementById(name)?.closest("[data-tab]");
        return inside ? inside.dataset.tab : name;
    };
    show(asked());
    addEventListener("hashchange", () => show(asked()));
});
