"use strict";

/* The form as it stands, drawn by the server a moment after the last change; only the newest answer is shown. */
document.addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector("#poster-preview[data-live]");
    const form = document.getElementById("poster_form");
    if (!box || !form) {
        return;
    }
    const picture = document.getElementById("poster-live");
    const said = document.getElementById("poster-said");
    let waiting = 0;
    let newest = 0;

    const show = (answer) =>
        new Promise((resolve) => {
            const reader = new FileReader();
            reader.addEventListener("load", () => resolve(reader.result));
            reader.readAsDataURL(answer);
        });

    const draw = async () => {
        const mine = (newest += 1);
        let words = "";
        let image = "";
        try {
            const answer = await fetch(box.dataset.live, { method: "POST", body: new FormData(form) });
            const kind = answer.headers.get("Content-Type") || "";
            if (answer.ok && kind.startsWith("image/")) {
                image = await show(await answer.blob());
            } else {
                words = answer.ok && kind.startsWith("application/json") ? (await answer.json()).said : box.dataset.failed;
            }
        } catch {
            words = box.dataset.failed;
        }
        if (mine === newest) {
            said.textContent = words;
            if (image) {
                picture.src = image;
                picture.hidden = false;
            }
            picture.classList.toggle("poster-stale", Boolean(words));
        }
    };

    const soon = () => {
        clearTimeout(waiting);
        waiting = setTimeout(draw, 400);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    draw();
});
